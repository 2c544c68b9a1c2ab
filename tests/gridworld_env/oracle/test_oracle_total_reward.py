"""Gamma 1: total rewards, and what happens where they never end."""

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridworld_env import oracle
from gridworld_env.tabular import TabularMDP

STOP = [(1.0, 0, 0.0, True)]


def go(to, reward=0.0):
    return [(1.0, to, reward, False)]


def total_reward(P, r, paying):
    """Return the total reward of a small chain, dense: P lacks what ends; paying says where rewards are not all 0."""
    S = len(r)
    reach = np.linalg.matrix_power((P > 0) | np.eye(S, dtype=bool), S) > 0
    v, endless = np.zeros(S), np.zeros((S, 3), bool)
    recurrent = np.array([P[reach[s]].sum(axis=1).min() > 1 - 1e-9 and reach[reach[s], s].all() for s in range(S)])
    for s in np.flatnonzero(recurrent):
        members = np.flatnonzero(reach[s])
        if paying[members].any():
            inner = P[np.ix_(members, members)]
            n = len(members)
            share = np.linalg.lstsq(np.vstack([inner.T - np.eye(n), np.ones(n)]), np.eye(n + 1)[n], rcond=None)[0]
            gain = share @ r[members]
            endless[reach[:, s], 1 if abs(gain) < 1e-9 else 0 if gain < 0 else 2] = True
    passing = ~recurrent & ~endless.any(axis=1)
    v[passing] = np.linalg.solve(np.eye(passing.sum()) - P[np.ix_(passing, passing)], r[passing])
    v[endless[:, 0]], v[endless[:, 2]] = -np.inf, np.inf
    v[endless[:, 1] | (endless[:, 0] & endless[:, 2])] = np.nan
    return v


def value_of(models, mdp, policy):
    paying = ((policy[:, :, None] * mdp.probability * np.abs(mdp.reward)) > 0).any(axis=(1, 2))
    return total_reward(*models.dense_chain(mdp, policy), paying)


def starting_in(mdp, s):
    return TabularMDP(mdp.next_state, mdp.probability, mdp.reward, mdp.terminated, np.eye(mdp.num_states)[s])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), ends=st.sampled_from([0.05, 0.2]), mostly_free=st.booleans())
def test_best_total_rewards_against_all_policies(models, seed, ends, mostly_free):
    rewards = [0, 0, 0, -1, 1] if mostly_free else [0, -1, -1, -2, 1]
    mdp = models.random_mdp(seed, S=4, A=2, K=2, ends=ends, rewards=rewards, grain=2)
    each = np.array([value_of(models, mdp, policy) for policy in models.deterministic_policies(mdp)])
    assume(not (np.isnan(each) | (each == np.inf)).any())
    v = each.max(axis=0)
    assume(np.isfinite(v).any())
    mdp = starting_in(mdp, int(np.argmax(np.isfinite(v))))
    best = oracle.optimal(mdp, gamma=1.0)
    np.testing.assert_allclose(best.v, v, rtol=1e-10, atol=1e-10)
    finite = np.isfinite(v)
    np.testing.assert_allclose(oracle.evaluate(mdp, best.policy, 1.0)[finite], v[finite], rtol=1e-9, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), epsilon=st.sampled_from([0.2, 1.0]))
def test_best_soft_total_rewards_against_all_policies(models, seed, epsilon):
    mdp = models.random_mdp(seed, S=4, A=2, K=2, ends=0.15, rewards=[0, 0, -1, 1], grain=2)
    soft = (models.softened(policy, epsilon) for policy in models.deterministic_policies(mdp))
    each = np.array([value_of(models, mdp, policy) for policy in soft])
    finite = np.isfinite(each).all(axis=0)
    assume(finite.any())
    mdp = starting_in(mdp, int(np.argmax(finite)))
    best = oracle.epsilon_optimal(mdp, gamma=1.0, epsilon=epsilon)
    np.testing.assert_allclose(best.v[finite], each[:, finite].max(axis=0), rtol=1e-10, atol=1e-10)
    assert not np.isfinite(best.v[~finite]).any()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), ends=st.sampled_from([0.0, 0.2]))
