"""The studentised bootstrap, drawn again in plain NumPy; and models fitted by hand."""

import math

import numpy as np
import pytest

from gridworld_agents.data.estimate import estimate
from gridworld_agents.data.fitting import fitted_model, fitted_q, q_values
from gridworld_env import TabularMDP, oracle


def options(**changes):
    return {"confidence": 0.9, "resamples": 399, "seed": 3, **changes}


@pytest.mark.parametrize("ratio", [False, True])
def test_the_bootstrap_by_definition(ratio):
    draw = np.random.default_rng(0)
    x, w = draw.lognormal(size=12), draw.lognormal(size=12) if ratio else np.ones(12)
    found = estimate(x, w, w, **options())
    N = 12

    def ratio_and_error(x, w):
        R = x.sum() / w.sum()
        return R, math.sqrt(N / (N - 1) * ((x - R * w) ** 2).sum()) / w.sum()

    R, se = ratio_and_error(x, w)
    rng, t = np.random.default_rng(3), []
    for _ in range(399):
        drawn = [int(rng.random() * N) for _ in range(N)]
        R_star, se_star = ratio_and_error(x[drawn], w[drawn])
        t.append((R_star - R) / se_star)
    t.sort()
    assert found.value == pytest.approx(R, abs=1e-14)
    assert found.standard_error == pytest.approx(se, abs=1e-14)
    # 90%: the 20th of 399 from either side
    assert (found.low, found.high) == pytest.approx((R - t[379] * se, R - t[19] * se), abs=1e-10)


def test_without_spread_the_interval_is_a_point():
    found = estimate(np.full(5, 2.0), np.ones(5), np.ones(5), **options())
    assert (found.low, found.value, found.high, found.standard_error) == (2, 2, 2, 0)


def test_where_one_episode_says_it_all_there_is_no_bound():
    """A third of the draws leaves it out: they have no spread, and tell nothing."""
    x = np.zeros(50)
    x[7] = 1
    found = estimate(x, np.ones(50), np.ones(50), **options())
    assert found.low == -math.inf
    assert found.high == math.inf
    assert found.value == 1 / 50


def test_effective_sample_size():
    one = np.ones(4)
    for weights, size in (([1, 1, 1, 1], 4), ([1, 0, 0, 0], 1), ([0, 0, 0, 0], 0), ([2e300, 1e300, 0, 0], 9 / 5)):
        assert estimate(one, one, np.array(weights, float), **options()).effective_sample_size == pytest.approx(size)


S, A, R, S_NEXT, END = (
    np.array(column)
    for column in zip(
        (0, 0, 1.0, 1, False),
        (0, 0, 3.0, 1, False),
        (0, 0, 8.0, 0, False),
        (0, 0, 9.0, 0, True),
        (1, 1, 5.0, 0, False),
        strict=True,
    )
)


def test_a_fitted_model_by_hand():
    mdp = fitted_model(S, A, R, S_NEXT, END, (2, 2))
    rows = sorted(zip(mdp.next_state[0, 0], mdp.probability[0, 0], mdp.reward[0, 0], mdp.terminated[0, 0], strict=True))
    assert rows == [(0, 0.25, 8, False), (0, 0.25, 9, True), (1, 0.5, 2, False)]
    assert mdp.expected_reward.tolist() == [[5.25, 0], [0, 5]]
    assert mdp.terminated[0, 1].all()  # never logged: ends at once
    assert mdp.terminated[1, 0].all()
    pi = np.array([[1, 0], [0, 1.0]])
    q = fitted_q((S, A, R, S_NEXT, END), np.ones(5, bool), pi, 0.5)
    v0, v1 = np.linalg.solve([[1 - 0.125, -0.25], [-0.5, 1]], [5.25, 5])
    assert q == pytest.approx(np.array([[v0, 0], [0, v1]]), abs=1e-9)
    assert (fitted_q((S, A, R, S_NEXT, END), np.zeros(5, bool), pi, 0.5) == 0).all()


def test_values_of_a_model():
    draw = np.random.default_rng(0)
    mdp = TabularMDP(
        draw.integers(0, 4, (4, 3, 2)),
        np.full((4, 3, 2), 0.5),
        draw.normal(size=(4, 3, 2)),
        draw.random((4, 3, 2)) < 0.3,
        np.full(4, 0.25),
    )
    pi = draw.dirichlet(np.ones(3), 4)
    q = q_values(mdp, pi, 0.9)
    v = oracle.evaluate(mdp, pi, gamma=0.9)
    assert (pi * q).sum(axis=1) == pytest.approx(v, abs=1e-9)
    follows = np.where(mdp.terminated, 0, v[mdp.next_state])
    assert q == pytest.approx((mdp.probability * (mdp.reward + 0.9 * follows)).sum(axis=2), abs=1e-9)
    with pytest.raises(ValueError, match=r"q must be a model of 5 states and 3 actions, got TabularMDP"):
        q_values(mdp, np.ones((5, 3)) / 3, 0.9)
