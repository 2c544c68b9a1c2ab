"""Rewards near the largest float: one error that names the largest, where sums of them would not be numbers."""

import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

UNIFORM = np.full((3, 2), 0.5)


def corridor(reward):
    """Return three states in a row; action 1 goes on, the last ends, and each step pays."""
    s_next = np.array([[[0], [1]], [[0], [2]], [[1], [2]]])
    ends = np.zeros((3, 2, 1), bool)
    ends[2, 1] = True
    return TabularMDP(s_next, np.ones((3, 2, 1)), np.full((3, 2, 1), reward), ends, np.array([1.0, 0, 0]))


@pytest.mark.parametrize("reward", [1e308, -1e308, 1.1e250])
@pytest.mark.parametrize("gamma", [0.9, 1.0])
@pytest.mark.parametrize(
    "ask",
    [
        oracle.optimal,
        lambda mdp, gamma: oracle.epsilon_optimal(mdp, gamma, 0.1),
        lambda mdp, gamma: oracle.evaluate(mdp, UNIFORM, gamma),
        lambda mdp, gamma: oracle.finite_horizon(mdp, gamma, 100),
        lambda mdp, gamma: oracle.bellman_residual(mdp, np.zeros(3), gamma),
    ],
    ids=["optimal", "epsilon_optimal", "evaluate", "finite_horizon", "bellman_residual"],
)
def test_rewards_that_cannot_be_summed_up_are_named(ask, gamma, reward):
    with pytest.raises(ValueError, match=r"at most 1e\+250 in size .* the largest is 1(\.1)?e\+(308|250)"):
        ask(corridor(reward), gamma)


def test_the_largest_rewards_allowed_have_right_values():
    for gamma in (0.9, 1.0):
        one, large = (oracle.evaluate(corridor(reward), UNIFORM, gamma) for reward in (-1.0, -1e250))
        np.testing.assert_allclose(large / 1e250, one, rtol=1e-12)
        np.testing.assert_allclose(
            oracle.optimal(corridor(-1e250), gamma).v / 1e250, oracle.optimal(corridor(-1), gamma).v
        )


def test_where_a_policy_spends_its_time_does_not_depend_on_rewards():
    expected = oracle.stationary_distribution(corridor(1.0), UNIFORM)
    np.testing.assert_array_equal(oracle.stationary_distribution(corridor(1e308), UNIFORM), expected)


def test_the_judge_names_them_too():
    import gymnasium as gym

    with gym.make("GridWorld-v0", reward_target=1e308) as env, pytest.raises(ValueError, match=r"largest is 1e\+308"):
        ga.Judge(env, gamma=0.9)
