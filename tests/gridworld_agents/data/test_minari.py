"""Local data sets of Minari."""

import sys

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

import gridworld_agents as ga

COLUMNS = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated", "probabilities")


@pytest.fixture
def minari(tmp_path, monkeypatch):
    """Return Minari, its data sets in a folder of their own."""
    pytest.importorskip("h5py", reason="Minari is not installed: pip install 'gridworld-env[minari]'")
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    return pytest.importorskip("minari", reason="Minari is not installed: pip install 'gridworld-env[minari]'")


def assert_same(one, other):
    for name in COLUMNS:
        x, y = getattr(one, name), getattr(other, name)
        assert (x is None) == (y is None), name
        if x is not None:
            assert x.dtype == y.dtype
            assert np.array_equal(x, y), name
    assert (one.observation_space, one.action_space) == (other.observation_space, other.action_space)


@pytest.mark.parametrize("stop", [{"episodes": 3}, {"steps": 30}])
@pytest.mark.parametrize("env_id", ["GridWorld-v0", "Blackjack-v1", "CartPole-v1", "Pendulum-v1"])
def test_there_and_back(minari, env_id, stop):
    episodes = ga.collect(gym.make(env_id), seed=0, **stop)
    dataset = episodes.to_minari("grid/test-v0", author="nobody")
    assert dataset.total_episodes == episodes.num_episodes
    assert dataset.total_steps == len(episodes)
    assert_same(ga.Episodes.from_minari(minari.load_dataset("grid/test-v0")), episodes)
    assert_same(ga.Episodes.from_minari("grid/test-v0"), episodes)


def test_images_are_kept_as_they_are(minari):  # noqa: ARG001 - it must be there
    shown = np.random.default_rng(0).integers(0, 256, (5, 40, 40, 3), dtype=np.uint8)
    over = np.array([False, False, False, True])
    pictures = ga.Episodes(
        shown[:-1],
        np.zeros(4, int),
        np.zeros(4),
        shown[1:],
        over,
        np.zeros(4, bool),
        observation_space=spaces.Box(0, 255, (40, 40, 3), np.uint8),
        action_space=spaces.Discrete(2),
    )
    pictures.to_minari("grid/pictures-v0")
    assert_same(ga.Episodes.from_minari("grid/pictures-v0"), pictures)


def test_an_environment_may_be_named(minari):
    env = gym.make("FrozenLake-v1")
    ga.collect(env, episodes=2, seed=0).to_minari("lake/test-v0", env=env)
    again = ga.Episodes.from_minari("lake/test-v0")
    assert again.env == "FrozenLake-v1"
    assert minari.load_dataset("lake/test-v0").recover_environment().spec.id == "FrozenLake-v1"


def test_an_episode_without_an_end_is_truncated_where_another_follows(minari):
    Buffer = minari.data_collector.EpisodeBuffer
    buffers = [
        Buffer(
            observations=np.array([0, 1, 2]),
            actions=np.array([0, 1]),
            rewards=[1.0, 2.0],
            terminations=[False, False],
            truncations=[False, False],
        )
        for _ in range(2)
    ]
    told = {"observation_space": spaces.Discrete(3), "action_space": spaces.Discrete(2)}
    with pytest.warns(UserWarning, match="None"):
        dataset = minari.create_dataset_from_buffers("grid/open-v0", buffers, **told)
    episodes = ga.Episodes.from_minari(dataset)
    assert episodes.truncated.tolist() == [False, True, False, False]
    assert not episodes.terminated.any()
    assert episodes.cut_off
    assert episodes.probabilities is None


def test_what_is_refused(minari):  # noqa: ARG001 - it must be there
    episodes = ga.collect(gym.make("GridWorld-v0"), steps=30, seed=0)
    bare = {name: getattr(episodes, name) for name in COLUMNS}
    with pytest.raises(ValueError, match="Minari needs to know the spaces"):
        ga.Episodes(**bare).to_minari("grid/bare-v0")
    told = {"observation_space": spaces.Discrete(25), "action_space": spaces.Discrete(5)}
    elsewhere = np.full(30, 7)
    with pytest.raises(ValueError, match="Minari keeps no next_observations of their own"):
        ga.Episodes(**{**bare, "next_observations": elsewhere}, **told).to_minari("grid/jumps-v0")
    episodes.to_minari("grid/twice-v0")
    with pytest.raises(ValueError, match="already exists"):
        episodes.to_minari("grid/twice-v0")
    with pytest.raises(FileNotFoundError, match="not found locally"):
        ga.Episodes.from_minari("grid/nothing-v0")


@pytest.mark.parametrize("missing", ["minari", "h5py"])
def test_the_extra_is_named_where_it_is_missing(monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r'pip install "gridworld-env\[minari\]"'):
        ga.Episodes.from_minari("grid/test-v0")