def test_evaluate_tells_infinities_apart(models, seed, ends):
    mdp = models.random_mdp(seed, S=5, A=2, K=2, ends=ends, rewards=[0, 0, -1, 1], grain=2)
    policy = np.eye(2)[np.random.default_rng(seed).integers(2, size=5)]
    v = value_of(models, mdp, policy)
    if not np.isfinite(v).any():
        with pytest.raises(ValueError, match="from state"):
            oracle.evaluate(mdp, policy, 1.0)
        return
    mdp = starting_in(mdp, int(np.argmax(np.isfinite(v))))
    np.testing.assert_allclose(oracle.evaluate(mdp, policy, 1.0), v, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    ("name", "options", "value"),
    [
        ("FrozenLake-v1", {}, 14 / 17),
        ("FrozenLake8x8-v1", {}, 1.0),
        ("CliffWalking-v1", {}, -13.0),
        ("CliffWalkingSlippery-v1", {}, None),
        ("Taxi-v4", {}, None),
        ("Taxi-v4", {"is_rainy": True}, None),
    ],
)
def test_toy_text(name, options, value):
    mdp = TabularMDP.from_env(gym.make(name, **options))
    best = oracle.optimal(mdp, gamma=1.0)
    start = mdp.initial > 0
    if value is not None:
        np.testing.assert_allclose(best.v[start], value, rtol=0, atol=1e-12)
    assert best.residual < 1e-12
    np.testing.assert_allclose(oracle.evaluate(mdp, best.policy, 1.0), best.v, rtol=1e-11, atol=1e-11)
    uniform = np.full((mdp.num_states, mdp.num_actions), 1 / mdp.num_actions)
    soft = oracle.epsilon_optimal(mdp, gamma=1.0, epsilon=1.0)
    np.testing.assert_allclose(soft.v, oracle.evaluate(mdp, uniform, 1.0), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("slip", [0.0, 0.2])
def test_loitering_may_be_free(models, slip):
    mdp = models.grid(12, 12, slip=slip)
    best = oracle.optimal(mdp, gamma=1.0)
    assert 0.99 < best.v.max() <= 1 + 1e-12
    assert best.v.min() > -10
    np.testing.assert_allclose(oracle.evaluate(mdp, best.policy, 1.0), best.v, atol=1e-10)


def test_a_pocket_that_cannot_reach_the_target(models):
    """A corridor 0 1 2 with its end right of 2, and a pocket 3 4 apart from it; each step costs 1."""
    mdp = models.build(
        {
            0: [go(0, -1), go(1, -1)],
            1: [go(0, -1), go(2, -1)],
            2: [go(1, -1), [(1.0, 2, -1.0, True)]],
            3: [go(3, -1), go(4, -1)],
            4: [go(3, -1), go(4, -1)],
        }
    )
    best = oracle.optimal(mdp, gamma=1.0)
    np.testing.assert_allclose(best.v, [-3, -2, -1, -np.inf, -np.inf])
    np.testing.assert_allclose(oracle.evaluate(mdp, best.policy, 1.0), best.v)
    with pytest.raises(ValueError, match=r"from state 3, .*-inf.*gamma < 1"):
        oracle.optimal(starting_in(mdp, 3), gamma=1.0)


def test_a_choice_that_risks_the_pocket_is_avoided(models):
    trap = go(1, -1)
    mdp = models.build({0: [[(0.5, 0, 100.0, True), (0.5, 1, 0.0, False)], [(1.0, 0, -5.0, True)]], 1: [trap, trap]})
    best = oracle.optimal(mdp, gamma=1.0)
    np.testing.assert_allclose(best.v, [-5, -np.inf])
    np.testing.assert_array_equal(best.policy[0], [0, 1])


def test_earning_for_ever_is_refused(models):
    mdp = models.build({0: [go(1), STOP], 1: [go(1, 1), STOP]})
    with pytest.raises(ValueError, match=r"from state 0, .*\+inf"):
        oracle.optimal(mdp, gamma=1.0)
    with pytest.raises(ValueError, match=r"from state 0, .*\+inf"):
        oracle.evaluate(mdp, np.array([[1, 0], [1, 0]]), 1.0)
    assert oracle.optimal(starting_in(models.build({0: [STOP], 1: [go(1, 1)]}), 0), 1.0).v.tolist() == [0, np.inf]


@pytest.mark.parametrize("kind", ["optimal", "epsilon_optimal", "evaluate"])
def test_gains_and_losses_in_turn_are_refused(models, kind):
    mdp = models.build({0: [go(1, 1)], 1: [go(0, -1)]})
    ask = {
        "optimal": lambda: oracle.optimal(mdp, 1.0),
        "epsilon_optimal": lambda: oracle.epsilon_optimal(mdp, 1.0, 0.5),
        "evaluate": lambda: oracle.evaluate(mdp, np.ones((2, 1)), 1.0),
    }
    with pytest.raises(ValueError, match=r"from state 0, .*not defined"):
        ask[kind]()


def test_a_mixed_loop_is_judged_by_its_mean(models):
    """Going round earns 2 and costs 1: +inf. Where it costs 3 nobody goes round, and the exit is taken."""
    with pytest.raises(ValueError, match=r"\+inf"):
        oracle.optimal(models.build({0: [go(1, 2), STOP], 1: [go(0, -1), STOP]}), 1.0)
    best = oracle.optimal(models.build({0: [go(1, 2), STOP], 1: [go(0, -3), STOP]}), 1.0)
    np.testing.assert_allclose(best.v, [2, 0], atol=1e-12)


def test_staying_for_free_beats_a_costly_exit(models):
    mdp = models.build({0: [go(1), [(1.0, 0, -1.0, True)]], 1: [go(0), go(0)]})
    best = oracle.optimal(mdp, gamma=1.0)
    np.testing.assert_array_equal(best.v, [0, 0])
    np.testing.assert_array_equal(best.policy[0], [1, 0])
    np.testing.assert_array_equal(oracle.evaluate(mdp, best.policy, 1.0), [0, 0])


def test_tied_wandering_still_gets_there(models):
    """Every move within 0 1 2 is free and tied with the way out, which pays 1: the uniform mixture must end."""
    mdp = models.build({0: [go(0), go(1)], 1: [go(0), go(2)], 2: [go(1), [(1.0, 0, 1.0, True)]]})
    best = oracle.optimal(mdp, gamma=1.0)
    np.testing.assert_allclose(best.v, 1)
    np.testing.assert_allclose(oracle.evaluate(mdp, best.policy, 1.0), 1)


def test_soft_policies_cannot_avoid_what_every_action_meets(models):
    """Epsilon-soft policies slip into the losing trap now and then, the best policy never does."""
    mdp = models.build({0: [STOP, go(1)], 1: [go(1, -1), go(1, -1)]})
    assert oracle.optimal(mdp, 1.0).v.tolist() == [0, -np.inf]
    assert oracle.epsilon_optimal(mdp, 1.0, 0.0).v.tolist() == [0, -np.inf]
    with pytest.raises(ValueError, match=r"from state 0, .*-inf"):
        oracle.epsilon_optimal(mdp, 1.0, 0.1)


def test_soft_policies_rest_where_nothing_is_paid(models):
    mdp = models.build({0: [[(1.0, 1, 3.0, False)], go(2)], 1: [go(1), go(2)], 2: [go(1), go(2)]})
    np.testing.assert_allclose(oracle.epsilon_optimal(mdp, 1.0, 0.5).v, [2.25, 0, 0])
