"""The exact motion of a point through a map of cells, for one straight step: it slides along what it cannot enter.

The point walks from cell to cell along its step (Amanatides and Woo 1987, A fast voxel traversal algorithm), which
takes at most H + W crossings, however long the step:

1  in each axis, the time at which the point would leave its cell; the step begins at time 0 and ends at 1
2  where both lie behind the end, the step ends in this cell
3  else it meets the nearer border; where both are met at once, at a corner, a solid neighbour counts first
4  a solid neighbour, or the edge of the map, holds the axis: there the point stays, while the other axis goes on
5  any other neighbour is entered; one that ends the walk stops the point on its border
6  a held axis moves on as soon as the point has slid past what held it, unless its motion is lost at a wall

A point belongs to the cell that its whole parts name: cells are half open, and a point held at a wall to its right or
below is one rounding step before it. So it is always in exactly one cell, that cell is never solid, and since cells are
entered across borders only, never across corners, it does not pass between two walls that touch in a corner.

Between the walls nothing is rounded but the end itself: times are measured from where an axis last began to move.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from gridworld_env.common.compiling import cached_njit

FREE, SOLID, ZONE, END = range(4)
"""What a cell is: free, not to be entered, a zone in which the time spent is told, the end of the walk."""


@njit(inline="always")  # type: ignore[untyped-decorator]
def _solid(cells: Any, row: int, column: int) -> bool:
    H, W = cells.shape
    return row < 0 or column < 0 or row >= H or column >= W or cells[row, column] == SOLID


@njit(inline="always")  # type: ignore[untyped-decorator]
def _leaves(at: float, since: float, rate: float, cell: int, held: bool) -> float:
    """Return the time at which an axis that was `at` a place at the time `since` leaves its cell: step 1."""
    if held or rate == 0.0:
        return math.inf
    border = cell + 1 if rate > 0.0 else cell
    return since + max(0.0, (border - at) / rate)


@njit(inline="always")  # type: ignore[untyped-decorator]
def _border(cell: int, side: int) -> float:
    """Return the last place in a cell towards a side: its upper border for 1, its lower one for -1."""
    return float(np.nextafter(cell + 1.0, 0.0)) if side > 0 else float(cell)


@njit(inline="always")  # type: ignore[untyped-decorator]
def _place(at: float, since: float, rate: float, cell: int, held: bool, time: float) -> float:
    """Return where an axis is at a time: in its cell, whatever is rounded."""
    if held:
        return at
    place: float = at + (time - since) * rate
    border: float = _border(cell, 1)
    return border if place >= cell + 1 else max(place, float(cell))


@cached_njit
def slide(  # noqa: C901, PLR0912 - one loop over the cells, flat as it is compiled
    cells: Any, x: float, y: float, dx: float, dy: float, resumes: bool
) -> tuple[float, float, float, float, float, bool, bool, bool]:
    """Move a point by (dx, dy) through a map.

    Args:
        cells: (H, W) uint8, FREE, SOLID, ZONE or END each.
        x: Columns from the left edge, in [0, W); the point lies in a cell that is not solid.
        y: Rows from the upper edge, in [0, H), growing downwards.
        dx: Columns to the right, finite.
        dy: Rows downwards, finite.
        resumes: Whether an axis held by a wall moves on where the wall ends, as somebody does who keeps on pushing;
            otherwise what a wall has stopped stays lost, as a body's momentum.

    Returns:
        Where the point is then, x and y; the share of the step that was made, 1 unless an END cell was entered; the
        shares of it spent in ZONE cells and held by a wall in either axis; whether a wall held x; y; and whether an
        END cell was entered.
    """
    row, column = int(y), int(x)
    right, down = 1 if dx > 0.0 else -1, 1 if dy > 0.0 else -1
    x_since = y_since = time = zone = held = 0.0
    x_held = y_held = x_hit = y_hit = False
    while True:
        x_leaves = _leaves(x, x_since, dx, column, x_held)
        y_leaves = _leaves(y, y_since, dy, row, y_held)
        met = max(time, min(x_leaves, y_leaves))
        until = min(met, 1.0)
        if cells[row, column] == ZONE:
            zone += until - time
        if x_held or y_held:
            held += until - time
        time = until
        if met > 1.0:  # 2
            x = _place(x, x_since, dx, column, x_held, 1.0)
            y = _place(y, y_since, dy, row, y_held, 1.0)
            return x, y, 1.0, zone, held, x_hit, y_hit, False
        if x_leaves < y_leaves or (x_leaves == y_leaves and not _solid(cells, row + down, column)):  # 3
            if _solid(cells, row, column + right):  # 4
                x, x_since, x_held, x_hit = _border(column, right), time, True, True
            else:  # 5
                column += right
                x_edge = _border(column, -right)
                if cells[row, column] == END:
                    y = _place(y, y_since, dy, row, y_held, time)
                    return x_edge, y, time, zone, held, x_hit, y_hit, True
                if y_held and resumes:  # 6
                    y_held, y_since = False, time
        elif _solid(cells, row + down, column):  # 4
            y, y_since, y_held, y_hit = _border(row, down), time, True, True
        else:  # 5
            row += down
            y_edge = _border(row, -down)
            if cells[row, column] == END:
                x = _place(x, x_since, dx, column, x_held, time)
                return x, y_edge, time, zone, held, x_hit, y_hit, True
            if x_held and resumes:  # 6
                x_held, x_since = False, time
