"""Monte Carlo prediction: an episode by hand, first visits and every visit, and what a truncation leaves."""

import gymnasium as gym
import numpy as np
import pytest
from by_hand import observe

import gridworld_agents as ga
from gridworld_agents.evaluation.judge import Judge

STEPS = [(0, 1.0), (2, 2.0), (0, -4.0)]
"""An episode (s, r) in which state 0 is visited twice. Backwards with gamma 0.5: g = -4, 0, 1."""


def after(ends, *, visit="first", **arguments):
    """Return the agent after the episode, which ends in state 5 of value 6."""
    agent = ga.make("mc-prediction", gym.make("FrozenLake-v1"), seed=0, gamma=0.5, visit=visit, **arguments)
    agent.memory = agent.reserve(agent.memory, 3)
    agent.memory.v[5] = 6
    for i, (s, r) in enumerate(STEPS):
        terminated, truncated = ends if i == 2 else (False, False)
        observe(agent, s, 0, r, 5, -1, terminated, truncated)
        if i < 2:
            assert agent.visits.sum() == 0
            assert agent.memory.length[0] == i + 1
    assert agent.memory.length[0] == 0
    assert not agent.memory.times.any()
    assert agent.visits[[0, 2]].tolist() == ([1, 1] if visit == "first" else [2, 1])
    assert np.flatnonzero(agent.visits).tolist() == [0, 2]
    return agent.values


@pytest.mark.parametrize("ends", [(True, False), (True, True)])
@pytest.mark.parametrize(("visit", "v"), [("first", 1), ("every", (-4 + 1) / 2)])
def test_an_episode_by_hand(ends, visit, v):
    assert after(ends, visit=visit)[[0, 2, 5]].tolist() == [v, 0, 6]


def test_a_constant_step_size_by_hand():
    assert after((True, False), visit="every", alpha=0.5)[0] == 0.5 * (0.5 * -4) + 0.5 * 1
    assert after((True, False), visit="first", alpha=0.5)[0] == 0.5 * 1


def test_a_truncated_episode_goes_on_in_its_value():
    last = -4 + 0.5 * 6
    middle = 2 + 0.5 * last
    assert after((False, True))[[0, 2]].tolist() == [1 + 0.5 * middle, middle]
    assert after((False, True), visit="every")[0] == (last + 1 + 0.5 * middle) / 2


def test_a_truncated_episode_may_count_as_over():
    assert (after((False, True), bootstrap=False) == after((True, False))).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"visit": "last"}, "visit must be one of 'first', 'every', got 'last'"),
        ({"bootstrap": 1}, "bootstrap must be True or False, got 1"),
    ],
)
def test_hyper_parameters_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make("mc-prediction", gym.make("FrozenLake-v1"), **arguments)


@pytest.mark.parametrize("visit", ["first", "every"])
def test_the_random_walk(visit):
    env = gym.make("GridWorld/RandomWalk-v0")
    agent = ga.make("mc-prediction", env, seed=0, gamma=1.0, visit=visit).learn(1_000_000)
    # More than 40,000 first visits of each state, each with a return of variance 1/4 or less: errors of 0.0025.
    assert Judge(env, 1.0).value_error(agent) < 0.01


def test_first_visits_have_the_mean_of_the_returns_from_there():
    """In a corridor with a chance of 1/2 to stay, gamma 1: every step costs 1, so that the value is minus the steps."""
    env = gym.make(
        "GridWorld-v0", layout="S.T", reward_step=-1, reward_target=-1, reward_boundary=-1, max_episode_steps=-1
    )
    agent = ga.make("mc-prediction", env, seed=0, gamma=1.0, policy=[[0, 0.5, 0, 0, 0.5]] * 3).learn(400_000)
    # 2 and 4 steps on average, variances 2 and 4; 100,000 episodes: errors of 0.005 and 0.007; 4 of them are allowed.
    assert agent.values[1] == pytest.approx(-2, abs=0.02)
    assert agent.values[0] == pytest.approx(-4, abs=0.028)
    assert agent.visits[0] == agent.recent_episodes()[0]


def test_visits_that_are_not_those_of_the_episode_are_refused():
    agent = ga.make("mc-prediction", gym.make("GridWorld-v0"), seed=0)
    good = agent.memory._replace(
        length=np.array([2]), s=np.array([3, 3]), r=np.zeros(2), times=2 * np.eye(25, dtype=int)[3]
    )
    agent.check_memory(good, 25, 5)
    agent.check_memory(good._replace(times=np.zeros(25, int)), 25, 5)
    with pytest.raises(ValueError, match="the visits in its memory are not those of its episode"):
        agent.check_memory(good._replace(times=np.eye(25, dtype=int)[3]), 25, 5)
    with pytest.raises(ValueError, match="the episode in its memory is out of range"):
        agent.check_memory(good._replace(s=np.array([3, 25])), 25, 5)


def test_beginning_anew_forgets_the_visits_of_the_episode():
    env = gym.make("GridWorld-v0", layout=["..", "T."], continuing=True, max_episode_steps=-1)
    agent = ga.make("mc-prediction", env, seed=0, gamma=0.9).learn(100)
    assert agent.memory.times.sum() == 100
    agent.learn(10)
    assert agent.memory.times.sum() == agent.memory.length[0] == 10
