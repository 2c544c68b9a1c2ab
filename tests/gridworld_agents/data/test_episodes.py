"""Logged episodes: what they hold, what is refused, and files from anywhere."""

import io
import json
import pickle
import zipfile

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

import gridworld_agents as ga
from gridworld_agents.core.spaces import Actions, Observations
from gridworld_agents.data.rows import finite_space, logged_space

COLUMNS = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated", "probabilities")


def log(**changes):
    """Return three episodes of 2, 1 and 3 steps: one terminated, one truncated, one cut off."""
    columns = {
        "observations": np.array([0, 1, 2, 3, 0, 1]),
        "actions": np.array([1, 0, 1, 1, 0, 0]),
        "rewards": np.array([1.0, 2, 3, 4, 5, 6]),
        "next_observations": np.array([1, 3, 3, 0, 1, 2]),
        "terminated": np.array([0, 1, 0, 0, 0, 0], bool),
        "truncated": np.array([0, 0, 1, 0, 0, 0], bool),
        "probabilities": np.full(6, 0.5),
    }
    return ga.Episodes(**{**columns, **changes})


def same(one, other):
    """Return whether two logs are the same, dtypes included."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in COLUMNS]
    arrays = all(
        x is y is None or (x.dtype == y.dtype and x.shape == y.shape and bool((x == y).all())) for x, y in pairs
    )
    return arrays and all(
        getattr(one, name) == getattr(other, name) for name in ("observation_space", "action_space", "env")
    )


def test_episodes_by_hand():
    episodes = log(env="Somewhere-v0")
    assert len(episodes) == 6
    assert episodes.num_episodes == 3
    assert episodes.cut_off
    assert episodes.bounds.tolist() == [0, 2, 3, 6]
    assert episodes.lengths.tolist() == [2, 1, 3]
    assert episodes.returns(0.5).tolist() == [1 + 0.5 * 2, 3, 4 + 0.5 * 5 + 0.25 * 6]
    assert episodes.returns(0).tolist() == [1, 3, 4]
    assert [one.rewards.tolist() for one in episodes] == [[1, 2], [3], [4, 5, 6]]
    assert [one.num_episodes for one in episodes] == [1, 1, 1]
    assert repr(episodes) == "Episodes(Somewhere-v0: 3 episodes, 6 steps)"


def test_some_of_the_episodes():
    episodes = log()
    assert episodes.complete().rewards.tolist() == [1, 2, 3]
    assert episodes.complete().complete().num_episodes == 2
    assert episodes.select([1, 0, 1, 2]).rewards.tolist() == [3, 1, 2, 3, 4, 5, 6]
    assert episodes.select(slice(0, 1)).probabilities.tolist() == [0.5, 0.5]
    assert episodes.select(np.array([False, True, True])).lengths.tolist() == [1, 3]
    with pytest.raises(ValueError, match="an episode that is cut off must be the last"):
        episodes.select([2, 0])
    for nothing in ([], slice(0, 0)):
        with pytest.raises(ValueError, match="at least one episode, got none"):
            episodes.select(nothing)
    with pytest.raises(ValueError, match="at least one episode, got none"):
        episodes.select([2]).complete()


def test_what_is_held_does_not_change():
    rewards = np.arange(6.0)
    episodes = log(rewards=rewards)
    rewards[0] = 9
    assert episodes.rewards[0] == 0
    for part in (episodes, episodes.select([1]), next(iter(episodes))):
        with pytest.raises(ValueError, match="read-only"):
            part.rewards[0] = 1
    with pytest.raises(AttributeError):
        episodes.rewards = rewards
    rewards.flags.writeable = False
    assert np.shares_memory(log(rewards=rewards).rewards, rewards)


NONE = {name: np.zeros(0, bool if name in {"terminated", "truncated"} else float) for name in COLUMNS}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (NONE, "at least one step, and as many of each .* got 0 observations"),
        ({"actions": np.zeros(5, int)}, "got 6 observations, 5 actions, 6 rewards"),
        ({"probabilities": np.ones(7)}, "7 probabilities"),
        ({"rewards": np.array([0, 0, 0, np.inf, 0, 0])}, "rewards must be finite numbers"),
        ({"rewards": np.array([0, 0, 0, np.nan, 0, 0])}, "rewards must not hold not-a-number"),
        ({"rewards": np.zeros((6, 1))}, r"rewards must be numbers of shape \(T,\), got float64 of shape \(6, 1\)"),
        ({"terminated": np.zeros(6, int)}, r"terminated must be bool of shape \(T,\), got int64"),
        ({"probabilities": np.array([0.5, 0.5, 0, 1, 1, 1])}, r"probabilities must be in \(0, 1\], got 0.0"),
        ({"probabilities": np.array([0.5, 0.5, 1.5, 1, 1, 1])}, r"probabilities must be in \(0, 1\], got 1.5"),
        ({"next_observations": np.zeros((6, 2), int)}, "next_observations must have the shape and dtype of obs"),
        ({"next_observations": np.zeros(6)}, "next_observations must have the shape and dtype of obs"),
        ({"observations": ["a"] * 6}, "observations must be an array of numbers, one row a step, got list"),
        ({"observations": [[1], [1, 2]]}, "observations must be an array of numbers"),
        ({"observations": 5}, "observations must be an array of numbers"),
        ({"observation_space": spaces.Discrete(3)}, "observations must be .* from 0 to 2"),
        ({"observation_space": spaces.MultiDiscrete([3, 3])}, r"observations must be .* of shape \(2,\)"),
        ({"action_space": spaces.Discrete(2, start=1)}, "actions must be .* from 1 to 2"),
        ({"actions": np.zeros(6), "action_space": spaces.Discrete(2)}, "actions must be integers in this space"),
        (
            {"action_space": spaces.Dict({"a": spaces.Discrete(2)})},
            r"action_space .*Discrete, .* gymnasium\.wrappers\.FlattenObservation",
        ),
        ({"action_space": spaces.Dict({})}, "action_space must be a space"),
        ({"action_space": {"type": "Discrete", "n": 0}}, "action_space must be a space .*Discrete"),
        ({"env": 5}, "env must be the environment's id, got 5"),
    ],
)
def test_what_are_no_episodes(changes, message):
    with pytest.raises(ValueError, match=message):
        log(**changes)


def test_gamma_out_of_range():
    with pytest.raises(ValueError, match=r"gamma must be in \[0, 1\], got 2"):
        log().returns(2)


SPACES = [
    spaces.Discrete(5, start=-2),
    spaces.Discrete(5, dtype=np.int32),
    spaces.MultiDiscrete([[2, 3], [4, 5]], start=[[0, 1], [2, 3]]),
    spaces.MultiBinary(3),
    spaces.MultiBinary((2, 3)),
    spaces.Box(-1, 1, (2, 2), np.float32),
    spaces.Box(np.array([-np.inf, 0]), np.array([1, np.inf]), dtype=np.float64),
    spaces.Box(0, 255, (3, 4), np.uint8),
    spaces.Box(-np.inf, np.inf, ()),
    spaces.Tuple([spaces.Discrete(3), spaces.Discrete(2, start=4)]),
]


@pytest.mark.parametrize("space", SPACES, ids=str)
@pytest.mark.parametrize("kind", [Observations, Actions])
def test_spaces_that_can_be_logged(kind, space):
    known = logged_space("space", space, kind)
    assert known.space == space
    for again in (known, json.loads(json.dumps(known.to_json(), allow_nan=False))):
        assert logged_space("space", again, kind) == known
    assert np.array(known.space.sample(), known.dtype).shape == known.shape


@pytest.mark.parametrize("space", [SPACES[i] for i in (5, 7)], ids=str)
def test_what_is_not_finite_has_no_numbers(space):
    with pytest.raises(ValueError, match=r"action_space must be finite: .*Box"):
        finite_space("action_space", Actions.of(space))
    with pytest.raises(ValueError, match="must know their action_space"):
        finite_space("action_space", None)


@pytest.mark.parametrize("env", ["GridWorld-v0", "Blackjack-v1", "CartPole-v1", "Pendulum-v1"])
def test_a_file_holds_all_of_it(env, tmp_path):
    episodes = ga.collect(gym.make(env), steps=40, seed=0)
    episodes.save(tmp_path / "log")
    assert [path.name for path in tmp_path.iterdir()] == ["log.npz"]
    again = ga.Episodes.load(tmp_path / "log")
    assert same(episodes, again)
    assert again.env == env
    with np.load(tmp_path / "log.npz") as archive:  # a plain NumPy archive
        assert (archive["rewards"] == episodes.rewards).all()


def test_a_file_without_probabilities_and_spaces(tmp_path):
    log(probabilities=None).save(tmp_path / "a.npz")
    assert same(ga.Episodes.load(tmp_path / "a.npz"), log(probabilities=None))


@pytest.fixture
def members(tmp_path):
    """Return the members of a good file."""
    log(observation_space=spaces.Discrete(4), action_space=spaces.Discrete(2)).save(tmp_path / "good.npz")
    with zipfile.ZipFile(tmp_path / "good.npz") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def npy(array, **how):
    file = io.BytesIO()
    np.save(file, array, **how)
    return file.getvalue()


def claims(shape):
    """Return an array's header and nothing behind it."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return file.getvalue()


