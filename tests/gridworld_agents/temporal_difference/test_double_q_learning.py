"""Double Q-learning: an update by hand, the exact optimum, and no maximisation bias."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.temporal_difference.double_q_learning import observe
from gridworld_env import TabularMDP, oracle


@pytest.mark.parametrize("ends", [(False, False), (False, True), (True, False)])
def test_one_update_by_hand(ends):
    """One table chooses the action, the other values it; which is which is drawn."""
    seen = set()
    for seed in range(20):
        agent = ga.make("double-q-learning", gym.make("FrozenLake-v1"), seed=seed, alpha=0.5, gamma=0.9)
        agent.memory.pair[:, 2] = [[1, 7, 2, 3], [5, 1, 4, 9]]
        observe(agent.memory, 0, 1, 3.0, 2, -1, *ends, agent.params, agent.rng)
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


class Biased(gym.Env):
    """Sutton and Barto's example 6.7: left costs 0.1 in the mean, but one of its ten rewards looks good at first."""

    observation_space, action_space = gym.spaces.Discrete(3), gym.spaces.Discrete(10)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.s = 0
        return 0, {}

    def step(self, action):
        if self.s == 1:
            return 2, self.np_random.normal(-0.1, 1), True, False, {}
        if action % 2:  # right
            return 2, 0.0, True, False, {}
        self.s = 1
        return 1, 0.0, False, False, {}


def test_maximisation_bias():
    """How much left seems worth at the start, after 3,000 steps: 0 is its value with the best of equal actions.

    The rewards have a mean of -0.1 and a deviation of 1; the largest of ten estimates is above 0 for Q-learning. Forty
    seeds, fixed before the run.
    """
    seen = {}
    for id_ in ("q-learning", "double-q-learning"):
        agents = [ga.make(id_, Biased(), seed=seed, gamma=1.0, epsilon=1.0).learn(3_000) for seed in range(40)]
        seen[id_] = np.array([agent.q_values[0, ::2].mean() for agent in agents])
    assert seen["q-learning"].mean() > 0.1
    assert seen["double-q-learning"].mean() < 0.05
    difference = seen["q-learning"] - seen["double-q-learning"]
    assert difference.mean() / (difference.std(ddof=1) / np.sqrt(40)) > 4
