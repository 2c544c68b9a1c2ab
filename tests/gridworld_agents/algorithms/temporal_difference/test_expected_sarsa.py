"""Expected Sarsa: an update by hand, the best epsilon-soft values, and off-policy the optimum."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle


@pytest.mark.parametrize(
    ("terminated", "truncated", "following"),
    [(False, False, 0.9 * (0.8 * 7 + 0.2 * 13 / 4)), (False, True, 0.9 * (0.8 * 7 + 0.2 * 13 / 4)), (True, False, 0)],
)
def test_one_update_by_hand(terminated, truncated, following):
    agent = ga.make("expected-sarsa", gym.make("FrozenLake-v1"), seed=0, alpha=0.5, gamma=0.9, epsilon=0.2)
    agent.memory.q[0, 1], agent.memory.q[2] = 10, [1, 7, 2, 3]
    observe(agent, 0, 1, 3.0, 2, -1, terminated, truncated)
    assert agent.q_values[0, 1] == pytest.approx(10 + 0.5 * (3 + following - 10), abs=1e-14)
    assert (agent.visits.sum(), agent.visits[0, 1]) == (1, 1)


def test_the_best_epsilon_soft_values_exactly():
    """No sampling of the next action: on a deterministic world a step size of 1 gives the fixed point itself."""
    env = gym.make("GridWorld-v0")
    soft = oracle.epsilon_optimal(TabularMDP.from_env(env), gamma=0.9, epsilon=0.2)
    agent = ga.make("expected-sarsa", env, seed=0, alpha=1, gamma=0.9, epsilon=0.2, behaviour="uniform")
    agent.learn(400_000)
    tried = agent.visits > 0
    assert tried.all(axis=1).sum() == 24
    assert np.abs(agent.q_values - soft.q)[tried].max() < 1e-9


def test_without_epsilon_it_is_q_learning():
    env = gym.make("GridWorld/Cliff-v0")
    arguments = {"seed": 4, "alpha": 0.5, "epsilon": 0.0, "behaviour": "uniform"}
    one, other = (ga.make(id_, env, **arguments).learn(20_000) for id_ in ("expected-sarsa", "q-learning"))
    assert np.abs(one.q_values - other.q_values).max() < 1e-12
