"""Double Q-learning: an update by hand, and the exact optimum."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle


@pytest.mark.parametrize("ends", [(False, False), (False, True), (True, False)])
def test_one_update_by_hand(ends):
    """One table chooses the action, the other values it; which is which is drawn."""
    seen = set()
    for seed in range(20):
        agent = ga.make("double-q-learning", gym.make("FrozenLake-v1"), seed=seed, alpha=0.5, gamma=0.9)
        agent.memory.pair[:, 2] = [[1, 7, 2, 3], [5, 1, 4, 9]]
        observe(agent, 0, 1, 3.0, 2, -1, *ends)
        one = int(np.flatnonzero(agent.memory.pair[:, 0, 1])[0])
        following = 0 if ends[0] else 0.9 * (1 if one == 0 else 3)
        assert agent.memory.pair[one, 0, 1] == pytest.approx(0.5 * (3 + following), abs=1e-15)
        assert agent.memory.pair[1 - one, 0, 1] == 0
        assert agent.q_values[0, 1] == agent.memory.pair[one, 0, 1] / 2
        assert (agent.memory.updates[one, 0, 1], agent.memory.updates.sum(), agent.visits.sum()) == (1, 1, 1)
        seen.add(one)
    assert seen == {0, 1}


def test_the_exact_optimum_of_a_deterministic_world():
    env = gym.make("GridWorld-v0")
    mdp = TabularMDP.from_env(env)
    agent = ga.make("double-q-learning", env, seed=0, alpha=1, gamma=0.9, epsilon=1).learn(500_000)
    tried = (agent.memory.updates > 0).all(axis=0)
    assert tried.all(axis=1).sum() == 24
    assert np.abs(agent.q_values - oracle.optimal(mdp, gamma=0.9).q)[tried].max() < 1e-9
