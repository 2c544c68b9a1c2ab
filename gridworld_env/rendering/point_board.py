"""The pictures of a continuous grid world: the map under its field of values, arrows, and the point with its trail."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.rendering import board, marks
from gridworld_env.rendering.beliefs import arrow
from gridworld_env.rendering.colours import AGENT, FLOOR, FORBIDDEN, INK, WALL, WHITE, legible_on, scale
from gridworld_env.rendering.ground import Scale
from gridworld_env.rendering.shapes import Disc, Stroke, Tiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from gridworld_env.common.arrays import BoolArray
    from gridworld_env.rendering.plan import Plan
    from gridworld_env.rendering.point_scene import PointScene
    from gridworld_env.rendering.shapes import Shape

RADIUS = 0.17
"""Of the point, its rim included, in sides of a cell."""

LEAST_RADIUS = 5.0
"""Pixels."""

HEAD = 0.17
REACH = 0.36
"""Length of the arrow of a full action in each axis, in sides of a cell."""

TRAIL_OPACITY = (50, 200)
"""Of the oldest and the newest step of a trail, 255 being opaque."""


def shapes_of(scene: PointScene, plan: Plan) -> Iterator[Shape]:
    """Draw all of a scene that does not move."""
    scale_ = _scale_of(scene)
    grounds = _grounds(scene, scale_)
    yield Tiles(grounds, plan.x, plan.y, *plan.board)
    if plan.cell >= board.LEAST_FOR_LINES and scene.values is None:
        yield from board.lines(plan)
    if plan.cell >= board.LEAST_FOR_MARKS:
        for s in range(scene.layout.num_states):
            yield from _marks(scene, plan, grounds, s)
    if scene.policy is not None and plan.cell >= board.LEAST_FOR_BELIEFS:
        yield from _arrows(scene, plan, grounds)
    yield from board.caption_and_legend(scene.caption, plan, scale_)


def trail_of(scene: PointScene, plan: Plan) -> Iterator[tuple[Stroke, int]]:
    """Draw the steps of a trail, with the opacity of each."""
    faintest, strongest = TRAIL_OPACITY
    places = [_place(plan, x, y) for x, y in scene.trail]
    width = max(1.5, plan.cell * 0.06)
    for i, ends in enumerate(itertools.pairwise(places)):
        yield Stroke(ends, width, AGENT), faintest + (strongest - faintest) * (i + 1) // (len(places) - 1)


def point_of(cell: int) -> Iterator[Shape]:
    """Draw the point around the origin."""
    radius = radius_of(cell)
    yield Disc((0, 0), radius, INK)
    yield Disc((0, 0), radius * 0.91, WHITE)
    yield Disc((0, 0), radius * 0.74, AGENT)


def radius_of(cell: int) -> float:
    """Return the point's radius in pixels."""
    return max(LEAST_RADIUS, RADIUS * cell)


def centre_of(scene: PointScene, plan: Plan) -> tuple[float, float] | None:
    """Return where the point is in the picture."""
    return None if scene.point is None else _place(plan, float(scene.point[0]), float(scene.point[1]))


def _place(plan: Plan, x: float, y: float) -> tuple[float, float]:
    return plan.x + x * plan.cell, plan.y + y * plan.cell


def _scale_of(scene: PointScene) -> Scale | None:
    if scene.values is None:
        return None
    known = scene.values[~np.isnan(scene.values) & ~_fine(scene, scene.layout.walls)]
    return Scale("v", float(known.min()), float(known.max())) if known.size else None


def _fine(scene: PointScene, cells: npt.NDArray[np.bool_]) -> BoolArray:
    """Return a property of the cells for the small squares that values are known of."""
    F = 1 if scene.values is None else scene.values.shape[0] // scene.layout.height
    fine: BoolArray = cells.reshape(scene.layout.shape).repeat(F, axis=0).repeat(F, axis=1)
    return fine


def _grounds(scene: PointScene, scale_: Scale | None) -> npt.NDArray[np.uint8]:
    """Return the colours of the small squares: (F H, F W, 3) uint8."""
    forbidden, walls = _fine(scene, scene.layout.forbidden), _fine(scene, scene.layout.walls)
    colours = np.empty((*walls.shape, 3), np.uint8)
    colours[:] = FLOOR
    colours[forbidden] = FORBIDDEN
    if scale_ is not None and scene.values is not None:
        share = scale_.share(scene.values)
        known = ~np.isnan(share)
        colours[known] = scale(share[known])
    colours[walls] = WALL
    return colours


def _marks(scene: PointScene, plan: Plan, grounds: npt.NDArray[np.uint8], s: int) -> Iterator[Shape]:
    layout, side = scene.layout, plan.cell
    row, column = divmod(s, plan.columns)
    x, y = plan.x + column * side, plan.y + row * side
    crowded = scene.policy is not None
    if layout.walls[s]:
        yield from marks.bricks(x, y, side)
    elif layout.forbidden[s]:
        F = grounds.shape[0] // layout.height
        r, g, b = grounds[row * F + F // 2, column * F + F // 2]
        yield from marks.hatching(x, y, side, (int(r), int(g), int(b)), covered=scene.values is not None)
    elif layout.targets[s]:
        yield from marks.star(x, y, side, corner=False)
    elif layout.cells[row, column] == "S":
        yield from marks.ring(x, y, side, corner=crowded)


def _arrows(scene: PointScene, plan: Plan, grounds: npt.NDArray[np.uint8]) -> Iterator[Shape]:
    """Draw the policy: an arrow in the direction of each action, as long as it is strong, around its place."""
    F = grounds.shape[0] // scene.layout.height
    policy = scene.policy if scene.policy is not None else np.empty((0, 4))
    for x, y, right, down in policy[~np.isnan(policy).any(axis=1)].tolist():
        r, g, b = grounds[int(y * F), int(x * F)]
        ground = (int(r), int(g), int(b))
        strength = float(np.hypot(right, down))
        reach = REACH * strength
        start = _place(plan, x - reach * right / (2 * strength or 1), y - reach * down / (2 * strength or 1))
        thin, ink = 0.7, legible_on(ground)  # there are several in a cell
        if strength > 0:
            yield from arrow(start, thin * plan.cell, reach / thin, (down, right), ink, ground, head=HEAD)
        else:
            yield Disc(start, thin * plan.cell * 0.03, ink)
