"""Sarsa: one update by hand, and the best epsilon-greedy values."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_agents.algorithms.temporal_difference.sarsa import Sarsa
from gridworld_env import TabularMDP, oracle


def one_update(*, a_next, terminated, truncated):
    """Return q(0, 1) after a step (s, a, r, s_next) = (0, 1, 3, 2), from 10; gamma 0.9, alpha 0.5."""
    agent = ga.make("sarsa", gym.make("FrozenLake-v1"), seed=0, alpha=0.5, gamma=0.9)
    memory = agent.memory
    memory.q[0, 1] = 10
    memory.q[2] = [1, 7, 2, 3]
    memory.q[15] = 1000  # which a_next = -1 must not reach
    before = memory.q.copy()
    observe(agent, 0, 1, 3.0, 2, a_next, terminated, truncated)
    changed = memory.q != before
    assert changed.sum() == changed[0, 1] == 1
    return memory.q[0, 1]


def test_one_update_by_hand():
    assert one_update(a_next=3, terminated=False, truncated=False) == pytest.approx(10 + 0.5 * (3 + 0.9 * 3 - 10))
    assert one_update(a_next=1, terminated=False, truncated=False) == pytest.approx(10 + 0.5 * (3 + 0.9 * 7 - 10))


def test_nothing_follows_a_termination_and_something_a_truncation():
    assert one_update(a_next=-1, terminated=True, truncated=False) == 10 + 0.5 * (3 - 10)
    assert one_update(a_next=3, terminated=False, truncated=True) == pytest.approx(10 + 0.5 * (3 + 0.9 * 3 - 10))


def test_the_action_learned_from_is_the_action_taken():
    """Where every action pays its own number, q moves by what was chosen beforehand."""
    assert Sarsa.next_action_first is True
    seen = []

    class Watch(gym.Wrapper):
        def step(self, action):
            seen.append((self.unwrapped.state, action))
            return self.env.step(action)

    agent = ga.make("sarsa", Watch(gym.make("GridWorld-v0", max_episode_steps=1000)), seed=0, epsilon=1)
    for _ in range(50):
        agent.learn(1, reset_num_timesteps=False)
        pending = agent.run.current.tolist()
        if pending[1] >= 0:
            agent.learn(1, reset_num_timesteps=False)
            assert seen[-1] == (pending[0], pending[1])
    assert len(seen) > 60


@pytest.mark.parametrize("arguments", [{}, {"slip": 0.1}])
def test_the_best_epsilon_greedy_values(arguments):
    env = gym.make("GridWorld-v0", **arguments)
    mdp = TabularMDP.from_env(env)
    soft = oracle.epsilon_optimal(mdp, gamma=0.9, epsilon=0.2)
    agent = ga.make("sarsa", env, seed=0, alpha="visits:10:9", gamma=0.9, epsilon=0.2).learn(10_000_000)
    often = agent.visits > 10_000
    assert often.any(axis=1).sum() == 24
    assert np.abs(agent.q_values - soft.q)[often].max() < 0.06
    policy = 0.8 * agent.policy + 0.2 / 5
    assert (soft.v - oracle.evaluate(mdp, policy, gamma=0.9)).max() < 0.02
