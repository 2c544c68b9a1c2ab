"""The compiled loops of the oracle. Each works on a block of nodes [low, high) and releases the interpreter lock.

`choices` is a :class:`~gridworld_env.oracle.problem.Choices`: what can be done in each node, and what comes of it.
Arrays `v` have N + 1 places, of which the last, the end, is 0.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numba import njit

from gridworld_env.common.compiling import cached_njit, with_names

TIE = 1e-11
"""Action values that differ by less than this, relative to the terms they are sums of, count as tied."""

ROUNDING = 1e-12
"""Differences below this, relative to the terms a value is the sum of, are taken for rounding."""

ONE = np.uint64(1)


@cached_njit
def encode(low: int, high: int, next_state: Any, probability: Any, terminated: Any, successor: Any) -> None:
    """Write the next state to successor[s * A + a, k], or S where nothing follows; the inputs are (S, A, K)."""
    S, A, K = next_state.shape
    for s in range(low, high):
        for a in range(A):
            for k in range(K):
                ends = terminated[s, a, k] or probability[s, a, k] == 0
                successor[s * A + a, k] = S if ends else next_state[s, a, k]


@functools.cache
def mean_of(K: int) -> Any:
    """Return the function (choices, c, v) -> the mean of v over the K outcomes of choice c.

    A number of outcomes that the compiler knows lets it write the sum out, which takes half the time.
    """
    outcomes = np.uint64(K)

    @njit(fastmath={"reassoc", "contract"})  # type: ignore[untyped-decorator]
    def mean(choices: Any, c: int, v: Any) -> float:
        value = 0.0
        for k in range(outcomes):
            value += choices.probability[c, k] * v[np.uint64(choices.successor[c, k])]
        return value

    return mean


@functools.cache
def backup_of(K: int) -> Any:
    """Return the kernel that applies the Bellman operator, for choices of K outcomes."""
    return cached_njit(with_names(_backup, mean=mean_of(K)))


mean: Any = None  # filled in by `backup_of`


def _backup(low: int, high: int, choices: Any, gamma: float, epsilon: float, v: Any, change: Any, best: Any) -> float:
    """Write T v - v to `change` and each node's greedy choice to `best`; return max |T v - v| over finite v."""
    first, reward = choices.first, choices.reward
    residual = 0.0
    for i in range(np.uint64(low), np.uint64(high)):  # unsigned, so that no index is asked whether it is negative
        begin, end = np.uint64(first[i]), np.uint64(first[i + ONE])
        top, total = -np.inf, 0.0
        choice: Any = begin
        for c in range(begin, end):
            q = reward[c] + gamma * mean(choices, c, v)
            total += q
            if q > top:
                top, choice = q, c
        if epsilon > 0:
            top = (1 - epsilon) * top + epsilon * total / (end - begin)
        best[i] = choice
        change[i] = top - v[i]
        if np.isfinite(v[i]):
            size = abs(change[i])
            residual = size if not size <= residual else residual
    return residual


@functools.cache
def improve_of(K: int) -> Any:
    """Return the kernel of value iteration in place, for choices of K outcomes."""
    outcomes, one = np.uint64(K), np.uint64(1)

    @cached_njit(fastmath={"reassoc", "contract"})
    def improve(low: int, high: int, rising: bool, choices: Any, gamma: float, epsilon: float, v: Any) -> None:
        """Replace v by T v, node after node, in rising order or back.

        v has two copies of N + 1 values: the present ones and, for what lies in other blocks, those before the sweep.
        """
        first, successor, probability, reward = choices
        begin, end, before = np.uint64(low), np.uint64(high), np.uint64(len(first))
        for at in range(end - begin):  # unsigned, so that no index is asked whether it is negative
            i = begin + at if rising else end - one - at
            top, total = -np.inf, 0.0
            for c in range(np.uint64(first[i]), np.uint64(first[i + one])):
                following = 0.0
                for k in range(outcomes):
                    j = np.uint64(successor[c, k])
                    following += probability[c, k] * v[j if begin <= j < end else before + j]
                q = reward[c] + gamma * following
                total += q
                top = max(top, q)
            if epsilon > 0:
                top = (1 - epsilon) * top + epsilon * total / (first[i + one] - first[i])
            v[i] = top

    return improve


@cached_njit
def switch(low: int, high: int, choices: Any, gamma: float, v: Any, best: Any) -> int:
    """Replace a node's choice in `best` where another is better by more than rounding; return how many changed."""
    first, successor, probability, reward = choices
    K = successor.shape[1]
    switched = 0
    for i in range(low, high):
        top, top_size, now, now_size, choice = -np.inf, 0.0, 0.0, 0.0, best[i]
        for c in range(first[i], first[i + 1]):
            following, size = 0.0, 0.0
            for k in range(K):
                term = probability[c, k] * v[successor[c, k]]
                following += term
                size += abs(term)
            q, size = reward[c] + gamma * following, abs(reward[c]) + gamma * size
            if c == best[i]:
                now, now_size = q, size
            if q > top:
                top, top_size, choice = q, size, c
        if top > now + ROUNDING * max(top_size, now_size):
            best[i] = choice
            switched += 1
    return switched


@cached_njit
def greedy(low: int, high: int, choices: Any, gamma: float, epsilon: float, v: Any, q: Any, policy: Any) -> None:
    """Write action values under v to q (S, A), and the uniform mixture of tied best actions to policy (S, A).

    Two values are tied if they differ by less than TIE, relative to the terms they are sums of. The rule is local, so
    that values far from any reward, however tiny, are told apart.
    """
    _, successor, probability, reward = choices
    A, K = q.shape[1], successor.shape[1]
    size = np.empty(A)
    for s in range(low, high):
        best = 0
        for a in range(A):
            c = s * A + a
            following, size[a] = 0.0, 0.0
            for k in range(K):
                term = probability[c, k] * v[successor[c, k]]
                following += term
                size[a] += abs(term)
            q[s, a] = reward[c] + gamma * following
            size[a] = abs(reward[c]) + gamma * size[a]
            if q[s, a] > q[s, best] or np.isnan(q[s, best]):
                best = a
        top, tied = q[s, best], 0
        for a in range(A):
            slack = TIE * max(size[a], size[best])
            same = q[s, a] == top or (np.isfinite(q[s, a]) and q[s, a] >= top - slack)
            policy[s, a] = 1.0 if same else 0.0
            tied += same
        for a in range(A):
            share = policy[s, a] / tied if tied > 0 else 1 / A
            policy[s, a] = (1 - epsilon) * share + epsilon / A
