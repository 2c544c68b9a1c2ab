"""TD(0): one update by hand, the random walk of Sutton and Barto, and why to bootstrap."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.judging import Judge
from gridworld_agents.temporal_difference.td0 import observe
from gridworld_env import TabularMDP, oracle


def one_update(*, terminated, truncated, alpha=0.5):
    """Return v(0) after a step (s, r, s_next) = (0, 3, 2), from 10, where v(2) is 7; gamma 0.9."""
    agent = ga.make("td0", gym.make("FrozenLake-v1"), seed=0, alpha=alpha, gamma=0.9)
    memory = agent.memory
    memory.v[[0, 2]] = 10, 7
    observe(memory, 0, 1, 3.0, 2, -1, terminated, truncated, agent.params, agent.rng)
    assert (memory.v[1:] != [0, 7, *[0] * 13]).sum() == 0
    assert (memory.visits.sum(), memory.visits[0], memory.steps[0]) == (1, 1, 1)
    return memory.v[0]


def test_one_update_by_hand():
    assert one_update(terminated=False, truncated=False) == pytest.approx(10 + 0.5 * (3 + 0.9 * 7 - 10), abs=1e-15)
    assert one_update(terminated=False, truncated=False, alpha="visits") == pytest.approx(3 + 0.9 * 7, abs=1e-15)


def test_nothing_follows_a_termination_and_something_a_truncation():
    assert one_update(terminated=True, truncated=False) == 10 + 0.5 * (3 - 10)
    assert one_update(terminated=True, truncated=True) == 10 + 0.5 * (3 - 10)
    assert one_update(terminated=False, truncated=True) == one_update(terminated=False, truncated=False)


def walk(id_, seed, **arguments):
    env = gym.make("GridWorld/RandomWalk-v0")
    return ga.make(id_, env, seed=seed, gamma=1.0, initial_value=0.5, **arguments)


def test_the_random_walk():
    """Sutton and Barto, Example 6.2: the values are 1/6, ..., 5/6."""
    exact = oracle.evaluate(TabularMDP.from_env(gym.make("GridWorld/RandomWalk-v0")), np.full((7, 2), 0.5), gamma=1.0)
    assert np.allclose(exact[1:6], np.arange(1, 6) / 6, rtol=0, atol=1e-12)
    agent = walk("td0", 0, alpha="visits:10:9").learn(5_000_000)
    assert np.abs(agent.values[1:6] - np.arange(1, 6) / 6).max() < 0.01
    assert (agent.values[[0, 6]] == 0.5).all()


def test_td_is_below_monte_carlo_early_on():
    """Sutton and Barto, Example 6.2, right: about 20 and 40 episodes in, for the better step sizes of Monte Carlo.

    25 runs each. The difference has a standard error of 0.007 or less, so that 0.02 is more than 4 of them below the
    0.05 and more that 100 other runs gave: it fails less than once in 10,000.
    """
    judge = Judge(gym.make("GridWorld/RandomWalk-v0"), 1.0)

    def errors(id_, alpha):
        found = []
        for seed in range(25):
            agent = walk(id_, seed, alpha=alpha)
            found.append([judge.value_error(agent.learn(180, reset_num_timesteps=False)) for _ in range(2)])
        return np.mean(found, axis=0)

    td = errors("td0", 0.1)
    for alpha in (0.03, 0.04):
        assert (errors("mc-prediction", alpha) - td > 0.02).all()
