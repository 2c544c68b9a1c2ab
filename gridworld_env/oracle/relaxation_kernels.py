"""The compiled loops that solve e = constant + M e by sweeping: Gauss-Seidel within a block, Anderson's mixing around.

`e` holds two copies of N + 1 numbers: the present ones and, from place N + 1, those before the sweep. An entry of M
whose column lies in the same block as its row points into the first copy, any other into the second, so that blocks
can run at the same time and the result does not depend on which runs first. The last place of a copy, the end, is 0.

The numbers have single precision: half the memory to read, and enough for a correction.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from gridworld_env.common.compiling import cached_njit


@cached_njit
def fold_greedy(
    low: int,
    high: int,
    choices: Any,
    gamma: float,
    epsilon: float,
    best: Any,
    right: Any,
    factor: float,
    indptr: Any,
    indices: Any,
    data: Any,
    constant: Any,
) -> None:
    """Write e = factor right + gamma P e, P the greedy (epsilon-soft) policy's, solved for each node's own e."""
    first, successor, probability, _ = choices
    one, zero, K, after = np.uint64(1), np.uint64(0), np.uint64(successor.shape[1]), np.uint64(len(first))
    lowest, highest = np.uint64(low), np.uint64(high)
    for i in range(lowest, highest):
        greedy = np.uint64(best[i])
        begin, end = (np.uint64(first[i]), np.uint64(first[i + one])) if epsilon > 0 else (greedy, greedy + one)
        share = epsilon / (first[i + one] - first[i])
        at, own = np.uint64(indptr[i]), 0.0
        for c in range(begin, end):
            weight = gamma * (share + (1 - epsilon if c == greedy else 0.0))
            for k in range(zero, K):
                j = np.uint64(successor[c, k])
                entry = weight * probability[c, k]
                if j == i:
                    own += entry
                    entry = 0.0
                indices[at] = j if lowest <= j < highest else after + j
                data[at] = entry
                at += one
        scale = 1 / (1 - own) if own < 1 else 1.0
        constant[i] = factor * right[i] * scale
        for used in range(np.uint64(indptr[i]), at):
            data[used] *= scale


@cached_njit
def fold_matrix(
    low: int,
    high: int,
    columns: Any,
    entries: Any,
    right: Any,
    factor: float,
    indptr: Any,
    indices: Any,
    data: Any,
    constant: Any,
) -> None:
    """Write e = factor right + M e, M a CSR matrix, solved for each node's own e."""
    N = len(indptr) - 1
    for i in range(low, high):
        own = 0.0
        for at in range(indptr[i], indptr[i + 1]):
            if columns[at] == i:
                own += entries[at]
        scale = 1 / (1 - own) if own < 1 else 1.0
        constant[i] = factor * right[i] * scale
        for at in range(indptr[i], indptr[i + 1]):
            j = columns[at]
            indices[at] = j if low <= j < high else N + 1 + j
            data[at] = entries[at] * scale if j != i else 0.0


@functools.cache
def sweep_of(width: int) -> Any:
    """Return the kernel that sweeps a block, in rising order or back, whose rows all have `width` entries.

    A width that the compiler knows lets it write out the sum of a row, which takes half the time.
    """
    entries, one = np.uint64(width), np.uint64(1)

    @cached_njit(fastmath={"reassoc", "contract"})
    def sweep(low: int, high: int, rising: bool, _: Any, indices: Any, data: Any, constant: Any, e: Any) -> None:
        first, last = np.uint64(low), np.uint64(high) - one
        for at in range(np.uint64(high - low)):  # unsigned, so that no index is asked whether it is negative
            i = first + at if rising else last - at
            row = i * entries
            value = constant[i]
            for k in range(entries):
                value += data[row + k] * e[np.uint64(indices[row + k])]
            e[i] = value

    return sweep


@cached_njit
def sweep_any(low: int, high: int, rising: bool, indptr: Any, indices: Any, data: Any, constant: Any, e: Any) -> None:
    """Sweep a block, in rising order or back, whatever the rows' widths."""
    begin, step = (low, 1) if rising else (high - 1, -1)
    for at in range(high - low):
        i = begin + step * at
        value = constant[i]
        for k in range(indptr[i], indptr[i + 1]):
            value += data[k] * e[indices[k]]
        e[i] = value


@cached_njit
def compare(low: int, high: int, e: Any, start: Any, last_change: Any) -> tuple[float, float, float]:
    """Store this cycle's change; return max |change| and the sums of d * change and d * d, d how it differs."""
    largest, along, square = 0.0, 0.0, 0.0
    for i in range(np.uint64(low), np.uint64(high)):
        change = np.float64(e[i]) - np.float64(start[i])
        difference = change - np.float64(last_change[i])
        largest = max(largest, abs(change))
        along += difference * change
        square += difference * difference
        last_change[i] = change
    return largest, along, square


@cached_njit
def extrapolate(low: int, high: int, e: Any, start: Any, last_e: Any, weight: float) -> None:
    """Take `weight` times the step since the last cycle off e; keep where the next cycle starts."""
    w = np.float32(weight)
    for i in range(np.uint64(low), np.uint64(high)):
        reached = e[i]
        e[i] = reached - w * (reached - last_e[i])
        last_e[i] = reached
        start[i] = e[i]


@cached_njit
def add(low: int, high: int, x: Any, scale: float, e: Any) -> None:
    """Add scale * e to x."""
    for i in range(np.uint64(low), np.uint64(high)):
        x[i] += scale * np.float64(e[i])
