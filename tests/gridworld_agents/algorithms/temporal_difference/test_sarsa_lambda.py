"""Sarsa(lambda): traces by hand, Sarsa for lambda = 0, returns for lambda = 1, and the best epsilon-greedy policy."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

KINDS = ["accumulating", "replacing", "dutch"]


def walk(steps, *, ends=(False, False), **arguments):
    """Return the agent after steps (s, r), always with action 0; the one that follows is the next in the list."""
    agent = ga.make("sarsa-lambda", gym.make("FrozenLake-v1"), seed=0, **arguments)
    for i, (s, r) in enumerate(steps):
        last = i == len(steps) - 1
        s_next = 15 if last else steps[i + 1][0]
        terminated, truncated = ends if last else (False, False)
        observe(agent, s, 0, r, s_next, -1 if terminated else 0, terminated, truncated)
    return agent


def test_two_steps_by_hand():
    """Gamma lambda is 0.4; the errors are 1 and 2 - 0, for nothing is known of what follows."""
    q = walk([(0, 1.0), (1, 2.0)], traces="accumulating", alpha=0.5, gamma=0.8, trace_decay=0.5).q_values[:, 0]
    assert q[0] == pytest.approx(0.5 * 1 + 0.5 * 2 * 0.4, abs=1e-15)
    assert q[1] == 0.5 * 2


@pytest.mark.parametrize(("kind", "trace"), [("accumulating", 1.4), ("replacing", 1.0), ("dutch", 1.2)])
def test_a_pair_that_is_visited_again(kind, trace):
    """Its trace has decayed to 0.4: it becomes 1.4, 1, or 0.4 + 1 - 0.5 0.4, and then decays by 0.4 again."""
    agent = walk([(0, 0.0), (0, 0.0)], traces=kind, alpha=0.5, gamma=0.8, trace_decay=0.5)
    assert agent.memory.z[0, 0] == pytest.approx(0.4 * trace, abs=1e-15)
    assert agent.memory.count[0] == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ends", [(True, False), (False, True)])
def test_nothing_is_left_of_an_episode_that_ended(kind, ends):
    agent = walk([(0, 1.0), (1, 1.0)], ends=ends, traces=kind)
    assert agent.memory.count[0] == agent.memory.z.sum() == agent.memory.q_old[0] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_without_decay_it_is_sarsa(kind):
    env = gym.make("GridWorld-v0", slip=0.1)
    one = ga.make("sarsa-lambda", env, seed=3, traces=kind, trace_decay=0.0).learn(20_000)
    other = ga.make("sarsa", env, seed=3).learn(20_000)
    assert np.abs(one.q_values - other.q_values).max() < 1e-12


def test_true_online_with_full_decay_learns_from_the_return_itself():
    """van Seijen et al. 2016, theorem 1: at lambda 1 the end of an episode leaves what its returns alone would.

    With each pair visited once that is q + alpha (g - q), for every alpha.
    """
    rewards = [1.0, -2.0, 4.0, 3.0]
    agent = walk(list(enumerate(rewards)), ends=(True, False), alpha=0.3, gamma=0.9, trace_decay=1.0, cutoff=0)
    g = 0.0
    for s in range(3, -1, -1):
        g = rewards[s] + 0.9 * g
        assert agent.q_values[s, 0] == pytest.approx(0.3 * g, abs=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_the_cut_off_loses_little(kind):
    env = gym.make("GridWorld/Windy-v0")
    one, other = (ga.make("sarsa-lambda", env, seed=1, traces=kind, cutoff=c).learn(3_000) for c in (0, 1e-9))
    assert np.abs(one.q_values - other.q_values).max() < 1e-5
    assert other.memory.count[0] <= one.memory.count[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_best_epsilon_greedy_policy(kind):
    env = gym.make("GridWorld-v0", slip=0.1)
    mdp = TabularMDP.from_env(env)
    soft = oracle.epsilon_optimal(mdp, gamma=0.9, epsilon=0.2)
    arguments = {"alpha": "harmonic:5000:50000", "gamma": 0.9, "epsilon": 0.2, "traces": kind, "trace_decay": 0.7}
    agent = ga.make("sarsa-lambda", env, seed=0, **arguments).learn(4_000_000)
    policy = 0.8 * agent.policy + 0.2 / 5
    assert (soft.v - oracle.evaluate(mdp, policy, gamma=0.9)).max() < 0.03


@pytest.mark.parametrize("id_", ["sarsa-lambda", "q-lambda"])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"trace_decay": 1.1}, r"trace_decay must be in \[0, 1\], got 1.1"),
        ({"cutoff": 1}, r"cutoff must be in \[0, 1\), got 1"),
        ({"traces": "duch"}, "traces must be one of"),
    ],
)
def test_arguments_out_of_range(id_, arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make(id_, gym.make("FrozenLake-v1"), **arguments)
