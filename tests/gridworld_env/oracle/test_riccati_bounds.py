"""The proven errors of linear systems, against fractions and, for the optimum, against 60 digits."""

import decimal
from fractions import Fraction

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gridworld_env  # noqa: F401 - registers the ids
from gridworld_env import oracle
from gridworld_env.oracle.riccati_bounds import GainBounds

rational = np.vectorize(lambda x: Fraction(float(x)), otypes=[object])


def system(seed, n=2, m=1, noise=0.1, scale=1.0, flat=False):
    """Build a random system, and the gain that is best for it, a little off."""
    rng = np.random.default_rng(seed)
    root = np.zeros((n, n)) if flat else rng.normal(size=(n, n))
    root[0, 0] += 1
    Q, R = scale * root.T @ root, scale * np.diag(rng.uniform(0.1, 2, m))
    return gym.make("LinearQuadratic-v0", A=rng.normal(size=(n, n)), B=rng.normal(size=(n, m)), Q=Q, R=R, noise=noise)


def distance(P, exact):
    """Return the Frobenius distance, which is no less than the spectral one, as a float."""
    return float(sum(float(x) ** 2 for x in (rational(P) - exact).ravel())) ** 0.5


def solved(matrix, right):
    """Solve linear equations in fractions."""
    rows = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    n = len(rows)
    for i in range(n):
        pivot = next(k for k in range(i, n) if rows[k][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for k in range(n):
            if k != i and rows[k][i]:
                rows[k] = [x - rows[k][i] * y for x, y in zip(rows[k], rows[i], strict=True)]
    return [row[-1] for row in rows]


def lyapunov(closed, right, gamma):
    """Solve P = right + gamma closed' P closed, of fractions or decimals: linear equations of all entries of P."""
    n = len(closed)
    equations = [[type(gamma)(int(i == j)) for j in range(n * n)] for i in range(n * n)]
    for i, j, k, m in np.ndindex(n, n, n, n):
        equations[i * n + j][k * n + m] -= gamma * closed[k, i] * closed[m, j]
    return np.array(solved(equations, list(right.ravel())), object).reshape(n, n)


def exact_value(world, K, gamma):
    """Return P and c of a gain in fractions."""
    A, B, Q, R, W, K = (rational(x) for x in (world.A, world.B, world.Q, world.R, world.covariance, K))
    g = Fraction(gamma)
    P = lyapunov(A - B @ K, Q + K.T @ R @ K, g)
    return P, (g / (1 - g) * (P * W).sum() if g < 1 else Fraction(0))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    gamma=st.sampled_from([0.0, 0.5, 0.9, 0.999]),
    scale=st.sampled_from([1.0, 1e-12, 1e9]),
    n=st.integers(1, 3),
)
def test_no_value_of_a_gain_is_further_off_than_the_error(seed, gamma, scale, n):
    env = system(seed, n=n, scale=scale)
    world = env.unwrapped.world
    K = oracle.linear_quadratic(env, gamma).gain * 1.001 if gamma else np.zeros((1, n))
    try:
        found = oracle.evaluate_gain(env, K, gamma)
    except ValueError:
        return  # a gain that does not hold
    P, c = exact_value(world, K, gamma)
    assert distance(found.P, P) <= found.P_error
    assert abs(Fraction(found.c) - c) <= found.c_error
    x = np.random.default_rng(seed).uniform(world.low, world.high)
    exact = -(rational(x) @ P @ rational(x) + c)
    assert abs(Fraction(found.value(x)) - exact) <= found.error
    mean, width = (rational(world.low) + rational(world.high)) / 2, rational(world.high) - rational(world.low)
    start = -(mean @ P @ mean + (np.diag(P) * width**2).sum() / 12 + c)
    assert abs(Fraction(found.start_value) - start) <= found.error
    assert found.P_error <= 1e-6 * np.linalg.norm(found.P) or gamma == 0.999


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), horizon=st.sampled_from([0, 1, 7, 20]), gamma=st.sampled_from([0.9, 1.0]))
def test_no_value_of_so_many_steps_is_further_off(seed, horizon, gamma):
    env = system(seed)
    world, K = env.unwrapped.world, np.random.default_rng(seed).normal(size=(1, 2))
    found = oracle.evaluate_gain(env, K, gamma, horizon=horizon)
    A, B, Q, R, W, k = (rational(x) for x in (world.A, world.B, world.Q, world.R, world.covariance, K))
    P, c, g, closed = rational(np.zeros((2, 2))), Fraction(0), Fraction(gamma), A - B @ k
    for _ in range(horizon):
        P, c = Q + k.T @ R @ k + g * closed.T @ P @ closed, g * ((P * W).sum() + c)
    assert distance(found.P, P) <= found.P_error
    assert abs(Fraction(found.c) - c) <= found.c_error
    loop, X = world.A - world.B @ K, np.zeros((2, 2))
    for _ in range(horizon):
        X = np.eye(2) + gamma * loop.T @ X @ loop
    terms = 1 + np.linalg.norm(np.abs(world.A) + np.abs(world.B) @ np.abs(K)) ** 2
    spread = terms * np.linalg.norm(X)
    if spread < 1e12:  # a loop that grows more than that in so few steps may have no bound
        assert found.P_error <= 1e-13 * (np.linalg.norm(found.P) + np.linalg.norm(world.Q)) * spread


