"""The picture of a linear system: the plane of its first two numbers as a board, drawn like a continuous grid world.

The first number grows to the right, the second upwards. A point outside the board is shown at its edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.engine.continuous.world import actions_at, is_asked, values_at
from gridworld_env.layouts import Layout
from gridworld_env.rendering.point_scene import PointScene

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.engine.continuous.linear_world import LinearWorld

SIDE = 8
"""Cells a side of the board; a system of one number has a board of one row."""

MARGIN = 1.5
"""How far the board reaches, in the greatest starts."""

SQUARES, ARROWS = 12, 2
"""Squares, in which a function of values is asked, and arrows a side of a cell."""


def plane_place(world: LinearWorld, state: FloatArray) -> tuple[float, float]:
    """Return where a state, (D,), is on the board."""
    rows = _rows(world)
    across, up = np.nan_to_num(_shown(state) / _reach(world))
    x, y = (across + 1) / 2 * SIDE, (1 - up) / 2 * rows
    last = np.nextafter([SIDE, rows], 0.0)
    return float(np.clip(x, 0.0, last[0])), float(np.clip(y, 0.0, last[1]))


def plane_scene(world: LinearWorld, items: dict[str, Any]) -> PointScene:
    """Return the board without the point.

    Args:
        world: The system.
        items: ``caption``, ``font``; ``values``, an array as of :class:`PointScene` or a function of observations
            (n, D); ``policy``, an array likewise, a function of observations, or an agent, whose arrows show what its
            action adds to the state. Functions are asked in states whose other numbers are 0.

    Raises:
        ValueError: If an item does not fit.
    """
    values, policy = items.get("values"), items.get("policy")
    if callable(values):
        states, _ = _grid(world, SQUARES)
        field = values_at(values, world.observations_of(states))
        values = field.reshape(_rows(world) * SQUARES, SIDE * SQUARES)
    if is_asked(policy):
        states, places = _grid(world, ARROWS)
        actions = actions_at(policy, world.observations_of(states), world.B.shape[1])
        actions = np.clip(actions, -world.bound, world.bound)
        added = _shown(actions @ world.B.T)
        most = np.abs(_shown((np.abs(world.B) @ world.bound)[None])).max()
        policy = np.concatenate([places, added / (most or 1.0) * [1.0, -1.0]], axis=1)
    layout = Layout.parse(["." * SIDE] * _rows(world))
    caption = items.get("caption") or ""
    return PointScene(layout=layout, values=values, policy=policy, caption=caption, font=items.get("font"))


def _shown(states: FloatArray) -> FloatArray:
    """Return the first two numbers of states (..., D): (..., 2); a second that there is none of is 0."""
    first: FloatArray = states[..., :2]
    if first.shape[-1] == 1:
        first = np.concatenate([first, np.zeros_like(first)], axis=-1)
    return first


def _rows(world: LinearWorld) -> int:
    return 1 if world.state_size == 1 else SIDE


def _reach(world: LinearWorld) -> FloatArray:
    """Return the greatest numbers on the board: (2,)."""
    reach = _shown(MARGIN * np.maximum(np.abs(world.low), np.abs(world.high)))
    return np.where(reach > 0, reach, reach.max() or 1.0)


def _grid(world: LinearWorld, parts: int) -> tuple[FloatArray, FloatArray]:
    """Return the states in the middles of small squares, (n, D), and their places, (n, 2), row by row."""
    rows, D = _rows(world), world.state_size
    x = (np.arange(SIDE * parts) + 0.5) / parts
    y = (np.arange(rows * parts) + 0.5) / parts
    places = np.stack([grid.ravel() for grid in np.meshgrid(x, y)], axis=1)
    states = np.zeros((len(places), D))
    across_and_up = (places / [SIDE, rows] * 2 - 1) * [1.0, -1.0] * _reach(world)
    states[:, : min(D, 2)] = across_and_up[:, : min(D, 2)]
    return states, places
