"""What the fine grid is made of: the nodes, the actions tried in each, and the points that stand for the noise."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, FloatArray

MOST_NODES = 20_000_000


def mesh_of(meshed: BoolArray, resolution: int, speed: float | None) -> Any:
    """Return the mesh over some cells of a map.

    Args:
        meshed: (H, W) bool, the cells that have nodes.
        resolution: R, intervals a side of a cell. Velocities get 2 R + 1 nodes an axis.
        speed: The greatest velocity in each axis; None where velocity is no part of the state.

    Raises:
        ValueError: If there would be more than MOST_NODES.
    """
    from gridworld_env.oracle.fine_grid_kernels import Mesh

    velocities = 1 if speed is None else 2 * resolution + 1
    count = int(meshed.sum()) * (resolution + 1) ** 2 * velocities**2
    if count > MOST_NODES:
        raise ValueError(
            f"resolution {resolution} would take {count:,} nodes on this map, the most is {MOST_NODES:,}: lower it"
            + ("" if speed is None else " (with control='acceleration' nodes grow with its fourth power)")
        )
    cell = np.full(meshed.shape, -1, np.int64)
    cell[meshed] = np.arange(meshed.sum())
    return Mesh(cell, resolution, velocities, 1.0 if speed is None else speed)


def states_of(mesh: Any) -> FloatArray:
    """Return the states of a mesh's nodes: (N, 4) x, y, vx, vy.

    The last node of a cell in each axis lies one rounding step before the next cell, so that it belongs to its own.
    """
    R, V = mesh.parts, mesh.velocities
    rows, columns = np.nonzero(mesh.cell >= 0)
    inside = np.arange(R + 1) / R
    velocities = mesh.speed * np.linspace(-1, 1, V) if V > 1 else np.zeros(1)
    y = rows[:, None] + inside
    x = columns[:, None] + inside
    y[:, -1], x[:, -1] = np.nextafter(rows + 1.0, 0.0), np.nextafter(columns + 1.0, 0.0)
    shape = (rows.size, R + 1, R + 1, V, V)
    states = np.empty((*shape, 4))
    states[..., 0] = x[:, None, :, None, None]
    states[..., 1] = y[:, :, None, None, None]
    states[..., 2] = velocities
    states[..., 3] = velocities[:, None]
    return states.reshape(-1, 4)


def actions_of(directions: int) -> FloatArray:
    """Return the actions tried: (M, 2) in [-1, 1]^2.

    They lie on three squares around the origin, of half a side 1, 1/2 and 1/4, with `directions` points on the
    outermost, evenly spaced and its corners among them, and half as many on each further one; and the origin. The
    weakest come first.

    Args:
        directions: A multiple of 32.
    """
    rings = [
        size * _square(count) for size, count in ((1.0, directions), (0.5, directions // 2), (0.25, directions // 4))
    ]
    actions = np.concatenate([np.zeros((1, 2)), *reversed(rings)])
    return np.ascontiguousarray(actions[np.argsort((actions**2).sum(axis=1), kind="stable")])


def noises_of(points: int) -> tuple[FloatArray, FloatArray]:
    """Return points that stand for standard normal noise in two axes: (K, 2), and their weights, (K,).

    Gauss and Hermite's rule with `points` an axis: exact for polynomials of degree 2 points - 1 (Abramowitz and Stegun
    25.4.46).
    """
    at, weights = np.polynomial.hermite_e.hermegauss(points)
    weights = weights / weights.sum()
    pairs = np.array(list(itertools.product(at, at)))
    return pairs, np.array([a * b for a, b in itertools.product(weights, weights)])


def _square(count: int) -> FloatArray:
    """Return points evenly spaced around the square [-1, 1]^2, from a corner: (count, 2)."""
    side = 2 * np.arange(count // 4) / (count // 4) - 1
    ones = np.ones_like(side)
    return np.concatenate(
        [np.stack(pair, axis=1) for pair in ((side, -ones), (ones, side), (-side, ones), (-ones, -side))]
    )
