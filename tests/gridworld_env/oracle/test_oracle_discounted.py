import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld_env import oracle

SEEDS = st.integers(0, 10_000)
GAMMAS = st.sampled_from([0.0, 0.5, 0.99])


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, gamma=GAMMAS, ends=st.sampled_from([0.0, 0.3]))
def test_evaluate_solves_the_bellman_equation(models, seed, gamma, ends):
    mdp = models.random_mdp(seed, ends=ends)
    policy = np.random.default_rng(seed).dirichlet(np.ones(3), size=6)
    v = oracle.evaluate(mdp, policy, gamma=gamma)
    np.testing.assert_allclose(v, models.dense_value(mdp, policy, gamma), rtol=1e-11, atol=1e-12)
    assert oracle.bellman_residual(mdp, v, gamma, policy=policy) < 1e-12


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, gamma=GAMMAS, epsilon=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_best_values_are_those_of_the_best_policy(models, seed, gamma, epsilon):
    mdp = models.random_mdp(seed, S=4, A=2, ends=0.1)
    each = [models.dense_value(mdp, models.softened(d, epsilon), gamma) for d in models.deterministic_policies(mdp)]
    soft = oracle.epsilon_optimal(mdp, gamma=gamma, epsilon=epsilon)
    np.testing.assert_allclose(soft.v, np.max(each, axis=0), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(oracle.evaluate(mdp, soft.policy, gamma), soft.v, rtol=1e-11, atol=1e-12)
    assert soft.policy.min() >= epsilon / 2 - 1e-15


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, gamma=GAMMAS)
def test_action_values_look_one_step_ahead(models, seed, gamma):
    mdp = models.random_mdp(seed, ends=0.2)
    best = oracle.optimal(mdp, gamma=gamma)
    follows = np.where(mdp.terminated, 0, best.v[mdp.next_state])
    q = (mdp.probability * (mdp.reward + gamma * follows)).sum(axis=2)
    np.testing.assert_allclose(best.q, q, atol=1e-12)
    np.testing.assert_allclose(best.q.max(axis=1), best.v, atol=1e-12)
    np.testing.assert_allclose(best.policy.sum(axis=1), 1)
    residual = np.abs(q.max(axis=1) - best.v).max()
    rounding = 4 * np.finfo(np.float64).eps * max(1.0, np.abs(best.v).max())  # of a difference of such numbers
    assert best.residual == pytest.approx(residual, abs=rounding)
    assert best.residual <= 1e-10
    assert oracle.bellman_residual(mdp, best.v, gamma) == best.residual


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, gamma=GAMMAS, a=st.floats(0.1, 10), b=st.floats(-5, 5))
def test_affine_rewards_give_affine_values(models, seed, gamma, a, b):
    """Zhao 2025, Theorem 3.6."""
    mdp = models.random_mdp(seed)
    other = type(mdp)(mdp.next_state, mdp.probability, a * mdp.reward + b, mdp.terminated, mdp.initial)
    best, changed = oracle.optimal(mdp, gamma), oracle.optimal(other, gamma)
    np.testing.assert_allclose(changed.v, a * best.v + b / (1 - gamma), rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(changed.policy, best.policy)


def test_the_residual_belongs_to_the_values_returned(models):
    mdp = models.random_mdp(3)
    v = np.random.default_rng(0).normal(size=6)
    q = np.einsum("sak,sak->sa", mdp.probability, mdp.reward + 0.9 * v[mdp.next_state])
    mixed = 0.75 * q.max(axis=1) + 0.25 * q.mean(axis=1)
    assert oracle.bellman_residual(mdp, v, 0.9) == pytest.approx(np.abs(q.max(axis=1) - v).max())
    assert oracle.bellman_residual(mdp, v, 0.9, epsilon=0.25) == pytest.approx(np.abs(mixed - v).max())
    uniform = np.full((6, 3), 1 / 3)
    assert oracle.bellman_residual(mdp, v, 0.9, policy=uniform) == pytest.approx(np.abs(q.mean(axis=1) - v).max())


def corridor(models, length, gamma_free_actions):
    """Build a corridor: action 0 walks towards the reward at its end, 1 away from it, 2 does as 0."""
    rows = {}
    for s in range(length):
        ahead = [(1.0, min(s + 1, length - 1), float(s == length - 1), s == length - 1)]
        back = [(1.0, max(s - 1, 0), 0.0, False)]
        rows[s] = [ahead, back, ahead][:gamma_free_actions]
    return models.build(rows)


def test_tiny_values_are_exact_and_not_all_tied(models):
    best = oracle.optimal(corridor(models, 300, 3), gamma=0.9)
    np.testing.assert_allclose(best.v, 0.9 ** np.arange(299, -1, -1.0), rtol=1e-12)
    np.testing.assert_array_equal(best.policy, np.tile([0.5, 0, 0.5], (300, 1)))


def test_ties_survive_rounding(models):
    """Two paths of equal worth, summed in different orders: 0.1 + 0.2 + 0.3."""
    end = [(1.0, 0, 0.0, True)]
    mdp = models.build(
        {
            0: [[(1.0, 1, 0.1, False)], [(1.0, 3, 0.3, False)]],
            1: [[(1.0, 2, 0.2, False)]] * 2,
            2: [[(1.0, 0, 0.3, True)]] * 2,
            3: [[(1.0, 4, 0.2, False)]] * 2,
            4: [[(1.0, 0, 0.1, True)]] * 2,
            5: [end, end],
        }
    )
    np.testing.assert_array_equal(oracle.optimal(mdp, gamma=1.0).policy[0], [0.5, 0.5])


def test_answers_are_read_only(models):
    best = oracle.optimal(models.random_mdp(0), gamma=0.5)
    with pytest.raises(ValueError, match="read-only"):
        best.v[0] = 1
