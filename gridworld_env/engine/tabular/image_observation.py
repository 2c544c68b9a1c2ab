"""`ImageObserver`: a picture of the map with the agent on it, as networks with convolutions take it.

The maps are painted once, by what paints frames, and so is every cell with the agent in it. An observation is then a
copy of its map in which one cell is replaced: no drawing, and a batch of them is two gathers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_env.common.checks import whole_number

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_env.common.arrays import IntArray
    from gridworld_env.layouts import Layout

USUAL = 84
"""Pixels of the longer side, about, where no size is asked for: what agents for Atari games look at."""

LEAST = 36
"""Pixels that the shorter side then has at least: smaller ones do not pass through Stable-Baselines3's `CnnPolicy`."""

CLEAR = 8
"""Pixels of a cell's side that it then has at least: below, there are colours only, no star, no hatching."""

LARGEST = 1024
"""Pixels that the longer side then has at most, however narrow the map."""

MOST = 8192


class ImageObserver:
    """The map with the agent on it: `Box(0, 255, (height, width, 3), uint8)`, whole pixels a cell.

    Args:
        layouts: The maps that the states lie on, all of one shape.
        image_size: Pixels of the longer side, at least one a cell; None for about 84, and at least 36 either way.

    Raises:
        ValueError: If the size is out of range.
    """

    kind = "image"

    def __init__(self, layouts: tuple[Layout, ...], image_size: int | None) -> None:
        self._layouts = layouts
        H, W = layouts[0].shape
        self._side = _usual_side(H, W) if image_size is None else _side_of(image_size, max(H, W))
        self._painted: tuple[Any, Any] | None = None
        self.space = spaces.Box(0, 255, (H * self._side, W * self._side, 3), np.uint8)

    def __call__(self, states: IntArray) -> npt.NDArray[np.uint8]:
        """Return the pictures: (N, height, width, 3) uint8."""
        if self._painted is None:
            self._painted = _paint(self._layouts, self._side)
        maps, occupied = self._painted
        states = np.asarray(states, np.int64)
        _, H, side, W, *_ = maps.shape
        bank, cell = np.divmod(states, H * W)
        images: npt.NDArray[np.uint8] = maps[bank]
        images[np.arange(states.size), cell // W, :, cell % W] = occupied[states]
        return images.reshape(-1, H * side, W * side, 3)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was painted."""
        return {**self.__dict__, "_painted": None}


def _usual_side(H: int, W: int) -> int:
    """Return the pixels of a cell's side where no size is asked for."""
    longer, shorter = max(H, W), min(H, W)
    return max(1, min(max(USUAL // longer, -(-LEAST // shorter), CLEAR), LARGEST // longer))


def _side_of(image_size: int, longer: int) -> int:
    size = whole_number("image_size (pixels of the longer side)", image_size, longer)
    if size > MOST:
        raise ValueError(f"image_size (pixels of the longer side) must be at most {MOST}, got {size}")
    return size // longer


def _paint(layouts: tuple[Layout, ...], side: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Paint maps, (B, H, side, W, side, 3), and every cell with the agent in it, (B * H * W, side, side, 3)."""
    from gridworld_env.rendering.board import BACKGROUND, LEAST_FOR_MARKS, shapes_of
    from gridworld_env.rendering.colours import TARGET
    from gridworld_env.rendering.movers import agent
    from gridworld_env.rendering.plan import plan
    from gridworld_env.rendering.raster import cut_out, paint
    from gridworld_env.rendering.scene import Scene

    H, W = layouts[0].shape
    scenes = [Scene(layout=layout) for layout in layouts]
    plans = [plan(scene, side * max(H, W)) for scene in scenes]
    boards = [paint(shapes_of(*each), W * side, H * side, BACKGROUND) for each in zip(scenes, plans, strict=True)]
    maps = np.stack(boards).reshape(-1, H, side, W, side, 3)
    if side < LEAST_FOR_MARKS:
        bank, row, column = np.stack([layout.targets.reshape(H, W) for layout in layouts]).nonzero()
        maps[bank, row, :, column] = TARGET
    colours, opacity = cut_out(agent(side, (0, 0)), side)
    cells = np.moveaxis(maps, 3, 2).reshape(-1, side, side, 3)
    return maps, (cells + (colours - cells.astype(np.float32)) * opacity).round().astype(np.uint8)
