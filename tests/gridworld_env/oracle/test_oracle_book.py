"""Figures printed in Shiyu Zhao's book."""

import numpy as np
import pytest

from gridworld_env import oracle

FIGURE_3_4_A = """
5.8 5.6 6.2 6.5 5.8
6.5 7.2 8.0 7.2 6.5
7.2 8.0 10.0 8.0 7.2
8.0 10.0 10.0 10.0 8.0
7.2 9.0 10.0 9.0 8.1
"""
FIGURE_3_4_D = """
3.5 3.9 4.3 4.8 5.3
3.1 3.5 4.8 5.3 5.9
2.8 2.5 10.0 5.9 6.6
2.5 10.0 10.0 10.0 7.3
2.3 9.0 10.0 9.0 8.1
"""


@pytest.mark.parametrize(("forbidden", "figure"), [(-1.0, FIGURE_3_4_A), (-10.0, FIGURE_3_4_D)])
def test_optimal_values(models, forbidden, figure):
    best = oracle.optimal(models.book_world(forbidden=forbidden), gamma=0.9)
    np.testing.assert_allclose(best.v, np.array(figure.split(), float), atol=0.0501)
    assert best.residual < 1e-13


def test_finite_horizon_at_the_target(models):
    """Figure 5.4: what Monte Carlo learning with episodes of L steps can find."""
    target = 3 * 5 + 2
    answer = oracle.finite_horizon(models.book_world(forbidden=-10.0), gamma=0.9, horizon=100)
    for steps, value in {1: 1.0, 2: 1.9, 3: 2.7, 4: 3.4, 15: 7.9, 100: 10.0}.items():
        assert answer.v[steps, target] == pytest.approx(value, abs=0.05)
        assert answer.v[steps, target] == pytest.approx((1 - 0.9**steps) / 0.1)
    np.testing.assert_allclose(answer.policy[50, target], [0, 0, 0, 0, 1])


@pytest.mark.parametrize("gamma", [0.0, 0.7, 1.0])
def test_finite_horizon_is_backward_induction(models, gamma):
    mdp = models.random_mdp(5, ends=0.1)
    answer = oracle.finite_horizon(mdp, gamma=gamma, horizon=4)
    v = np.zeros(6)
    assert not answer.q[0].any()
    np.testing.assert_allclose(answer.policy[0], 1 / 3)
    for n in range(1, 5):
        q = (mdp.probability * (mdp.reward + gamma * np.where(mdp.terminated, 0, v[mdp.next_state]))).sum(axis=2)
        v = q.max(axis=1)
        np.testing.assert_allclose(answer.q[n], q, atol=1e-13)
        np.testing.assert_allclose(answer.v[n], v, atol=1e-13)
        np.testing.assert_array_equal(answer.policy[n].argmax(axis=1), q.argmax(axis=1))


def test_a_horizon_of_no_steps(models):
    answer = oracle.finite_horizon(models.random_mdp(1), gamma=0.5, horizon=0)
    assert answer.v.shape == (1, 6)
    assert not answer.v.any()


def test_a_long_horizon_is_like_none(models):
    mdp = models.book_world()
    answer = oracle.finite_horizon(mdp, gamma=0.9, horizon=400)
    np.testing.assert_allclose(answer.v[-1], oracle.optimal(mdp, gamma=0.9).v, rtol=1e-12)
