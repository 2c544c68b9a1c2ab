"""Exact values compared with published ones, to the last digit printed; more are in examples/figures.

Zhao 2025: Shiyu Zhao, Mathematical Foundations of Reinforcement Learning. S&B: Sutton and Barto, second edition.
"""

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env import TabularMDP, oracle

BOOK = {"continuing": True, "reward_target": 1, "reward_boundary": -1}


def book(**rules):
    """Return the model of Zhao's world."""
    return TabularMDP.from_env(gym.make("GridWorld-v0", **BOOK, **rules))


def test_values_at_the_target_for_finite_episodes_of_the_book_figure_5_4():
    horizon = oracle.finite_horizon(book(reward_forbidden=-10), gamma=0.9, horizon=100)
    target = 17
    assert [round(horizon.v[n, target], 1) for n in (1, 2, 3, 4, 15, 100)] == [1.0, 1.9, 2.7, 3.4, 7.9, 10.0]


@pytest.mark.parametrize(("initial_value", "expected"), [(0, 7.926), (10, 2.613), (100, 92.21)])
def test_initial_error_of_the_book_figure_7_4(initial_value, expected):
    """The error of the state values that a greedy policy would have at the start: RMSE of q0 against the optimum."""
    v = oracle.optimal(book(), gamma=0.9).v
    rmse = np.sqrt(np.mean((v - initial_value) ** 2))
    assert rmse == pytest.approx(expected, abs=0.5 * 10.0 ** -len(str(expected).partition(".")[2]))


def test_the_episodic_optimum_of_the_book_figures_7_2_and_7_3():
    """From (1, 1) to the target: 11 steps, a return of -10 (the target pays 0)."""
    rules = {"reward_target": 0, "reward_forbidden": -10, "reward_boundary": -10, "reward_step": -1}
    mdp = TabularMDP.from_env(gym.make("GridWorld-v0", **rules))
    assert oracle.optimal(mdp, gamma=1).v[0] == pytest.approx(-10, abs=1e-12)


def test_theorem_3_6_affine_rewards():
    """r -> a r + b turns v into a v + b / (1 - gamma) and leaves the optimal policy alone."""
    gamma, a, b = 0.9, 2.5, -0.75
    plain = oracle.optimal(book(reward_forbidden=-1), gamma=gamma)
    scaled = {name: a * value + b for name, value in {"reward_target": 1, "reward_boundary": -1}.items()}
    env = gym.make("GridWorld-v0", continuing=True, **scaled, reward_forbidden=-a + b, reward_step=b)
    changed = oracle.optimal(TabularMDP.from_env(env), gamma=gamma)
    np.testing.assert_allclose(changed.v, a * plain.v + b / (1 - gamma), rtol=0, atol=1e-11)
    np.testing.assert_array_equal(changed.policy > 0, plain.policy > 0)


def test_the_lake_that_is_not_slippery_is_always_crossed():
    mdp = TabularMDP.from_env(gym.make("FrozenLake-v1", is_slippery=False))
    assert mdp.initial @ oracle.optimal(mdp, gamma=1).v == pytest.approx(1, abs=1e-12)


def test_our_lake_is_the_frozen_lake():
    lake = {
        "layout": ["S...", ".F.F", "...F", "F..T"],
        "actions": "cardinal",
        "forbidden_mode": "end",
        "reward_forbidden": 0,
        "reward_boundary": 0,
        "slip": 2 / 3,
        "slip_mode": "perpendicular",
    }
    ours = TabularMDP.from_env(gym.make("GridWorld-v0", **lake))
    theirs = TabularMDP.from_env(gym.make("FrozenLake-v1"))
    for gamma in (0.5, 0.99, 1):
        expected = oracle.optimal(theirs, gamma=gamma)
        got = oracle.optimal(ours, gamma=gamma)
        np.testing.assert_allclose(got.v, expected.v, rtol=0, atol=1e-12)


def test_our_cliff_is_the_cliff_walk():
    ours = TabularMDP.from_env(gym.make("GridWorld/Cliff-v0"))
    theirs = TabularMDP.from_env(gym.make("CliffWalking-v1"))
    reachable = np.r_[:37]  # theirs lets the agent stand on the cliff and walk on from the goal
    for gamma in (0.9, 1):
        difference = oracle.optimal(ours, gamma=gamma).v - oracle.optimal(theirs, gamma=gamma).v
        np.testing.assert_allclose(difference[reachable], 0, atol=1e-12)
