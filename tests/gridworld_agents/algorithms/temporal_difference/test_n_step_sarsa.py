"""n-step Sarsa: steps by hand, Sarsa for n = 1, and the best epsilon-greedy policy."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle


def after(steps, n, ends):
    """Return the agent after steps (s, a, r) from states 0, 1, ... with gamma 0.5; q(9, 2) is 8."""
    agent = ga.make("n-step-sarsa", gym.make("FrozenLake-v1"), seed=0, alpha=1, gamma=0.5, n=n)
    agent.memory.q[9, 2] = 8
    for i, r in enumerate(steps):
        last = i == len(steps) - 1
        terminated, truncated = ends if last else (False, False)
        observe(agent, i, 0, r, 9, -1 if terminated else 2, terminated, truncated)
    return agent


def test_an_update_waits_for_n_steps():
    agent = after([1.0, 2.0], 3, (False, False))
    assert agent.visits.sum() == 0
    agent = after([1.0, 2.0, 4.0], 3, (False, False))
    assert agent.visits.sum() == agent.visits[0, 0] == 1
    assert agent.q_values[0, 0] == 1 + 0.5 * 2 + 0.25 * 4 + 0.125 * 8


@pytest.mark.parametrize(("ends", "tail"), [((True, False), 0), ((True, True), 0), ((False, True), 8)])
def test_what_is_left_is_learned_at_the_end(ends, tail):
    agent = after([1.0, 2.0, 4.0], 2, ends)
    assert agent.q_values[0, 0] == 1 + 0.5 * 2 + 0.25 * 8  # learned before the end: the tail is q(9, 2)
    assert agent.q_values[1, 0] == 2 + 0.5 * 4 + 0.25 * tail
    assert agent.q_values[2, 0] == 4 + 0.5 * tail
    assert agent.memory.ring[1] == 0
    assert agent.visits.sum() == 3


def test_one_step_is_sarsa():
    env = gym.make("GridWorld-v0", slip=0.1)
    one = ga.make("n-step-sarsa", env, seed=3, n=1).learn(20_000)
    other = ga.make("sarsa", env, seed=3).learn(20_000)
    np.testing.assert_array_equal(one.q_values, other.q_values)


@pytest.mark.parametrize("n", [2, 8])
def test_the_best_epsilon_greedy_policy(n):
    env = gym.make("GridWorld-v0", slip=0.1)
    mdp = TabularMDP.from_env(env)
    soft = oracle.epsilon_optimal(mdp, gamma=0.9, epsilon=0.2)
    agent = ga.make("n-step-sarsa", env, seed=0, n=n, alpha="visits:100:999", gamma=0.9, epsilon=0.2).learn(5_000_000)
    policy = 0.8 * agent.policy + 0.2 / 5
    assert mdp.initial @ (soft.v - oracle.evaluate(mdp, policy, gamma=0.9)) < 0.01


@pytest.mark.parametrize("n", [0, -1, 1.5, True, None])
def test_n_is_a_number_of_steps(n):
    with pytest.raises(ValueError, match="n must be an integer >= 1, got"):
        ga.make("n-step-sarsa", gym.make("FrozenLake-v1"), n=n)
