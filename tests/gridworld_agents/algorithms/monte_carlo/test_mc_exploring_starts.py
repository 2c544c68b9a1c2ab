"""MC Exploring Starts: episodes by hand, and the exact optimum."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

STEPS = [(0, 1, 1.0), (2, 3, 2.0), (0, 1, -4.0)]
"""An episode (s, a, r): a pair is visited twice. Backwards with gamma 0.5: g = -4, 0, 1."""


def after(visit, ends=(True, False), **arguments):
    agent = ga.make("mc-exploring-starts", gym.make("FrozenLake-v1"), seed=0, gamma=0.5, visit=visit, **arguments)
    agent.memory = agent.reserve(agent.memory, 3)
    agent.memory.q[5] = [4, 8, 4, 4]
    for i, (s, a, r) in enumerate(STEPS):
        observe(agent, s, a, r, 5, -1, *(ends if i == 2 else (False, False)))
    assert agent.memory.length[0] == agent.memory.times.sum() == 0
    return agent


@pytest.mark.parametrize(
    ("visit", "twice", "once", "counts"),
    [("every", (-4 + 1) / 2, 0, (2, 1)), ("first", 1, 0, (1, 1)), ("initial", 1, 0, (1, 0))],
)
def test_an_episode_by_hand(visit, twice, once, counts):
    agent = after(visit)
    assert (agent.q_values[0, 1], agent.q_values[2, 3]) == (twice, once)
    assert (agent.visits[0, 1], agent.visits[2, 3]) == counts
    assert agent.visits.sum() == sum(counts)


def test_what_is_cut_off_bootstraps_or_not():
    q = after("first", (False, True)).q_values
    assert q[2, 3] == 2 + 0.5 * (-4 + 0.5 * 8)
    assert (after("first", (False, True), bootstrap=False).q_values == after("first").q_values).all()


@pytest.mark.parametrize("visit", ["every", "first", "initial"])
def test_the_exact_optimum_of_a_deterministic_world(visit):
    """Every pair of every state starts episodes, so that even states which are never visited become known."""
    env = gym.make("GridWorld-v0")
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=0.9)
    agent = ga.make("mc-exploring-starts", env, seed=0, gamma=0.9, visit=visit, alpha=0.5, episode_length=60)
    agent.learn(2_000_000)
    reachable = np.arange(25) != 17
    assert (agent.visits[reachable] > 100).all()
    assert (best.v - oracle.evaluate(mdp, agent.policy, gamma=0.9))[reachable].max() < 1e-6


def test_visits_are_known():
    with pytest.raises(ValueError, match="visit must be one of 'every', 'first', 'initial', got 'frist'"):
        ga.make("mc-exploring-starts", gym.make("GridWorld-v0"), visit="frist")