BAD_MEMBERS = {
    "a pickle": {"rewards.npy": npy(np.array([{}] * 6, object), allow_pickle=True)},
    "a bare pickle": {"rewards.npy": pickle.dumps(1)},
    "another dtype": {"rewards.npy": npy(np.zeros(6, np.float32))},
    "another length": {"rewards.npy": npy(np.zeros(5))},
    "infinite": {"rewards.npy": npy(np.full(6, np.inf))},
    "a probability of 0": {"probabilities.npy": npy(np.zeros(6))},
    "a huge shape": {"rewards.npy": claims((10**12,))},
    "a state that is none": {"observations.npy": npy(np.full(6, 4))},
    "no rewards": {"rewards.npy": None},
    "no header": {"episodes.json": None},
    "an agent's header": {"episodes.json": b'{"format": "gridworld-agent", "version": 1, "id": "q-learning"}'},
}


@pytest.mark.parametrize("what", BAD_MEMBERS)
def test_bad_members(members, tmp_path, what):
    refuse(tmp_path, {**members, **BAD_MEMBERS[what]})


BAD_HEADERS = {
    "version": 2,
    "env": 7,
    "observation_space": {"type": "Discrete", "n": "4", "start": 0, "dtype": "int64"},
    "action_space": {"type": "Box", "low": None, "high": None, "shape": [10**9], "dtype": "float64"},
    "arrays": {"rewards": {"dtype": "object", "shape": []}},
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_bad_headers(members, tmp_path, name):
    header = {**json.loads(members["episodes.json"]), name: BAD_HEADERS[name]}
    refuse(tmp_path, {**members, "episodes.json": json.dumps(header).encode()})


def refuse(tmp_path, members):
    with zipfile.ZipFile(tmp_path / "bad.npz", "w") as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)
    with pytest.raises(ga.EpisodesFileError, match=r"bad\.npz cannot be read as logged episodes: ."):
        ga.Episodes.load(tmp_path / "bad.npz")


def test_an_agents_file_is_not_one_and_the_reverse(tmp_path):
    log().save(tmp_path / "log.npz")
    ga.make("q-learning", gym.make("GridWorld-v0"), seed=0).save(tmp_path / "agent.zip")
    with pytest.raises(ga.EpisodesFileError, match=r"agent\.zip cannot be read as logged episodes"):
        ga.Episodes.load(tmp_path / "agent.zip")
    with pytest.raises(ga.AgentFileError, match=r"log\.npz cannot be read as an agent"):
        ga.load(tmp_path / "log.npz")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        ga.Episodes.load(tmp_path / "nothing")
