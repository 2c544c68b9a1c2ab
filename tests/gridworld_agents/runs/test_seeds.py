"""Many seeds side by side."""

import functools
import time

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_env.common.parallel import num_threads


def world():
    return gym.make("GridWorld-v0", slip=0.1)


def one(env):
    return env


@pytest.mark.axes({"control_id": ["q-learning", "n-step-sarsa"], "workers": [2]})  # threads run `learn`, whoever's
@pytest.mark.parametrize("workers", [1, 2, 5, None])
def test_each_agent_is_its_own_single_run(workers, control_id):
    seeds = [3, 0, 3, 7]
    agents = ga.learn_seeds(control_id, world, seeds, 5_000, workers=workers, gamma=0.9)
    for seed, agent in zip(seeds, agents, strict=True):
        alone = ga.make(control_id, world(), seed=seed, gamma=0.9).learn(5_000)
        np.testing.assert_array_equal(agent.q_values, alone.q_values)
        assert (agent.seed, agent.num_timesteps) == (seed, 5_000)
    assert len({id(agent.env) for agent in agents}) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("q-lerning", world, [0], 10), "did you mean 'q-learning'"),
        (("q-learning", world, [], 10), "seeds must be at least one number, got none"),
        (("q-learning", world, [0, -1], 10), "each of seeds must be an integer >= 0, got -1"),
        (("q-learning", world, [0], 1.5), "total_timesteps must be an integer >= 0, got 1.5"),
        (("q-learning", lambda: gym.make("CartPole-v1"), [0], 10), "needs Discrete observations"),
        (
            ("q-learning", world(), [0], 10),
            "make_env must be a function .*, got 'GridWorld-v0': pass lambda: gymnasium",
        ),
        (("q-learning", "GridWorld-v0", [0], 10), "make_env must be a function .*, got 'GridWorld-v0'"),
        (("q-learning", functools.partial(one, world()), [0, 1], 10), "got the same GridWorld-v0 twice"),
        (("q-learning", functools.partial(gym.Wrapper, world()), [0, 1], 10), "got the same GridWorld-v0 twi"),
    ],
)
def test_what_is_wrong_is_told_before_any_learns(arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.learn_seeds(*arguments)
    with pytest.raises(ValueError, match="workers must be an integer >= 1, got 0"):
        ga.learn_seeds("q-learning", world, [0], 10, workers=0)


def test_an_error_in_one_run_ends_the_rest():
    class Fails(gym.Wrapper):
        def step(self, action):  # noqa: ARG002
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        ga.learn_seeds("q-learning", lambda: Fails(world()), range(20), 100_000, workers=2)


@pytest.mark.alone
@pytest.mark.skipif(num_threads() < 2, reason="there is only one core")
def test_a_hundred_seeds_take_half_the_time_on_two_cores():
    def seconds(workers):
        begin = time.perf_counter()
        ga.learn_seeds("q-learning", world, range(100), 2_000_000, workers=workers)
        return time.perf_counter() - begin

    seconds(2)
    ratios = [seconds(1) / seconds(2) for _ in range(3)]
    assert np.median(ratios) > 1.6, ratios
