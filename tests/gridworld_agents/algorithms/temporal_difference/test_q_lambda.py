"""Watkins's Q(lambda): traces by hand, Q-learning for lambda = 0, and the exact optimum."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle


def made(**arguments):
    """Return an agent for which q(2, .) is 1, 7, 7, 3."""
    agent = ga.make("q-lambda", gym.make("FrozenLake-v1"), seed=0, alpha=0.5, gamma=0.8, trace_decay=0.5, **arguments)
    agent.memory.q[2] = [1, 7, 7, 3]
    return agent


@pytest.mark.parametrize(("a_next", "trace"), [(1, 0.4), (2, 0.4), (0, 0.0), (3, 0.0)])
def test_an_exploring_action_cuts_the_traces(a_next, trace):
    agent = made()
    observe(agent, 0, 1, 3.0, 2, a_next, False, False)
    assert agent.q_values[0, 1] == pytest.approx(0.5 * (3 + 0.8 * 7), abs=1e-15)  # the largest value, whatever follows
    assert agent.memory.z[0, 1] == pytest.approx(trace, abs=1e-15)
    assert agent.memory.count[0] == (trace > 0)


def test_a_later_error_reaches_earlier_pairs():
    agent = made()
    observe(agent, 0, 1, 0.0, 2, 1, False, False)
    first = agent.q_values[0, 1]
    observe(agent, 2, 1, 3.0, 5, -1, True, False)
    assert agent.q_values[2, 1] == 7 + 0.5 * (3 - 7)
    assert agent.q_values[0, 1] == pytest.approx(first + 0.5 * (3 - 7) * 0.4, abs=1e-15)
    assert agent.memory.count[0] == 0


@pytest.mark.parametrize(("kind", "trace"), [("accumulating", 1.4), ("replacing", 1.0)])
def test_a_pair_that_is_visited_again(kind, trace):
    agent = made(traces=kind)
    for _ in range(2):
        observe(agent, 0, 1, 0.0, 2, 1, False, False)
    assert agent.memory.z[0, 1] == pytest.approx(0.4 * trace, abs=1e-15)


def test_a_truncated_episode_bootstraps_and_leaves_no_trace():
    agent = made()
    observe(agent, 0, 1, 3.0, 2, 1, False, True)
    assert agent.q_values[0, 1] == pytest.approx(0.5 * (3 + 0.8 * 7), abs=1e-15)
    assert agent.memory.count[0] == 0


def test_dutch_traces_are_sarsas():
    with pytest.raises(ValueError, match="traces must be one of 'accumulating', 'replacing', got 'dutch'"):
        made(traces="dutch")


@pytest.mark.parametrize("arguments", [{"trace_decay": 0.0}, {"trace_decay": 0.8}])
def test_the_exact_optimum_of_a_deterministic_world(arguments):
    env = gym.make("GridWorld-v0")
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=0.9)
    agent = ga.make("q-lambda", env, seed=0, alpha=1, gamma=0.9, epsilon=1, **arguments).learn(400_000)
    agent.learn(1, reset_num_timesteps=False)
    tried = agent.visits > 0
    assert tried.all(axis=1).sum() == 24
    assert np.abs(agent.q_values - best.q)[tried].max() < 1e-9