def digits(x):
    """Return a matrix of decimals."""
    return np.vectorize(lambda one: decimal.Decimal(float(one)), otypes=[object])(x)


def best_of(world, gamma, K):
    """Return P* to 50 digits: policy iteration from a gain that holds (Kleinman 1968), for one number of action."""
    A, B, Q, R, K = (digits(x) for x in (world.A, world.B, world.Q, world.R, K))
    g = decimal.Decimal(gamma)
    before = None
    for _ in range(20):
        P = lyapunov(A - B @ K, Q + K.T @ R @ K, g)
        if before is not None and np.abs(P - before).max() <= decimal.Decimal(10) ** -50 * np.abs(P).max():
            return P
        K, before = g * (B.T @ P @ A) / (R[0, 0] + g * (B.T @ P @ B)[0, 0]), P
    raise AssertionError("policy iteration has not converged")


@pytest.mark.parametrize("gamma", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_no_optimum_is_further_off_than_the_error(seed, flat, gamma):
    """With a Q of rank one too, under which a part of the state costs nothing by itself."""
    env = system(seed, flat=flat, scale=10.0 ** (seed - 3))
    best = oracle.linear_quadratic(env, gamma)
    with decimal.localcontext(prec=70):
        P = best_of(env.unwrapped.world, gamma, best.gain)
        off = float(sum(x**2 for x in (digits(best.P) - P).ravel()).sqrt())
    assert off <= best.P_error <= 1e-8 * np.linalg.norm(best.P)


def test_the_environments_own_optimum_is_exact_to_rounding():
    best = oracle.linear_quadratic(gym.make("LinearQuadratic-v0"), 0.99)
    assert best.error < 1e-9 * abs(best.start_value)


@pytest.mark.parametrize("wrong", [1e-6, 1e-3])
def test_a_wrong_solution_is_told(wrong):
    """The bound is of whatever P it is given: it is no less than what was added, and not far above it."""
    env = system(3)
    best = oracle.linear_quadratic(env, 0.9)
    bounds = GainBounds(env.unwrapped.world, 0.9, best.gain)
    off = wrong * np.eye(2)
    for bound in (bounds.of_value(best.P + off), bounds.of_optimum(best.P + off)):
        assert bound >= np.linalg.norm(off, 2) * 0.999
        assert bound <= 1e3 * wrong or bound == np.inf
    assert np.isfinite(bounds.of_value(best.P + off))


def test_where_nothing_can_be_proven_the_bound_is_inf():
    env = system(3)
    unstable = np.array([[50.0, -50.0]])
    assert GainBounds(env.unwrapped.world, 0.9, unstable).of_value(np.eye(2)) == np.inf
