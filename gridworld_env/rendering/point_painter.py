"""`PointPainter`: a scene of a continuous grid world goes in, a frame comes out; what stays is painted once."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

from gridworld_env.rendering import point_board
from gridworld_env.rendering.backend import pygame_module
from gridworld_env.rendering.board import BACKGROUND, words_of
from gridworld_env.rendering.colours import AGENT, INK
from gridworld_env.rendering.plan import Plan, checked_size, plan
from gridworld_env.rendering.raster import paint, sprite, write

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pygame

    from gridworld_env.rendering.point_scene import PointScene
    from gridworld_env.rendering.shapes import Stroke

_STILL = ("layout", "values", "policy", "caption", "font")


class PointPainter:
    """Paints the scenes of one environment, without a display.

    Args:
        size: Pixels of a frame's longer side, in [16, 8192]; None for a readable size that depends on the map.

    Raises:
        ValueError: If the size is out of range.
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = checked_size(size)
        self._kept: list[object] = []
        self._plan: Plan | None = None
        self._board: npt.NDArray[np.uint8] | None = None

    def frame(self, scene: PointScene) -> npt.NDArray[np.uint8]:
        """Return a picture of a scene: (height, width, 3) uint8, a fresh array."""
        still = [bool(scene.heads_up), *[getattr(scene, name) for name in _STILL]]
        if self._board is None or any(a is not b for a, b in zip(still, self._kept, strict=True)):
            self._plan = plan(scene, self.size)  # type: ignore[arg-type] # it has what a plan is made by
            shapes = point_board.shapes_of(scene, self._plan)
            self._board = paint(shapes, self._plan.width, self._plan.height, BACKGROUND, scene.font)
            self._kept = still
        where = self._plan
        assert where is not None  # noqa: S101 - planned with the board
        frame = self._board.copy()
        surface = pygame_module().image.frombuffer(frame, (where.width, where.height), "RGB")
        for stroke, opacity in point_board.trail_of(scene, where):
            _lay(surface, stroke, opacity)
        centre = point_board.centre_of(scene, where)
        if centre is not None:
            drawn, reach = _point(where.cell)
            surface.blit(drawn, (round(centre[0]) - reach, round(centre[1]) - reach))
        for text in words_of(scene, where):  # type: ignore[arg-type]
            write(surface, text, scene.font)
        return frame

    def place_at(self, x: float, y: float) -> tuple[float, float] | None:
        """Return what place, in cells, a pixel of the last frame shows; None outside of the board."""
        if self._plan is None:
            return None
        across, down = (x - self._plan.x) / self._plan.cell, (y - self._plan.y) / self._plan.cell
        inside = 0 <= across < self._plan.columns and 0 <= down < self._plan.rows
        return (across, down) if inside else None


@functools.lru_cache(maxsize=16)
def _point(cell: int) -> tuple[pygame.Surface, int]:
    reach = round(point_board.radius_of(cell)) + 1
    return sprite(point_board.point_of(cell), -reach, -reach, 2 * reach, 2 * reach, INK), reach


def _lay(surface: pygame.Surface, stroke: Stroke, opacity: int) -> None:
    """Lay one step of a trail over a picture."""
    xs, ys = zip(*stroke.points, strict=True)
    margin = math.ceil(stroke.width) + 1
    left, top = math.floor(min(xs)) - margin, math.floor(min(ys)) - margin
    size = math.ceil(max(xs)) + margin - left, math.ceil(max(ys)) + margin - top
    drawn = sprite([stroke], left, top, *size, AGENT)
    alpha = pygame_module().surfarray.pixels_alpha(drawn)
    alpha[:] = alpha * (opacity / 255)
    del alpha
    surface.blit(drawn, (left, top))
