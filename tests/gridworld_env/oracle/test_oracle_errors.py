"""The proven bound of an optimum's error, against exact rational arithmetic on the very tables."""

import itertools
from fractions import Fraction

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gridworld_env import TabularMDP, oracle
from gridworld_env.oracle import iteration, linear

GAMMAS = [0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999]


def solved(system, right):
    """Solve linear equations in fractions, by Gauss and Jordan."""
    n = len(right)
    rows = [[*system[i], right[i]] for i in range(n)]
    for i in range(n):
        pivot = next(k for k in range(i, n) if rows[k][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for k in range(n):
            if k != i and rows[k][i]:
                rows[k] = [x - rows[k][i] * y for x, y in zip(rows[k], rows[i], strict=True)]
    return [row[-1] for row in rows]


def look_ahead(mdp, v, gamma, s, a):
    """Return the exact value of an action, of the tables as float64 holds them."""
    total = Fraction(0)
    for k in range(mdp.num_outcomes):
        p, r = Fraction(float(mdp.probability[s, a, k])), Fraction(float(mdp.reward[s, a, k]))
        total += p * (r + (0 if mdp.terminated[s, a, k] else gamma * v[int(mdp.next_state[s, a, k])]))
    return total


def policy_values(mdp, choice, gamma, epsilon):
    S, A = mdp.num_states, mdp.num_actions
    weight = [[epsilon / A + (1 - epsilon) * (a == choice[s]) for a in range(A)] for s in range(S)]
    zero = [Fraction(0)] * S
    right = [sum(weight[s][a] * look_ahead(mdp, zero, gamma, s, a) for a in range(A)) for s in range(S)]
    system = [[Fraction(int(i == j)) for j in range(S)] for i in range(S)]
    for s, a, k in itertools.product(range(S), range(A), range(mdp.num_outcomes)):
        if not mdp.terminated[s, a, k]:
            j = int(mdp.next_state[s, a, k])
            system[s][j] -= gamma * weight[s][a] * Fraction(float(mdp.probability[s, a, k]))
    return solved(system, right)


def exact_optimum(mdp, gamma, choice, epsilon=0.0):
    """Return v* in fractions: policy iteration (Howard 1960) from a policy that ends, where gamma is 1."""
    gamma, epsilon, choice = Fraction(gamma), Fraction(epsilon), list(choice)
    while True:
        v = policy_values(mdp, choice, gamma, epsilon)
        q = [[look_ahead(mdp, v, gamma, s, a) for a in range(mdp.num_actions)] for s in range(mdp.num_states)]
        better = [max(range(len(row)), key=row.__getitem__) for row in q]
        new = [b if row[b] > row[c] else c for row, b, c in zip(q, better, choice, strict=True)]
        if new == choice:
            return v
        choice = new


def true_error(best, exact):
    return max(abs(Fraction(float(x)) - y) for x, y in zip(best.v, exact, strict=True))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    gamma=st.sampled_from(GAMMAS),
    ends=st.sampled_from([0.0, 0.3]),
    epsilon=st.sampled_from([0.0, 0.0, 0.25]),
    scale=st.sampled_from([1.0, 1e-6, 1e9]),
)
def test_no_value_is_further_off_than_the_error(models, seed, gamma, ends, epsilon, scale):
    mdp = models.random_mdp(seed, S=4, A=2, K=3, ends=ends)
    mdp = TabularMDP(mdp.next_state, mdp.probability, scale * mdp.reward, mdp.terminated, mdp.initial)
    best = oracle.epsilon_optimal(mdp, gamma, epsilon)
    off = true_error(best, exact_optimum(mdp, gamma, best.policy.argmax(axis=1), epsilon))
    assert off <= best.error
    assert best.error <= 1e-10 * max(np.abs(best.v).max(), np.abs(mdp.expected_reward).max())


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), ends=st.sampled_from([0.02, 0.2]), costs=st.booleans())
def test_no_total_reward_is_further_off_than_the_error(models, seed, ends, costs):
    """Gamma 1: every action ends now and then, so every policy does, whether rewards are costs or mixed."""
    mdp = models.random_mdp(seed, S=4, A=2, K=3, rewards=[-1, -2, -3] if costs else [-1, 0, 2])
    p = np.concatenate([mdp.probability * (1 - ends), np.full((4, 2, 1), ends)], axis=2)
    s_next, r, over = (
        np.concatenate([x, np.full((4, 2, 1), fill, x.dtype)], axis=2)
        for x, fill in ((mdp.next_state, 0), (mdp.reward, 1), (mdp.terminated, 1))
    )
    mdp = TabularMDP(s_next, p, r, over, mdp.initial)
    assume(np.abs(mdp.expected_reward).min() > 1e-6)  # means that cancel to 1e-12 count as 0
    best = oracle.optimal(mdp, gamma=1.0)
    assert true_error(best, exact_optimum(mdp, 1, best.policy.argmax(axis=1))) <= best.error
    assert best.error <= 1e-10 * max(np.abs(best.v).max(), 1)


@pytest.mark.parametrize("gamma", [0.9, 0.9999, 1.0])
@pytest.mark.parametrize(
    "env_id", ["GridWorld-v0", "GridWorld/Windy-v0", "FrozenLake-v1", "CliffWalking-v1", "GridWorld/DeepSea-v0"]
)
def test_known_worlds_are_exact_to_rounding(env_id, gamma):
    best = oracle.optimal(TabularMDP.from_env(gym.make(env_id)), gamma)
    finite = np.isfinite(best.v)
    assert best.error <= 1e-10 * max(1.0, np.abs(best.v[finite]).max())
    if (env_id, gamma) == ("FrozenLake-v1", 1.0):
        assert abs(Fraction(float(best.v[0])) - Fraction(14, 17)) <= best.error + 1e-15  # thirds are rounded in P


