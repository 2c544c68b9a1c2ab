"""TD(0): one update by hand, and the random walk of Sutton and Barto."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga


def one_update(*, terminated, truncated, alpha=0.5):
    """Return v(0) after a step (s, r, s_next) = (0, 3, 2), from 10, where v(2) is 7; gamma 0.9."""
    agent = ga.make("td0", gym.make("FrozenLake-v1"), seed=0, alpha=alpha, gamma=0.9)
    memory = agent.memory
    memory.v[[0, 2]] = 10, 7
    observe(agent, 0, 1, 3.0, 2, -1, terminated, truncated)
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


def test_the_random_walk():
    """Sutton and Barto, Example 6.2: the values are 1/6, ..., 5/6."""
    arguments = {"alpha": "visits:10:9", "gamma": 1.0, "initial_value": 0.5}
    agent = ga.make("td0", gym.make("GridWorld/RandomWalk-v0"), seed=0, **arguments).learn(5_000_000)
    assert np.abs(agent.values[1:6] - np.arange(1, 6) / 6).max() < 0.01
    assert (agent.values[[0, 6]] == 0.5).all()
