"""Paints shapes with pygame on surfaces in memory: no display is opened. More pixels than shown make smooth edges."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.rendering.backend import pygame_module
from gridworld_env.rendering.colours import INK
from gridworld_env.rendering.fonts import file_for
from gridworld_env.rendering.shapes import READABLE, Disc, Polygon, Stroke, Text, Tiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    import pygame

    from gridworld_env.rendering.colours import Colour
    from gridworld_env.rendering.shapes import Point, Shape

FINEST = 3
"""Pixels painted for each one shown, a side; fewer where the frame is large."""

MOST_PAINTED = 3600
"""Pixels of the longer side of what is painted before it is averaged down."""


def paint(
    shapes: Iterable[Shape], width: int, height: int, ground: Colour, font: str | None = None
) -> npt.NDArray[np.uint8]:
    """Paint shapes on a ground: (height, width, 3) uint8; texts in a font as of `fonts.file_for`."""
    pg = pygame_module()
    fine = _fineness(width, height)
    surface = pg.Surface((width * fine, height * fine), 0, 24)
    surface.fill(ground)
    texts = _paint_all(surface, shapes, fine, 0, 0)
    if fine > 1:
        surface = pg.transform.smoothscale(surface, (width, height))
    for text in texts:
        write(surface, text, font)
    pixels = pg.surfarray.array3d(surface)
    return np.ascontiguousarray(pixels.transpose(1, 0, 2))


def sprite(shapes: Iterable[Shape], left: int, top: int, width: int, height: int, ground: Colour) -> pygame.Surface:
    """Paint shapes on nothing, to be laid over pictures.

    Args:
        shapes: What to paint.
        left: The pixel to the right of the shapes' origin with which the sprite begins, usually negative.
        top: Likewise downwards.
        width: Pixels.
        height: Pixels.
        ground: The colour that the edges run into.
    """
    pg = pygame_module()
    fine = _fineness(width, height)
    surface = pg.Surface((width * fine, height * fine), pg.SRCALPHA, 32)
    surface.fill((*ground, 0))
    _paint_all(surface, shapes, fine, -left, -top)
    small: pygame.Surface = pg.transform.smoothscale(surface, (width, height)) if fine > 1 else surface
    return small


def cut_out(shapes: Iterable[Shape], side: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Paint shapes around the middle of a square on nothing, as arrays to be laid over others.

    Returns:
        Colours, (side, side, 3) in [0, 255], and opacity, (side, side, 1) in [0, 1], both float32.
    """
    arrays = pygame_module().surfarray
    painted = sprite(shapes, -(side // 2), -(side // 2), side, side, INK)
    colours = arrays.array3d(painted).transpose(1, 0, 2).astype(np.float32)
    opacity = arrays.array_alpha(painted).T[..., None].astype(np.float32) / 255
    return colours, opacity


def write(surface: pygame.Surface, text: Text, font: str | None = None) -> None:
    """Write a line of text, smaller where it is too wide; what would be too small to read is left out."""
    rendered = _rendered(text, file_for(text.text, font))
    if rendered is not None:
        width, height = rendered.get_size()
        share = {"left": 0.0, "centre": 0.5, "right": 1.0}[text.anchor]
        surface.blit(rendered, (round(text.at[0] - share * width), round(text.at[1] - height / 2)))


def _rendered(text: Text, file: str | None) -> pygame.Surface | None:
    size = round(text.size)
    while size >= READABLE:
        font = _font(size, file)
        if font.size(text.text)[0] <= text.width:
            surface: pygame.Surface = font.render(text.text, True, text.colour)
            return surface
        size -= 1
    return _shortened(text, file)


def _shortened(text: Text, file: str | None) -> pygame.Surface | None:
    """Return the beginning of a text of words that is too long even when small; numbers are never cut."""
    font, words = _font(READABLE + 2, file), text.text
    if text.anchor != "left" or text.size < READABLE:
        return None
    while words and font.size(words + "...")[0] > text.width:
        words = words[:-1]
    if len(words) < 4:
        return None
    surface: pygame.Surface = font.render(words.rstrip() + "...", True, text.colour)
    return surface


_fonts: dict[tuple[int, str | None], Any] = {}

POINTS = {True: 1.38, False: 0.95}
"""Points of a font of a pixel's height: pygame's own is scaled down by pygame, no other is."""


def _font(size: int, file: str | None) -> Any:
    """Return a font at a height in pixels, made anew where somebody has shut the font module down; None: pygame's."""
    pg = pygame_module()
    font = _fonts.get((size, file))
    if font is not None:
        try:
            font.get_height()
        except pg.error:
            _fonts.clear()
        else:
            return font
    pg.font.init()
    font = _fonts[size, file] = pg.font.Font(file, round(size * POINTS[file is None]))
    return font


def _fineness(width: int, height: int) -> int:
    return max(1, min(FINEST, MOST_PAINTED // max(width, height)))


def _paint_all(surface: pygame.Surface, shapes: Iterable[Shape], fine: int, dx: float, dy: float) -> list[Text]:
    """Paint all shapes but texts, which are returned: they are sharper written at their own size."""
    pg = pygame_module()
    texts = []

    def place(point: Point) -> Point:
        return (point[0] + dx) * fine, (point[1] + dy) * fine

    for shape in shapes:
        if isinstance(shape, Polygon):
            pg.draw.polygon(surface, shape.colour, [place(point) for point in shape.points])
        elif isinstance(shape, Stroke):
            _stroke(surface, [place(point) for point in shape.points], shape.width * fine, shape.colour)
        elif isinstance(shape, Disc):
            pg.draw.circle(surface, shape.colour, place(shape.centre), shape.radius * fine)
        elif isinstance(shape, Tiles):
            _tiles(surface, shape, fine)
        else:
            texts.append(shape)
    return texts


def _stroke(surface: pygame.Surface, points: list[Point], width: float, colour: Colour) -> None:
    """Paint a line as rectangles with round joints: pygame's own thick lines have slanted ends."""
    pg = pygame_module()
    half = width / 2
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        length = math.hypot(x1 - x0, y1 - y0)
        if length == 0:
            continue
        if x0 == x1 or y0 == y1:
            area = (min(x0, x1) - (half if x0 == x1 else 0), min(y0, y1) - (half if y0 == y1 else 0))
            extent = (max(width, 1) if x0 == x1 else length, max(width, 1) if y0 == y1 else length)
            pg.draw.rect(surface, colour, (*map(round, area), *map(round, extent)))
            continue
        ox, oy = -(y1 - y0) / length * half, (x1 - x0) / length * half
        corners = [(x0 + ox, y0 + oy), (x1 + ox, y1 + oy), (x1 - ox, y1 - oy), (x0 - ox, y0 - oy)]
        pg.draw.polygon(surface, colour, corners)
    if half >= 1.5:
        for point in points:
            pg.draw.circle(surface, colour, point, half)


def _tiles(surface: pygame.Surface, tiles: Tiles, fine: int) -> None:
    pg = pygame_module()
    small = pg.surfarray.make_surface(np.ascontiguousarray(tiles.colours.transpose(1, 0, 2)))
    large = pg.transform.scale(small, (tiles.width * fine, tiles.height * fine))
    surface.blit(large, (tiles.x * fine, tiles.y * fine))
