"""The marks of the cells: each kind of cell has a form of its own, for eyes that tell no colours apart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gridworld_env.rendering.colours import FAINT, HATCH, INK, MORTAR, START, TARGET, WHITE, lightness, mix
from gridworld_env.rendering.shapes import Disc, Polygon, Stroke

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridworld_env.rendering.colours import Colour
    from gridworld_env.rendering.shapes import Point, Shape

CORNER = 0.16
"""Where the mark of a cell that shows more is: so many sides from its left and upper edge."""


def bricks(x: float, y: float, side: float) -> Iterator[Shape]:
    """Draw a wall: three courses of bricks."""
    width = max(1.0, side / 24)
    for course in range(3):
        top, bottom = y + course * side / 3, y + (course + 1) * side / 3
        if course:
            yield Stroke(((x, top), (x + side, top)), width, MORTAR)
        for joint in (0.5,) if course % 2 else (0.25, 0.75):
            yield Stroke(((x + joint * side, top), (x + joint * side, bottom)), width, MORTAR)


def hatching(
    x: float, y: float, side: float, ground: Colour, *, covered: bool, framed_only: bool = False
) -> Iterator[Shape]:
    """Draw a forbidden cell: slanting lines within a frame; thinner where the ground tells a value.

    With `framed_only` the lines are left out: there are numbers all over the cell.
    """
    ink = HATCH
    if covered and abs(lightness(HATCH) - lightness(ground)) < 0.2:  # the same grey, and to many eyes the same colour
        ink = mix(HATCH, WHITE if lightness(ground) < lightness(HATCH) else INK, 0.6)
    colour = mix(ink, ground, 0.75 if covered else 0.55)
    width = max(1.0, side / (40 if covered else 26))
    lines = 0 if framed_only else 4 if side >= 24 else 2
    inset = 0.06 * side
    x, y, side = x + inset, y + inset, side - 2 * inset
    for i in range(1, 2 * lines):
        reach = i * side / lines
        start = (x + max(0.0, reach - side), y + min(reach, side))
        end = (x + min(reach, side), y + max(0.0, reach - side))
        yield Stroke((start, end), width, colour)
    if side >= 14:
        corners = ((x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y))
        yield Stroke(corners, max(1.0, side / 18), mix(ink, ground, 0.9))


def plate(at: Point, size: float, letters: int, side: float, ground: Colour) -> Shape:
    """Return a piece of bare ground behind a number, so that no line of the hatching crosses it."""
    across, down = min(0.33 * size * letters + 0.02 * side, 0.42 * side), 0.52 * size
    left, right, top, bottom = at[0] - across, at[0] + across, at[1] - down, at[1] + down
    return Polygon(((left, top), (right, top), (right, bottom), (left, bottom)), ground)


def ring(x: float, y: float, side: float, *, corner: bool) -> Iterator[Shape]:
    """Draw a start: a ring."""
    centre, radius = _place(x, y, side, corner=corner)
    yield Disc(centre, radius, WHITE)
    yield Disc(centre, radius * 0.88, START)
    yield Disc(centre, radius * 0.5, WHITE)


def star(x: float, y: float, side: float, *, corner: bool) -> Iterator[Shape]:
    """Draw a target: a star of five points."""
    centre, radius = _place(x, y, side, corner=corner)
    yield Polygon(_star(centre, radius * 1.3), INK)
    yield Polygon(_star((centre[0], centre[1]), radius * 1.02), TARGET)


def chevrons(x: float, y: float, side: float, strength: int, colour: Colour, *, corner: bool) -> Iterator[Shape]:
    """Draw wind that pushes upwards: an angle for each cell of it, up to four."""
    count = min(strength, 4)
    reach, gap = (0.055, 0.085) if corner else (0.17, 0.2)
    across = x + (0.92 if corner else 0.5) * side
    first = y + (0.36 if corner else 0.5) * side - (0 if corner else (count - 1) * gap * side / 2)
    for i in range(count):
        tip = first + i * gap * side
        wing = reach * side
        points = ((across - wing, tip + wing * 0.7), (across, tip - wing * 0.3), (across + wing, tip + wing * 0.7))
        yield Stroke(points, max(1.0, side / (40 if corner else 22)), colour)


def wave(x: float, y: float, side: float, colour: Colour) -> Iterator[Shape]:
    """Draw a slippery floor: two short waves in the upper right corner."""
    for row in (0.1, 0.17):
        points = [
            (x + side * (0.76 + 0.16 * t / 12), y + side * (row + 0.022 * math.sin(t / 12 * 4 * math.pi)))
            for t in range(13)
        ]
        yield Stroke(points, max(1.0, side / 45), colour)


def faint(ground: Colour) -> Colour:
    """Return the colour of marks that stay in the background of a cell."""
    return mix(FAINT, ground, 0.55)


def _place(x: float, y: float, side: float, *, corner: bool) -> tuple[Point, float]:
    share = CORNER if corner else 0.5
    return (x + share * side, y + share * side), side * (0.105 if corner else 0.24)


def _star(centre: Point, radius: float) -> list[Point]:
    points = []
    for i in range(10):
        angle, reach = math.pi * (i / 5 - 0.5), radius * (1.0 if i % 2 == 0 else 0.45)
        points.append((centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)))
    return points
