"""Random maps with a way from start to target, as (H, W) arrays of single characters.

`Layout.maze` and `Layout.room` wrap these. All randomness comes from the generator that is passed: the same
generator state gives the same map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.checks import check_cells, probability, whole_number

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, IntArray
    from gridworld_env.layouts.map_text import CharArray

DENSITY_TOLERANCE = 1e-9
"""How far two densities may sum above 1, so that rounding errors are forgiven."""


def maze(height: int, width: int, rng: np.random.Generator) -> CharArray:
    """Carve a perfect maze by depth-first search: one path, and one only, between any two corridor cells.

    Corridor cells lie on odd rows and columns (counted from 0); the border is wall. S is the top left
    corridor cell, T the corridor cell farthest from it.

    Returns:
        (height, width) "<U1".

    Raises:
        ValueError: If a side is even or below 3, both are 3 (one corridor cell cannot hold both S and T), or
            `rng` is not a generator.
    """
    height, width = whole_number("height", height, None), whole_number("width", width, None)
    if min(height, width) < 3 or height % 2 == 0 or width % 2 == 0 or height == width == 3:
        raise ValueError(
            "a maze's height and width must be odd and at least 3, one of them at least 5 (corridors lie "
            f"between walls, and S and T need a cell each), got {height} x {width}"
        )
    check_cells("the maze", height * width)
    _check_rng(rng)
    stride = width + 2  # a frame of closed cells saves asking whether a neighbour is on the map
    frame = np.ones((height + 2, stride), np.uint8)
    frame[1:-1, 1:-1] = 0
    seen = bytearray(frame.tobytes())
    first = target = 2 * stride + 2
    seen[first] = 1
    path, longest = [first], 0
    draws = iter(rng.random((height // 2) * (width // 2) - 1).tolist())
    moves = (-2 * stride, 2, 2 * stride, -2)
    while path:
        here = path[-1]
        closed = [move for move in moves if not seen[here + move]]
        if not closed:
            path.pop()
            continue
        move = closed[int(next(draws) * len(closed))]
        seen[here + move] = seen[here + move // 2] = 1
        path.append(here + move)
        if len(path) > longest:
            longest, target = len(path), here + move
    corridors = np.frombuffer(seen, np.uint8).reshape(height + 2, stride)[1:-1, 1:-1]
    cells = np.where(corridors == 1, ".", "#")
    cells[1, 1] = "S"
    cells[target // stride - 1, target % stride - 1] = "T"
    return cells


def room(
    height: int, width: int, rng: np.random.Generator, *, wall_density: float, forbidden_density: float
) -> CharArray:
    """Scatter walls and forbidden cells over an open room, keeping a way from S to T.

    S and T are two random cells. There are ``round(wall_density * H * W)`` walls and
    ``round(forbidden_density * H * W)`` forbidden cells; fewer only where S, T and, for walls, the way
    between them leave no more room. Where random walls part S from T, a way that crosses the fewest of them
    is opened and the walls move elsewhere.

    Returns:
        (height, width) "<U1".

    Raises:
        ValueError: If the room has fewer than 2 cells, a density is outside [0, 1], both sum to more than 1,
            or `rng` is not a generator.
    """
    height, width = whole_number("height", height, None), whole_number("width", width, None)
    if min(height, width) < 1 or height * width < 2:
        raise ValueError(f"a room needs at least 2 cells, one for S and one for T, got {height} x {width}")
    check_cells("the room", height * width)
    _check_densities(wall_density, forbidden_density)
    _check_rng(rng)
    size = height * width
    num_walls = min(round(wall_density * size), size - 2)
    order = rng.permutation(size)
    start, target, others = int(order[0]), int(order[1]), order[2:]
    walls = np.zeros(size, np.bool_)
    walls[others[:num_walls]] = True
    if not _linked(walls.reshape(height, width), start, target):
        path = fewest_walls_path(walls.reshape(height, width), start, target)
        num_opened = int(walls[path].sum())
        walls[path] = False
        spare = others[num_walls:]
        walls[spare[~np.isin(spare, path)][:num_opened]] = True
    cells = np.where(walls, "#", ".")
    free = others[~walls[others]]
    cells[rng.permutation(free)[: round(forbidden_density * size)]] = "F"
    cells[start], cells[target] = "S", "T"
    return cells.reshape(height, width)


def fewest_walls_path(walls: BoolArray, start: int, target: int) -> IntArray:
    """Return a path of cardinal moves that crosses as few walls as possible (0-1 breadth-first search).

    Args:
        walls: (H, W) bool.
        start: State, a cell without a wall.
        target: State, a cell without a wall.

    Returns:
        (L,) int64 states from `start` to `target`, both included.
    """
    height, width = walls.shape
    stride = width + 2
    frame = np.full((height + 2, stride), 2, np.uint8)  # 0 open, 1 wall, 2 done: off the map, or reached
    frame[1:-1, 1:-1] = walls
    kind = bytearray(frame.tobytes())
    parent = [0] * len(kind)
    first, last = ((state // width + 1) * stride + state % width + 1 for state in (start, target))
    kind[first] = 2
    layer = [first]  # cells that the same number of walls separates from the start; grows while it is walked
    while kind[last] != 2:
        beyond: list[int] = []
        for here in layer:
            for there in (here - stride, here + 1, here + stride, here - 1):
                k = kind[there]
                if k == 2:
                    continue
                kind[there] = 2
                parent[there] = here
                (beyond if k else layer).append(there)
        layer = beyond
    path = [last]
    while path[-1] != first:
        path.append(parent[path[-1]])
    framed = np.array(path[::-1], np.int64)
    states: IntArray = (framed // stride - 1) * width + framed % stride - 1
    return states


def _linked(walls: BoolArray, start: int, target: int) -> bool:
    from scipy import ndimage

    labels = ndimage.label(~walls)[0].reshape(-1)
    return bool(labels[start] == labels[target])


def _check_rng(rng: Any) -> None:
    if isinstance(rng, np.random.Generator):
        return
    seed = "" if rng is None else repr(rng) if isinstance(rng, int) else "seed"
    raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}; use numpy.random.default_rng({seed})")


def _check_densities(wall_density: Any, forbidden_density: Any) -> None:
    for name, density in (("wall_density", wall_density), ("forbidden_density", forbidden_density)):
        probability(name, density)
    if wall_density + forbidden_density > 1 + DENSITY_TOLERANCE:
        raise ValueError(
            f"wall_density + forbidden_density must be at most 1, got {wall_density} + {forbidden_density}; "
            "lower one of them"
        )
