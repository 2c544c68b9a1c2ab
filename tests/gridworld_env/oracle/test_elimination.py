"""Total rewards of policies that all but never end, against rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

from gridworld_env import TabularMDP, oracle
from gridworld_env.oracle import elimination


def back_to_the_start(n, p, r=-1.0):
    """Return a model of n states in a row: with chance p a step forward, else back to the first state."""
    transitions = {s: {0: [(p, s + 1 if s + 1 < n else s, r, s + 1 == n), (1 - p, 0, r, False)]} for s in range(n)}
    return TabularMDP.from_transitions(transitions, np.eye(n)[0])


def steps_from_the_start(n, p):
    """Return the mean number of steps until n successes in a row: (p^-n - 1) / (1 - p), exactly."""
    p = Fraction(p)
    return (p**-n - 1) / (1 - p)


@pytest.mark.parametrize(("n", "p"), [(3, 0.5), (20, 0.5), (30, 0.5), (100, 0.5), (20, 0.1), (100, 0.1), (8, 1e-8)])
def test_a_policy_that_practically_never_ends_has_its_value(n, p):
    v = oracle.evaluate(back_to_the_start(n, p), np.ones((n, 1)), gamma=1)
    exact = -steps_from_the_start(n, p)
    assert abs(Fraction(float(v[0])) / exact - 1) < 1e-13
    assert (v < 0).all()


def test_a_total_too_large_for_a_number_is_an_error():
    with pytest.raises(RuntimeError, match="so many steps"):
        oracle.evaluate(back_to_the_start(300, 0.01), np.ones((300, 1)), gamma=1)


def test_more_states_than_can_be_eliminated_are_an_error(monkeypatch):
    from gridworld_env.oracle import evaluation

    monkeypatch.setattr(evaluation, "LARGEST", 99)
    with pytest.raises(RuntimeError, match=r"more than 1e\+06 steps to end.*100 of them.*takes 99.*use gamma < 1"):
        oracle.evaluate(back_to_the_start(100, 0.1), np.ones((100, 1)), gamma=1)


def exact_totals(matrix, ends, reward):
    """Solve x = reward + matrix x in fractions; the chances of staying follow from the others."""
    N = len(ends)
    P = [[Fraction(float(p)) for p in row] for row in matrix]
    for i in range(N):
        P[i][i] = 1 - Fraction(float(ends[i])) - sum(P[i][j] for j in range(N) if j != i)
    rows = [[Fraction(int(i == j)) - P[i][j] for j in range(N)] + [Fraction(float(reward[i]))] for i in range(N)]
    for k in range(N):
        pivot = rows[k][k]
        rows[k] = [x / pivot for x in rows[k]]
        for i in range(N):
            if i != k and rows[i][k]:
                f = rows[i][k]
                rows[i] = [x - f * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[-1] for row in rows]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("least", [1e-3, 1e-9, 1e-18, 1e-60])
def test_totals_are_right_to_rounding_whatever_the_chance_of_ending(seed, least):
    from scipy import sparse

    rng = np.random.default_rng(seed)
    N = 7
    matrix = rng.random((N, N)) * (rng.random((N, N)) < 0.5) + np.roll(np.eye(N), 1, axis=1) * 0.1
    np.fill_diagonal(matrix, 0)
    ends = least * (rng.random(N) + 0.1)
    matrix *= (1 - ends[:, None]) * rng.uniform(0.3, 1, (N, 1)) / matrix.sum(axis=1, keepdims=True)
    reward = rng.normal(size=N)
    found = elimination.total_rewards(sparse.csr_array(matrix), ends, reward)
    sizes = elimination.total_rewards(sparse.csr_array(matrix), ends, np.abs(reward))
    exact = exact_totals(matrix, ends, reward)
    for x, size, y in zip(found, sizes, exact, strict=True):
        assert abs(Fraction(float(x)) - y) <= Fraction(float(size)) * Fraction(1, 10**14)


def test_both_roads_agree_where_both_can_be_taken(monkeypatch):
    from gridworld_env.oracle import evaluation

    mdp = back_to_the_start(12, 0.5)
    policy = np.ones((12, 1))
    usual = oracle.evaluate(mdp, policy, gamma=1)
    monkeypatch.setattr(evaluation, "LONG", 1.0)
    assert oracle.evaluate(mdp, policy, gamma=1) == pytest.approx(usual, rel=1e-11)
