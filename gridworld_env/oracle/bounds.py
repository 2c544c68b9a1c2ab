"""What is proven of the error of best values: a bound on max |v - v*|, of v* the exact optimum of the tables.

Write h for the mean number of steps, each counted gamma times the one before, that a policy pi takes until the end:
h = 1 + gamma P_pi h, at most 1 / (1 - gamma). For c >= 0:

1  below: v - c h <= T_pi (v - c h) gives v - c h <= v_pi <= v*. It holds for c >= max (v - T_pi v), with pi greedy in v
2  above: u >= T u gives u >= v* (Bertsekas and Tsitsiklis 1991, for gamma 1; Puterman 1994, Theorem 6.2.2, else). Of
   u = v + c h that is, for each choice a: c (gamma P_a h - h) <= v - q_a. Where it fails, a is all but tied and takes
   longer than pi: pi switches to it, and h is computed anew
3  at gamma < 1, where that does not come to an end, h = 1 / (1 - k) does for every policy, k = gamma max_a sum P_a

Every inequality is checked by its numbers, each with the most that rounding can have done to it: h may be approximate.
Numbers are computed in long double, which has 11 bits more than float64 on x86, and elsewhere is no worse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.oracle.chain import follow
from gridworld_env.oracle.linear import solver

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridworld_env.common.arrays import FloatArray, IntArray
    from gridworld_env.oracle.problem import Problem

Wide = np.longdouble
UNIT = float(np.finfo(Wide).eps)
"""Twice the most that one operation rounds, relative to its result."""

MARGIN = 1 + 1e-12
"""What a bound is multiplied with, for the rounding of its own computation in float64."""

BLOCK = 1 << 17
"""Choices that are looked at together."""

LEAST_RATE = 0.5
"""How far h must fall a step along its own policy: 1 if it were exact."""

ROUNDS = 30
"""Switches of pi before giving up."""

NEAR = 0.1
"""To what residual h is computed where it is swept; its right-hand side is 1."""


def refined(problem: Problem, v: FloatArray, best: IntArray, rewards_off: float) -> tuple[FloatArray, float, float]:
    """Improve the values of a policy beyond float64, and bound the error of the best values by them.

    Args:
        problem: With N nodes, small enough for direct solutions.
        v: (N + 1,), about the values of the policy.
        best: (N,) its choices, greedy in v.
        rewards_off: How far mean rewards may be off, by rounding.

    Returns:
        The values improved, as float64 (N + 1,); the bound of their error; and that of v.
    """
    inverse = _inverse(problem, best)
    x = v.astype(Wide)
    for _ in range(2):
        q, _ = _look_ahead(problem, x, problem.choices.reward)
        x[:-1] += inverse((q[best] - x[:-1]).astype(np.float64))
    if not np.isfinite(x).all():
        x = v.astype(Wide)
    error, near = error_bound(problem, x, best, rewards_off, inverse), x.astype(np.float64)
    of_near, of_v = (error + float(np.abs(x - values).max()) for values in (near, v))
    return near, of_near, of_v


def error_bound(
    problem: Problem,
    v: Any,
    best: IntArray,
    rewards_off: float,
    inverse: Callable[[FloatArray], FloatArray] | None = None,
) -> float:
    """Return a bound of max |v - v*|; inf where none is found.

    Args:
        problem: With gamma below 1, or such that every policy that may go on for ever costs without limit.
        v: (N + 1,) values, float64 or long double.
        best: (N,) choices greedy in v.
        rewards_off: How far mean rewards may be off, by rounding.
        inverse: Solves x = right + gamma P_best x for x; None: at gamma < 1 step 3 is taken at once.
    """
    if problem.num_nodes == 0:
        return 0.0
    x = np.asarray(v, Wide)
    q, size = _look_ahead(problem, x, problem.choices.reward)
    off = _rounding(problem, size) + rewards_off
    behind = x[problem.owner] - q
    found = np.inf
    if inverse is not None or problem.gamma == 1:
        found = _by_horizon(problem, behind, off, best, inverse or _inverse(problem, best))
    if not np.isfinite(found) and problem.gamma < 1:
        found = _by_contraction(problem, behind, off, best)
    return found


def step_error(
    problem: Problem, rewards_off: float, policy: FloatArray | None = None
) -> Callable[[float, FloatArray, FloatArray], float]:
    """Return the function (e, v, q) -> a bound of the error of q = r + gamma P v, and of the values made of q.

    v is off by e at most. Then gamma P v is off by gamma k e, k the largest sum of a row of P without what ends, and q
    by the error of r and by what rounding does to its K + 1 terms too: no more than K + 3 times half a unit of the
    largest sum of their sizes, |r| + gamma k |v|, but for what underflows. A maximum of q is off no more than q; the
    mean by a policy's row pi, the sum of which is w, by w times as much, and what rounding does to its A terms. Each is
    taken twice as large as that, which outweighs the products of errors and the rounding of this very computation.

    Args:
        problem: Without epsilon.
        rewards_off: How far mean rewards may be off, by rounding.
        policy: (S, A), where values are means by it.
    """
    unit, least = float(np.finfo(np.float64).eps), float(np.finfo(np.float64).smallest_subnormal)
    _, successor, probability, _ = problem.choices
    K = successor.shape[1]
    goes_on = np.where(successor < problem.num_nodes, probability, 0).sum(axis=1)
    k = float(goes_on.max(initial=0.0)) * (1 + K * unit)
    weight = 1.0 if policy is None else float(policy.sum(axis=1).max()) * (1 + policy.shape[1] * unit)

    def bound(e: float, v: FloatArray, q: FloatArray) -> float:
        size: float = problem.reward_scale + problem.gamma * k * float(np.abs(v).max(initial=0.0))
        of_q: float = problem.gamma * k * e + rewards_off + (K + 3) * unit * size + 2 * K * least
        if policy is None:
            return of_q * (1 + 8 * unit)
        terms = policy.shape[1]
        of_v: float = weight * (of_q + (terms + 1) * unit * float(np.abs(q).max(initial=0.0))) + 2 * terms * least
        return max(of_q, of_v) * (1 + 8 * unit)

    return bound


def _by_contraction(problem: Problem, behind: Any, off: Any, best: IntArray) -> float:
    """Return the bound of step 3."""
    total, size = _look_ahead(problem, np.append(np.ones(problem.num_nodes, Wide), Wide(0)), None)
    k = float((total + _rounding(problem, size)).max())
    residual = max(float((off - behind).max()), float((behind + off)[best].max()), 0.0)
    return residual / (1 - k) * MARGIN if k < 1 else np.inf


def _by_horizon(
    problem: Problem, behind: Any, off: Any, best: IntArray, inverse: Callable[[FloatArray], FloatArray]
) -> float:
    """Return the bound of steps 1 and 2."""
    pi, below = best.copy(), np.inf
    for _ in range(ROUNDS):
        h = _solved(inverse, problem.num_nodes)
        if h is None:
            return np.inf
        ahead, size = _look_ahead(problem, h, None)
        drift = ahead - h[problem.owner] + _rounding(problem, size + h[problem.owner])
        rate = -float(drift[pi].max())
        if not rate >= LEAST_RATE:
            return np.inf
        longest = float(h.max())
        if below == np.inf:  # 1
            below = max(float((behind + off)[pi].max()), 0.0) / rate * longest
        room, falls = behind - off, drift <= -LEAST_RATE  # 2
        c = float(np.maximum(-room[falls] / -drift[falls], 0).max(initial=0.0)) * MARGIN
        wrong = c * drift > room
        if not wrong.any():
            return max(below, c * longest) * MARGIN
        pi = _switched(problem, pi, np.where(wrong, drift, -np.inf))
        inverse = _inverse(problem, pi)
    return np.inf


def _switched(problem: Problem, pi: IntArray, wish: Any) -> IntArray:
    """Return choices, of each node that of the greatest wish (C,), or its own where all are -inf."""
    first = problem.choices.first
    order = np.lexsort((wish.astype(np.float64), problem.owner))
    top = order[first[1:] - 1]
    return np.where(np.isfinite(wish[top]), top, pi)


def _inverse(problem: Problem, choices: IntArray) -> Callable[[FloatArray], FloatArray]:
    """Return what solves x = right + gamma P x for the policy that prefers some choices (N,)."""
    return solver(follow(problem, problem.weights(choices)).matrix * problem.gamma, tolerance=NEAR)


def _solved(inverse: Callable[[FloatArray], FloatArray], size: int) -> Any:
    """Return h (N + 1,) long double, with the end's 0; None where the policy does not end."""
    try:
        h = inverse(np.ones(size))
    except RuntimeError:  # singular, or not swept within the rounds that there are
        return None
    return np.append(h, 0.0).astype(Wide) if np.isfinite(h).all() and (h > 0).all() else None


def _look_ahead(problem: Problem, x: Any, reward: FloatArray | None) -> tuple[Any, Any]:
    """Return reward + gamma P x of every choice (C,), mixed as epsilon says, and the sum of the sizes of its terms."""
    first, successor, probability, _ = problem.choices
    q, size = np.empty((2, len(successor)), Wide)
    for low in range(0, len(successor), BLOCK):
        block = slice(low, low + BLOCK)
        terms = probability[block] * x[successor[block]]
        q[block] = problem.gamma * terms.sum(axis=1)
        size[block] = problem.gamma * np.abs(terms).sum(axis=1)
    if reward is not None:
        q += reward
        size += np.abs(reward)
    if problem.epsilon > 0:
        count = np.diff(first)
        for array in (q, size):
            mean = np.repeat(np.add.reduceat(array, first[:-1]) / count, count)
            array[:] = (1 - problem.epsilon) * array + problem.epsilon * mean
    return q, size


def _rounding(problem: Problem, size: Any) -> Any:
    """Return the most that rounding can have done to sums of terms whose sizes sum to `size`."""
    mixed = int(np.diff(problem.choices.first).max()) if problem.epsilon > 0 else 0
    return size * UNIT * (problem.choices.successor.shape[1] + mixed + 8)
