"""Policies that a user hands over."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.tabular.parts.policies import epsilon_greedy_policy, policy_table


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("uniform", [[0.5, 0.5]] * 3),
        (np.array([1, 0, 1]), [[0, 1], [1, 0], [0, 1]]),
        ([[0.25, 0.75]] * 3, [[0.25, 0.75]] * 3),
        (lambda s: s % 2, [[1, 0], [0, 1], [1, 0]]),
        (lambda s: [1, 0] if s == 0 else [0.1, 0.9], [[1, 0], [0.1, 0.9], [0.1, 0.9]]),
    ],
)
def test_forms_of_a_policy(given, wanted):
    table = policy_table("policy", given, 3, 2)
    assert table.dtype == np.float64
    assert np.allclose(table, wanted, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("greedy", "policy must be \"uniform\", an array or a callable, got 'greedy'"),
        ([0.5, 0.5], r"shape \(3, 2\), integers of shape \(3,\) or a callable, got list of shape \(2,\)"),
        ([0, 1, 2], "an action or 2 probabilities of sum 1 in each state, got .*2.* in 2"),
        ([[1, 0], [1, 1], [0, 1]], "got .* in 1"),
        ([[1, 0], [2, -1], [0, 1]], "got .* in 1"),
        ([[1, 0], [np.nan, 1], [0, 1]], "got .* in 1"),
        ([[1], [1, 2]], "probabilities of shape"),
        (None, "probabilities of shape"),
        (lambda s: s, "got 2 in 2"),
    ],
)
def test_what_is_no_policy_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        policy_table("policy", given, 3, 2)


def test_the_epsilon_greedy_policy_of_a_table():
    q = [[1, 3, 2, 0], [5, 5, 0, 0]]
    assert np.allclose(epsilon_greedy_policy(q, 0.2), [[0.05, 0.85, 0.05, 0.05], [0.45, 0.45, 0.05, 0.05]])
    for bad, message in (((q, 2), "epsilon must be in"), (([1, 2], 0.1), "q must be"), (([[np.nan]], 0), "q must be")):
        with pytest.raises(ValueError, match=message):
            epsilon_greedy_policy(*bad)


def test_gamma_1_is_refused_where_nothing_ends(tabular_id):
    with pytest.raises(
        ValueError, match="gamma must be below 1 on a continuing task, got 1: no episode of GridWorld-v0"
    ):
        ga.make(tabular_id, gym.make("GridWorld-v0", continuing=True), gamma=1)
    ga.make(tabular_id, gym.make("GridWorld-v0"), gamma=1)
    ga.make(tabular_id, gym.make("FrozenLake-v1"), gamma=1.0)
