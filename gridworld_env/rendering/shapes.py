"""What a picture is made of before it is painted: shapes in pixels, from the top left corner, in painting order.

Both painters, the one for pixels and the one for paper, read these and nothing else, so that both draw the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from gridworld_env.rendering.colours import Colour

Point = tuple[float, float]
"""Pixels to the right and down."""


class Tiles(NamedTuple):
    """A rectangle filled with equal tiles, one a colour."""

    colours: npt.NDArray[np.uint8]  # (rows, columns, 3)
    x: int
    y: int
    width: int
    height: int


class Polygon(NamedTuple):
    """A filled polygon."""

    points: Sequence[Point]
    colour: Colour


class Disc(NamedTuple):
    """A filled circle."""

    centre: Point
    radius: float
    colour: Colour


class Stroke(NamedTuple):
    """A line through points, with round ends."""

    points: Sequence[Point]
    width: float
    colour: Colour


class Text(NamedTuple):
    """A line of text, made smaller where it is too wide and left out where it would be too small to read."""

    text: str
    at: Point
    size: float  # its height in pixels
    colour: Colour
    width: float  # the room it has
    anchor: Literal["left", "centre", "right"] = "centre"  # which of its points lies `at`; vertically the middle


Shape = Tiles | Polygon | Disc | Stroke | Text

READABLE = 9
"""Text lower than this many pixels is left out."""