def far_off(models, gamma):
    """Build a state that pays 1 for ever, where a residual of 1e-8 is an error of 1e-8 / (1 - gamma)."""
    return models.build({0: [[(1.0, 0, 1.0, False)]], 1: [[(1.0, 0, 0.0, False)]]}), 1 / (1 - Fraction(gamma))


@pytest.mark.parametrize("tolerance", [1e-4, 1e-8, 1e-10])
@pytest.mark.parametrize("gamma", [0.9, 0.9999, 0.99999])
@pytest.mark.parametrize("swept", [False, True])
def test_the_tolerance_is_kept_as_a_bound_of_the_error(models, monkeypatch, swept, gamma, tolerance):
    if swept:
        monkeypatch.setattr(iteration, "EXACT_LIMIT", 0)
        monkeypatch.setattr(linear, "ALWAYS_DIRECT", 0)
        monkeypatch.setattr(linear, "DIRECT_LIMIT", 0)
    mdp, value = far_off(models, gamma)
    best = oracle.optimal(mdp, gamma, tolerance=tolerance)
    assert abs(Fraction(float(best.v[0])) - value) <= best.error
    rounding = linear.ROUNDING / (1 - gamma) if swept else 0.0  # relative to the largest value
    assert best.error <= 2 * max(tolerance, rounding) * float(value)


@pytest.mark.parametrize("gamma", [0.9, 0.999, 1.0])
def test_sweeping_states_its_error_too(models, monkeypatch, gamma):
    mdp = models.grid(12, 12, step=-0.1)
    exact = oracle.optimal(mdp, gamma)
    for name in ("ALWAYS_DIRECT", "DIRECT_LIMIT"):
        monkeypatch.setattr(linear, name, 0)
    monkeypatch.setattr(iteration, "EXACT_LIMIT", 0)
    for tolerance in (1e-3, 1e-6, 1e-10):
        rough = oracle.optimal(mdp, gamma, tolerance=tolerance)
        off = np.abs(rough.v - exact.v).max()
        assert off <= rough.error + exact.error
        assert rough.error <= 1.01 * tolerance * max(1.0, np.abs(exact.v).max()) + 1e-9 * (gamma == 0.999)


@pytest.mark.parametrize("gamma", [0.9, 0.99999, 1.0])
def test_values_of_a_policy_keep_the_tolerance_where_they_are_swept(models, monkeypatch, gamma):
    mdp = models.grid(12, 12, step=-0.1)
    uniform = np.full((144, 4), 0.25)
    exact = oracle.evaluate(mdp, uniform, gamma)
    for name in ("ALWAYS_DIRECT", "DIRECT_LIMIT"):
        monkeypatch.setattr(linear, name, 0)
    v = oracle.evaluate(mdp, uniform, gamma, tolerance=1e-7)
    assert np.abs(v - exact).max() <= 1e-7 * max(1.0, np.abs(exact).max())


def test_ties_that_take_longer_are_found(models):
    """A free detour is worth as much as the short way: the horizon of the bound is that of the longest tied way."""
    end = [(1.0, 0, 1.0, True)]
    ways = {s: [[(1.0, s + 1, 0.0, False)], [(0.5, 0, 1.0, True), (0.5, s + 1, 0.0, False)]] for s in range(40)}
    mdp = models.build({**ways, 40: [end, end]})
    best = oracle.optimal(mdp, gamma=1.0)
    np.testing.assert_allclose(best.v, 1, rtol=0, atol=best.error)
    assert best.error < 1e-13


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    gamma=st.sampled_from([*GAMMAS, 1.0]),
    ends=st.sampled_from([0.0, 0.3]),
    scale=st.sampled_from([1.0, 1e-6, 1e9, 1e-310]),
    given_policy=st.booleans(),
)
def test_no_return_of_so_many_steps_is_further_off_than_the_error(models, seed, gamma, ends, scale, given_policy):
    S, A, H = 4, 2, 12
    mdp = models.random_mdp(seed, S=S, A=A, K=3, ends=ends)
    mdp = TabularMDP(mdp.next_state, mdp.probability, scale * mdp.reward, mdp.terminated, mdp.initial)
    policy = np.random.default_rng(seed).dirichlet(np.ones(A), S) if given_policy else None
    found = oracle.finite_horizon(mdp, gamma, H, policy=policy)
    exact = [Fraction(0)] * S
    assert found.error[0] == 0
    for n in range(1, H + 1):
        q = [[look_ahead(mdp, exact, Fraction(gamma), s, a) for a in range(A)] for s in range(S)]
        if policy is None:
            exact = [max(row) for row in q]
        else:
            exact = [sum(Fraction(float(p)) * x for p, x in zip(policy[s], q[s], strict=True)) for s in range(S)]
        off = max(abs(Fraction(float(x)) - y) for x, y in zip(found.v[n], exact, strict=True))
        of_q = max(abs(Fraction(float(found.q[n, s, a])) - q[s][a]) for s in range(S) for a in range(A))
        assert max(off, of_q) <= Fraction(float(found.error[n]))
        assert found.error[n] <= 1e-14 * n * max(np.abs(found.v).max(), np.abs(mdp.reward).max()) + 1e-322 * n
