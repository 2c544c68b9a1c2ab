"""The compiled loops of the fine grid. Those with `low` and `high` work on nodes [low, high) and release the lock.

A value between nodes is interpolated from the nodes of its own cell only, so nothing leaks through a wall or around a
corner. The nodes of a cell lie on its borders too, where cells that touch have nodes each.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from gridworld_env.common.compiling import cached_njit


class Mesh(NamedTuple):
    """Nodes over the cells of a map, and over the velocities where these belong to the state.

    Node ``((cell * (R + 1) + i) * (R + 1) + j) * V * V + k * V + l`` is i / R rows and j / R columns into its cell and
    has the k-th velocity downwards and the l-th to the right, of V from -speed to speed.
    """

    cell: Any  # (H, W) int64: the number of each cell that has nodes, -1 for the others
    parts: int  # R, intervals a side of a cell
    velocities: int  # V, odd; 1: velocity is no part of the state
    speed: float


TIE = 1e-9
"""Actions whose values differ by less count as tied; the weakest of them, which comes first, is taken."""


@njit(inline="always")  # type: ignore[untyped-decorator]
def _between(at: float, parts: int) -> tuple[int, float]:
    """Return the interval of `parts` in which a share of [0, 1] lies, and where in it."""
    i = min(int(at * parts), parts - 1)
    return i, at * parts - i


@njit(inline="always")  # type: ignore[untyped-decorator]
def _flat(v: Any, node: int, down: int, right: int, i: float, j: float) -> Any:
    """Return the value between four nodes that are `down` and `right` apart."""
    upper = (1.0 - j) * v[node] + j * v[node + right]
    lower = (1.0 - j) * v[node + down] + j * v[node + down + right]
    return (1.0 - i) * upper + i * lower


@cached_njit
def interpolate(mesh: Mesh, v: Any, x: float, y: float, vx: float, vy: float) -> Any:
    """Return the value of a state; 0 in a cell without nodes."""
    row, column = int(y), int(x)
    cell = mesh.cell[row, column]
    if cell < 0:
        return 0.0
    R, V = mesh.parts, mesh.velocities
    i, down = _between(y - row, R)
    j, right = _between(x - column, R)
    node = ((cell * (R + 1) + i) * (R + 1) + j) * V * V
    step = V * V
    if V == 1:
        return _flat(v, node, R + 1, 1, down, right)
    k, faster_down = _between(0.5 * (vy / mesh.speed + 1.0), V - 1)
    l, faster_right = _between(0.5 * (vx / mesh.speed + 1.0), V - 1)  # noqa: E741
    node += k * V + l
    upper = (1.0 - right) * _flat(v, node, V, 1, faster_down, faster_right) + right * _flat(
        v, node + step, V, 1, faster_down, faster_right
    )
    node += (R + 1) * step
    lower = (1.0 - right) * _flat(v, node, V, 1, faster_down, faster_right) + right * _flat(
        v, node + step, V, 1, faster_down, faster_right
    )
    return (1.0 - down) * upper + down * lower


@cached_njit
def sample(low: int, high: int, mesh: Mesh, v: Any, states: Any, values: Any) -> None:
    """Write the values of states (N, 4)."""
    for n in range(low, high):
        values[n] = interpolate(mesh, v, states[n, 0], states[n, 1], states[n, 2], states[n, 3])


@cached_njit
def choose(
    first: int, mesh: Mesh, gamma: float, v: Any, weights: Any, s_next: Any, r: Any, ends: Any, best: Any, value: Any
) -> None:
    """Find the best action of each state of a chunk.

    Args:
        first: The number of the chunk's first state.
        mesh: The nodes.
        gamma: Discount.
        v: Values of the nodes.
        weights: (K,) of the noises; they sum to 1.
        s_next: (n, M, K, 4) where each action leads under each noise.
        r: (n, M, K).
        ends: (n, M, K) bool.
        best: (N,) int64, written: the first best action.
        value: (N,) written: its value.
    """
    n, M, K = r.shape
    for i in range(n):
        highest, chosen = -np.inf, 0
        for m in range(M):
            q = 0.0
            for k in range(K):
                one = r[i, m, k]
                if not ends[i, m, k]:
                    x, y = s_next[i, m, k, 0], s_next[i, m, k, 1]
                    one += gamma * interpolate(mesh, v, x, y, s_next[i, m, k, 2], s_next[i, m, k, 3])
                q += weights[k] * one
            if q > highest + TIE:
                highest, chosen = q, m
        best[first + i], value[first + i] = chosen, highest


@cached_njit
def keep(first: int, best: Any, s_next: Any, r: Any, ends: Any, weights: Any, kept: Any, paid: Any, over: Any) -> None:
    """Keep what the best actions of a chunk lead to: kept (N, K, 4), the mean reward paid (N,), over (N, K)."""
    for i in range(r.shape[0]):
        m, mean = best[first + i], 0.0
        for k in range(r.shape[2]):
            mean += weights[k] * r[i, m, k]
            over[first + i, k] = ends[i, m, k]
            for d in range(4):
                kept[first + i, k, d] = s_next[i, m, k, d]
        paid[first + i] = mean


@cached_njit
def sweep(mesh: Mesh, gamma: float, v: Any, weights: Any, kept: Any, paid: Any, over: Any) -> float:
    """Evaluate the kept actions once in place, forth and back (Gauss-Seidel), and return the greatest change."""
    N, K = over.shape
    change = 0.0
    for turn in range(2 * N):
        n = turn if turn < N else 2 * N - 1 - turn
        new = paid[n]
        for k in range(K):
            if not over[n, k]:
                x, y = kept[n, k, 0], kept[n, k, 1]
                new += gamma * weights[k] * interpolate(mesh, v, x, y, kept[n, k, 2], kept[n, k, 3])
        change = max(change, abs(new - v[n]))
        v[n] = new
    return change
