"""What agents do that learn from an exact model and take no step in the environment."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.core.callbacks import Checkpoints


def world():
    return gym.make("GridWorld-v0", slip=0.1)


def test_same_seed_same_table(simulated_id):
    tables = [ga.make(simulated_id, world(), seed=seed).learn(40_000).q_values for seed in (1, 1, 2)]
    assert (tables[0] == tables[1]).all()
    assert (tables[0] != tables[2]).any()
    unseeded = [ga.make(simulated_id, world()).learn(40_000).q_values for _ in range(2)]
    assert (unseeded[0] != unseeded[1]).any()


@pytest.mark.parametrize("at", [1, 777, 20_001])
def test_saved_and_loaded_it_goes_on_to_the_same_bits(simulated_id, at, tmp_path):
    whole = ga.make(simulated_id, world(), seed=5).learn(40_000)
    ga.make(simulated_id, world(), seed=5).learn(at).save(tmp_path / "a.zip")
    again = ga.load(tmp_path / "a.zip", world()).learn(40_000 - at, reset_num_timesteps=False)
    np.testing.assert_array_equal(again.q_values, whole.q_values)
    np.testing.assert_array_equal(again.visits, whole.visits)
    assert again.num_timesteps == whole.num_timesteps == 40_000
    assert again.recent_episodes() == whole.recent_episodes()


def test_a_checkpoint_from_within_goes_on_to_the_same_bits(simulated_id, tmp_path):
    whole = ga.make(simulated_id, world(), seed=5).learn(2_000, callback=Checkpoints(tmp_path / "c.zip", every=1_300))
    again = ga.load(tmp_path / "c.zip", world())
    assert again.num_timesteps == 1_300
    np.testing.assert_array_equal(again.learn(700, reset_num_timesteps=False).q_values, whole.q_values)


def test_the_environment_is_never_touched(simulated_id):
    class Untouched(gym.Wrapper):
        preserves_mdp = True

        def step(self, action):
            raise AssertionError(action)

        def reset(self, **kwargs):
            raise AssertionError(kwargs)

    env = world()
    assert ga.make(simulated_id, Untouched(env), seed=0).learn(3_000).num_timesteps == 3_000
    assert env.unwrapped._np_random is None


@pytest.mark.parametrize(
    ("env_id", "arguments", "message"),
    [
        ("Blackjack-v1", {}, "model"),
        ("CartPole-v1", {}, "needs Discrete observations"),
        (
            "GridWorld/Random-v0",
            {"num_layouts": 3, "observation": "position"},
            "needs observations that tell the state",
        ),
    ],
)
def test_what_has_no_model_is_refused(simulated_id, env_id, arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make(simulated_id, gym.make(env_id, **arguments))
