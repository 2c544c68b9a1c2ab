"""`Painter`: a scene goes in, a frame comes out; what does not change from frame to frame is painted once."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from gridworld_env.common.public import export
from gridworld_env.rendering import movers
from gridworld_env.rendering.backend import pygame_module
from gridworld_env.rendering.board import BACKGROUND, centre_of, shapes_of, words_of
from gridworld_env.rendering.colours import AGENT, INK
from gridworld_env.rendering.plan import Plan, checked_size, plan
from gridworld_env.rendering.raster import paint, sprite, write

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pygame

    from gridworld_env.rendering.scene import Scene
    from gridworld_env.tabular.rules import Move

REMEMBERED = 1 << 26
"""Bytes of painted boards that a painter remembers: an environment with several maps comes back to them."""

_STILL = (
    "layout",
    "values",
    "action_values",
    "value_range",
    "policy",
    "visits",
    "moves",
    "wind",
    "slippery",
    "caption",
    "font",
)


class _Board:
    """A painted board and where its parts are."""

    def __init__(self, scene: Scene, plan_: Plan) -> None:
        self.kept = [getattr(scene, name) for name in _STILL]  # held, so that no other object gets their identities
        self.plan = plan_
        self.picture = paint(shapes_of(scene, plan_), plan_.width, plan_.height, BACKGROUND, scene.font)
        self.centre = [centre_of(scene, plan_, s) for s in range(min(plan_.rows * plan_.columns, 1 << 16))]
        self.intentions: dict[int, tuple[pygame.Surface, int]] = {}


@export("gridworld_env.rendering.Painter")
class Painter:
    """Paints the scenes of one environment, without a display.

    Args:
        size: Pixels of a frame's longer side, in [16, 8192]; None for a readable size that depends on the map.

    Raises:
        ValueError: If the size is out of range.
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = checked_size(size)
        self._boards: dict[tuple[Any, ...], _Board] = {}

    def frame(self, scene: Scene) -> npt.NDArray[np.uint8]:
        """Return a picture of a scene: (height, width, 3) uint8, a fresh array."""
        board = self._board(scene)
        frame = board.picture.copy()
        surface = pygame_module().image.frombuffer(frame, (board.plan.width, board.plan.height), "RGB")
        self._paint_movers(surface, board, scene)
        return frame

    def _board(self, scene: Scene) -> _Board:
        """Return the painted board of a scene, painted now unless it was before."""
        has_line = bool(scene.heads_up)
        key = (has_line, *[id(getattr(scene, name)) for name in _STILL])
        board = self._boards.get(key)
        if board is None:
            board = _Board(scene, plan(scene, self.size))
            while self._boards and (len(self._boards) + 1) * board.picture.nbytes > REMEMBERED:
                del self._boards[next(iter(self._boards))]
            self._boards[key] = board
        return board

    def _paint_movers(self, surface: pygame.Surface, board: _Board, scene: Scene) -> None:
        """Paint what moves: trail, agents, heads-up line."""
        for a, move, opacity in movers.steps_of(scene):
            drawn, left, top = _step(board.plan.cell, move, opacity)
            x, y = self._centre(board, scene, a)
            surface.blit(drawn, (round(x) + left, round(y) + top))
        for s in scene.agents:
            x, y = self._centre(board, scene, s)
            drawn, reach = self._agent(board, scene, s)
            surface.blit(drawn, (round(x) - reach, round(y) - reach))
        for text in words_of(scene, board.plan):
            write(surface, text, scene.font)

    @staticmethod
    def _centre(board: _Board, scene: Scene, s: int) -> tuple[float, float]:
        return board.centre[s] if s < len(board.centre) else centre_of(scene, board.plan, s)

    @staticmethod
    def _agent(board: _Board, scene: Scene, s: int) -> tuple[pygame.Surface, int]:
        """Return the picture of an agent and the pixels from its middle to its edge."""
        cell = board.plan.cell
        if not movers.has_intention(scene, cell, s):
            return _walker(cell, movers.heading(scene))
        drawn = board.intentions.get(s)
        if drawn is None:
            reach = round(0.55 * cell)
            shapes = movers.agent_of(scene, cell, s)
            drawn = sprite(shapes, -reach, -reach, 2 * reach, 2 * reach, INK), reach
            board.intentions[s] = drawn
        return drawn


@functools.lru_cache(maxsize=256)
def _walker(cell: int, heading: Move) -> tuple[pygame.Surface, int]:
    reach = round(movers.radius_of(cell)) + 1
    return sprite(movers.agent(cell, heading), -reach, -reach, 2 * reach, 2 * reach, INK), reach


@functools.lru_cache(maxsize=1024)
def _step(cell: int, move: Move, opacity: int) -> tuple[pygame.Surface, int, int]:
    """Return the picture of a step of a trail, and where it begins from the cell's centre."""
    down, right = move
    margin = max(2, round(0.06 * cell))
    left, top = min(0, right * cell) - margin, min(0, down * cell) - margin
    width, height = abs(right) * cell + 2 * margin, abs(down) * cell + 2 * margin
    drawn = sprite(movers.step(cell, move), left, top, width, height, AGENT)
    alpha = pygame_module().surfarray.pixels_alpha(drawn)
    alpha[:] = alpha * (opacity / 255)  # into the pixels: an opacity of the whole surface would be slower to lay over
    del alpha
    return drawn, left, top
