"""Probabilities of any precision: rounding is forgiven by precision and divided away, what is wrong is refused."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle
from gridworld_env.common.probabilities import sum_tolerance, with_sum_one
from gridworld_env.rendering import Scene

PRECISIONS = [np.float16, np.float32, np.float64, np.longdouble]
SHAPES = [(25, 5), (25, 3), (10, 1000)]


def softmax(logits, dtype):
    """Compute it in that precision throughout, as a network does."""
    e = np.exp(logits.astype(dtype) - logits.astype(dtype).max(axis=-1, keepdims=True))
    return (e / e.sum(axis=-1, keepdims=True, dtype=dtype)).astype(dtype)


def rows(dtype, shape=(25, 5), seed=0):
    return softmax(np.random.default_rng(seed).normal(size=shape) * 3, dtype)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", PRECISIONS)
def test_what_a_softmax_rounds_is_forgiven_and_divided_away(dtype, shape):
    for seed in range(20):
        p = rows(dtype, shape, seed)
        assert (np.abs(p.sum(axis=-1, dtype=np.float64) - 1) <= sum_tolerance(p)).all()
        q = with_sum_one(p)
        assert q.dtype == np.float64
        np.testing.assert_allclose(q.sum(axis=-1), 1, rtol=0, atol=2e-12)
        np.testing.assert_allclose(q, p.astype(float), rtol=2 * sum_tolerance(p))


def test_float32_in_other_clothes_is_known_by_its_digits():
    p = rows(np.float32)
    assert np.abs(p.astype(float).sum(axis=1) - 1).max() > 1e-9
    for same in (p.astype(np.float64), p.tolist()):
        assert sum_tolerance(same) == sum_tolerance(p)
    assert sum_tolerance(p.astype(np.float64) * (1 + 1e-6)) == 1e-9  # has the digits of float64


def test_what_is_right_stays_as_it_is():
    p = np.array([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]])
    assert with_sum_one(p) is p


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_policy_of_any_precision_is_valued_as_what_it_means(dtype):
    mdp = gym.make("GridWorld-v0", slip=0.2).unwrapped.mdp
    p = rows(dtype)
    meant = p.astype(float) / p.astype(float).sum(axis=1, keepdims=True)
    exact = oracle.evaluate(mdp, meant, gamma=0.999)
    np.testing.assert_allclose(oracle.evaluate(mdp, p, gamma=0.999), exact, rtol=1e-12)
    np.testing.assert_allclose(oracle.evaluate(mdp, p.tolist(), gamma=0.999), exact, rtol=1e-12)
    assert oracle.stationary_distribution(mdp, p).sum() == pytest.approx(1, abs=1e-12)
    assert oracle.bellman_residual(mdp, exact, 0.999, policy=p) < 1e-11


@pytest.mark.parametrize("off", [1e-4, -1e-4, 0.5])
def test_a_policy_that_is_wrong_is_refused_in_float32_too(off):
    mdp = gym.make("GridWorld-v0").unwrapped.mdp
    p = rows(np.float32)
    p[7] *= 1 + np.float32(off)
    for given in (p, p.astype(float), p.tolist()):
        with pytest.raises(ValueError, match=r"each row of policy must sum to 1, got .* in state 7"):
            oracle.evaluate(mdp, given, gamma=0.9)
        with pytest.raises(ValueError, match=r"policy must be an action or 5 probabilities of sum 1 in each state"):
            ga.make("td0", gym.make("GridWorld-v0"), policy=given)


@pytest.mark.parametrize("agent_id", ["td0", "td-lambda", "mc-prediction"])
def test_agents_take_policies_in_float32(agent_id):
    p = rows(np.float32)
    for given in (p, p.tolist(), lambda s: p[s]):
        agent = ga.make(agent_id, gym.make("GridWorld-v0"), seed=0, policy=given)
        np.testing.assert_allclose(agent.policy.sum(axis=1), 1, rtol=0, atol=1e-15)
        np.testing.assert_allclose(agent.policy, p, rtol=1e-6)


def tables(dtype, S=6, A=3, K=3):
    rng = np.random.default_rng(0)
    p = rows(dtype, (S, A, K))
    return rng.integers(S, size=(S, A, K)), p, rng.normal(size=(S, A, K)), np.zeros((S, A, K), bool)


@pytest.mark.parametrize("initial", [np.full(6, 1 / 6, np.float32), np.full(6, 1 / 6), [np.float32(1 / 6)] * 6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_models_of_any_precision(dtype, initial):
    s_next, p, r, ends = tables(dtype)
    meant = p.astype(float) / p.astype(float).sum(axis=2, keepdims=True)
    start = np.asarray(initial, float) / np.sum(np.asarray(initial, float))
    exact = oracle.optimal(TabularMDP(s_next, meant, r, ends, start), gamma=0.99).v
    listed = [
        [[(p[s, a, k], s_next[s, a, k], r[s, a, k], False) for k in range(3)] for a in range(3)] for s in range(6)
    ]
    for mdp in (TabularMDP(s_next, p, r, ends, initial), TabularMDP.from_transitions(listed, initial)):
        assert mdp.probability.dtype == mdp.initial.dtype == np.float64
        np.testing.assert_allclose(mdp.probability.sum(axis=2), 1, rtol=0, atol=1e-12)
        np.testing.assert_allclose(oracle.optimal(mdp, gamma=0.99).v, exact, rtol=1e-10)
        assert mdp.initial.sum() == pytest.approx(1, abs=1e-15)


def test_uniform_starts_of_many_states_in_float32():
    S = 1_000_000
    mdp = TabularMDP(
        np.zeros((S, 1, 1), int),
        np.ones((S, 1, 1)),
        np.zeros((S, 1, 1)),
        np.ones((S, 1, 1), bool),
        np.full(S, 1 / S, np.float32),
    )
    assert mdp.initial.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_models_that_are_wrong_are_refused(dtype):
    s_next, p, r, ends = tables(dtype)
    p[2, 1] *= dtype(1.001)
    with pytest.raises(ValueError, match=r"must sum to 1, got 1\.001.* in state 2, action 1"):
        TabularMDP(s_next, p, r, ends, np.eye(6)[0])
    with pytest.raises(ValueError, match=r"initial must sum to 1, got 0\.99"):
        TabularMDP(*tables(dtype), np.full(6, 0.99 / 6, dtype))


def test_pictures_take_policies_in_float32():
    p = rows(np.float32)
    p[0] = [1 + 1.2e-7, 0, 0, 0, 0]
    assert Scene(layout="book", policy=p).policy.shape == (25, 5)
    with pytest.raises(ValueError, match="sum to 1"):
        Scene(layout="book", policy=p * np.float32(0.99))
