import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld_env import oracle


def go(to):
    return [(1.0, to, 0.0, False)]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), ends=st.sampled_from([0.0, 0.2]))
def test_against_the_eigenvector(models, seed, ends):
    mdp = models.random_mdp(seed, S=8, A=3, K=4, ends=ends)
    policy = np.random.default_rng(seed).dirichlet(np.ones(3), size=8)
    P, _ = models.dense_chain(mdp, policy)
    P += np.outer(1 - P.sum(axis=1), mdp.initial)
    average = mdp.initial @ np.linalg.matrix_power((P + np.eye(8)) / 2, 2**20)
    share = oracle.stationary_distribution(mdp, policy)
    assert share.dtype == np.float64
    assert share.sum() == pytest.approx(1)
    np.testing.assert_allclose(share, average, atol=1e-9)
    np.testing.assert_allclose(share @ P, share, atol=1e-12)
    values, vectors = np.linalg.eig(P.T)
    if np.sum(np.abs(values - 1) < 1e-9) == 1:
        vector = np.real(vectors[:, np.argmin(np.abs(values - 1))])
        np.testing.assert_allclose(share, vector / vector.sum(), atol=1e-9)


def test_a_periodic_chain_is_averaged(models):
    mdp = models.build({0: [go(1)], 1: [go(2)], 2: [go(0)]})
    np.testing.assert_allclose(oracle.stationary_distribution(mdp, np.ones((3, 1))), 1 / 3)


def test_two_classes_count_by_the_chance_of_either(models):
    fork = [(0.25, 1, 0.0, False), (0.5, 2, 0.0, False), (0.25, 0, 0.0, True)]
    mdp = models.build({0: [fork], 1: [go(1)], 2: [go(3)], 3: [go(2)]})
    share = oracle.stationary_distribution(mdp, np.ones((4, 1)))
    np.testing.assert_allclose(share, [0, 1 / 3, 1 / 3, 1 / 3])


def test_an_episode_starts_afresh_at_no_cost_of_time(models):
    mdp = models.build({0: [go(1)], 1: [[(1.0, 2, 1.0, True)]], 2: [go(2)]}, [0.5, 0.5, 0])
    np.testing.assert_allclose(oracle.stationary_distribution(mdp, np.ones((3, 1))), [1 / 3, 2 / 3, 0])


def test_states_far_from_where_the_chain_lives_do_not_overflow(models):
    """A walk of 2,000 places, nine times as likely to go right as left."""
    n = 2_000
    rows = {s: [[(0.1, max(s - 1, 0), 0.0, False), (0.9, min(s + 1, n - 1), 0.0, False)]] for s in range(n)}
    share = oracle.stationary_distribution(models.build(rows), np.ones((n, 1)))
    np.testing.assert_allclose(share[-5:] / share[-1], 9.0 ** np.arange(-4, 1), rtol=1e-9)
