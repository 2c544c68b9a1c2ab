"""Many frames side by side in one picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

SIDE = 1024
"""Pixels of the longer side of a mosaic, about, where no size is asked for."""

LEAST_TILE = 48
MOST_TILES = (SIDE // LEAST_TILE) ** 2
GAP = 4
GROUND = 40


def tile_size(count: int) -> int:
    """Return the pixels of a tile's longer side with which as many as `count` make a mosaic of the usual size."""
    columns = math.ceil(math.sqrt(min(count, MOST_TILES)))
    return max(LEAST_TILE, min(SIDE // 2, SIDE // columns - GAP))


@export("gridworld_env.rendering.tiled")
def tiled(frames: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """Return frames row by row in one picture, as nearly square as may be.

    Args:
        frames: One or more of the same shape (height, width, 3), uint8.

    Raises:
        ValueError: If there is none, or they differ in shape.
    """
    shapes = {frame.shape for frame in frames}
    if len(shapes) != 1:
        raise ValueError(f"a mosaic needs frames, all of one shape, got {sorted(shapes) or 'none'}")
    height, width, _ = frames[0].shape
    columns = math.ceil(math.sqrt(len(frames) * height / width))
    rows = math.ceil(len(frames) / columns)
    picture = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), GROUND, np.uint8)
    for i, frame in enumerate(frames):
        row, column = divmod(i, columns)
        top, left = row * (height + GAP), column * (width + GAP)
        picture[top : top + height, left : left + width] = frame
    return picture
