"""The compiled loops of the oracle. Each works on a block of nodes [low, high) and releases the interpreter lock.

`choices` is a :class:`~gridworld_env.oracle.problem.Choices`: what can be done in each node, and what comes of it. Arrays
`v` have N + 1 places, of which the last, the end, is 0.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numba import njit

TIE = 1e-9
"""Actions whose values differ by less than this, relative to the best, count as tied."""

ROUNDING = 1e-12
"""Differences below this, relative to the terms a value is the sum of, are taken for rounding."""


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
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

    @njit(nogil=True, cache=True, fastmath={"reassoc", "contract"})  # type: ignore[untyped-decorator]
    def mean(choices: Any, c: int, v: Any) -> float:
        value = 0.0
        for k in range(K):
            value += choices.probability[c, k] * v[choices.successor[c, k]]
        return value

    return mean


@functools.cache
def backup_of(K: int) -> Any:
    """Return the kernel that applies the Bellman operator, for choices of K outcomes."""
    mean = mean_of(K)

    @njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
    def backup(
        low: int, high: int, choices: Any, gamma: float, epsilon: float, v: Any, change: Any, best: Any
    ) -> float:
        """Write T v - v to `change` and each node's greedy choice to `best`; return max |T v - v| over finite v."""
        first, reward = choices.first, choices.reward
        residual = 0.0
        for i in range(low, high):
            top, total, choice = -np.inf, 0.0, first[i]
            for c in range(first[i], first[i + 1]):
                q = reward[c] + gamma * mean(choices, c, v)
                total += q
                if q > top:
                    top, choice = q, c
            if epsilon > 0:
                top = (1 - epsilon) * top + epsilon * total / (first[i + 1] - first[i])
            best[i] = choice
            change[i] = top - v[i]
            if np.isfinite(v[i]):
                size = abs(change[i])
                residual = size if not size <= residual else residual
        return residual

    return backup


@functools.cache
def improve_of(K: int) -> Any:
    """Return the kernel of value iteration in place, for choices of K outcomes."""

    @njit(nogil=True, cache=True, fastmath={"reassoc", "contract"})  # type: ignore[untyped-decorator]
    def improve(low: int, high: int, rising: bool, choices: Any, gamma: float, epsilon: float, v: Any) -> None:
        """Replace v by T v, node after node, in rising order or back.

        v has two copies of N + 1 values: the present ones and, for what lies in other blocks, those before the sweep.
        """
        first, successor, probability, reward = choices
        begin, step = (low, 1) if rising else (high - 1, -1)
        before = len(first)
        for at in range(high - low):
            i = begin + step * at
            top, total = -np.inf, 0.0
            for c in range(first[i], first[i + 1]):
                following = 0.0
                for k in range(K):
                    j = successor[c, k]
                    following += probability[c, k] * v[j if low <= j < high else before + j]
                q = reward[c] + gamma * following
                total += q
                top = max(top, q)
            if epsilon > 0:
                top = (1 - epsilon) * top + epsilon * total / (first[i + 1] - first[i])
            v[i] = top

    return improve


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
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


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def greedy(low: int, high: int, choices: Any, gamma: float, epsilon: float, v: Any, q: Any, policy: Any) -> None:
    """Write action values under v to q (S, A), and the uniform mixture of tied best actions to policy (S, A).

    Two values are tied if they differ by less than TIE of the better one, or by less than the rounding of the terms
    they are sums of. Both rules are local, so that values far from any reward, however tiny, are told apart.
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
            slack = TIE * abs(top) + ROUNDING * max(size[a], size[best])
            same = q[s, a] == top or (np.isfinite(q[s, a]) and q[s, a] >= top - slack)
            policy[s, a] = 1.0 if same else 0.0
            tied += same
        for a in range(A):
            share = policy[s, a] / tied if tied > 0 else 1 / A
            policy[s, a] = (1 - epsilon) * share + epsilon / A


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def chain_sizes(low: int, high: int, choices: Any, weight: Any, size: Any) -> None:
    """Write how many entries each row of a policy's transition matrix has; weight[c] is the policy's probability."""
    first, successor, probability, _ = choices
    N, K = len(first) - 1, successor.shape[1]
    for i in range(low, high):
        used = 0
        for c in range(first[i], first[i + 1]):
            if weight[c] > 0:
                for k in range(K):
                    used += successor[c, k] < N and probability[c, k] > 0
        size[i] = used


@njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def chain(
    low: int, high: int, choices: Any, weight: Any, indptr: Any, indices: Any, data: Any, mean: Any, leaves: Any
) -> None:
    """Fill a policy's transition matrix (CSR), its mean rewards, and whether it may end straight from each node."""
    first, successor, probability, reward = choices
    N, K = len(first) - 1, successor.shape[1]
    for i in range(low, high):
        at = indptr[i]
        mean[i], leaves[i] = 0.0, False
        for c in range(first[i], first[i + 1]):
            if weight[c] > 0:
                mean[i] += weight[c] * reward[c]
                for k in range(K):
                    if probability[c, k] > 0:
                        if successor[c, k] < N:
                            indices[at] = successor[c, k]
                            data[at] = weight[c] * probability[c, k]
                            at += 1
                        else:
                            leaves[i] = True
