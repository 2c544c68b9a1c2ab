"""The dynamics of a linear system with quadratic cost, compiled. The one place where they are written down.

1  the step pays -(x' Q x + u' R u)
2  x <- A x + B u + L z, where z is standard normal and L L' is the noise's covariance
3  the cost and every number of x are cut off at `widest`, so that a system that grows stays finite
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from gridworld_env.common.compiling import cached_njit


class Matrices(NamedTuple):
    """A system as the compiled functions read it: float64 arrays."""

    A: Any  # (n, n)
    B: Any  # (n, m)
    Q: Any  # (n, n)
    R: Any  # (m, m)
    L: Any  # (n, n) a factor of the noise's covariance
    low: Any  # (n,) least start
    high: Any  # (n,) greatest
    widest: float  # no number above is larger, and no state or cost is let grow beyond


@cached_njit
def start(matrices: Matrices, draws: Any, i: int, states: Any) -> None:
    """Write a start to states[i], (n,): uniform between low and high; draws: (N, n) in [0, 1)."""
    for d in range(states.shape[1]):
        states[i, d] = matrices.low[d] + (matrices.high[d] - matrices.low[d]) * draws[i, d]


@cached_njit(forceinline=True)
def disturb(L: Any, draws: Any, i: int, arrived: Any) -> None:
    """Add noise to arrived[i], (n,), from draws in [0, 1), made normal as by Box and Muller 1958."""
    for e in range(len(L)):
        pair = e - e % 2
        radius = math.sqrt(-2.0 * math.log(1.0 - draws[i, pair]))
        angle = 2.0 * math.pi * draws[i, pair + 1]
        z = radius * (math.cos(angle) if e % 2 == 0 else math.sin(angle))
        for d in range(len(L)):
            arrived[i, d] += L[d, e] * z


@cached_njit(forceinline=True)
def advance(matrices: Matrices, states: Any, actions: Any, draws: Any, i: int, arrived: Any) -> tuple[float, bool]:
    """Make the step of copy i and write the state after it to arrived[i], (n,).

    Without noise draws is (N, 0); with noise (N, n), n rounded up to an even number, in [0, 1).

    Returns:
        The reward, and False: no state is the last.
    """
    n, m = states.shape[1], actions.shape[1]
    cost = 0.0
    for d in range(n):  # 1
        for e in range(n):
            cost += states[i, d] * matrices.Q[d, e] * states[i, e]
    for k in range(m):
        for e in range(m):
            cost += actions[i, k] * matrices.R[k, e] * actions[i, e]
    for d in range(n):  # 2
        reached = 0.0
        for e in range(n):
            reached += matrices.A[d, e] * states[i, e]
        for k in range(m):
            reached += matrices.B[d, k] * actions[i, k]
        arrived[i, d] = reached
    if draws.shape[1] > 0:
        disturb(matrices.L, draws, i, arrived)
    for d in range(n):  # 3
        arrived[i, d] = min(max(arrived[i, d], -matrices.widest), matrices.widest)
    return -min(max(cost, 0.0), matrices.widest), False
