"""What somebody believes about a cell, drawn: arrows for a policy, sectors for action values, numbers, visits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.rendering.colours import INK, legible_on, mix
from gridworld_env.rendering.shapes import Disc, Polygon, Stroke, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.rendering.colours import Colour
    from gridworld_env.rendering.shapes import Point, Shape
    from gridworld_env.tabular.rules import Move

REACH = 0.37
"""Length of the arrow of an action that is almost certain, in sides of a cell."""

REACH_BESIDE_NUMBER = 0.33
"""The same where a number stands below."""

ALONE, TAIL = 1.4, 0.42
"""Length of the only arrow of a cell, in reaches, and how much of it lies behind the middle of the cell."""

APART = 0.3
"""How far from the middle of the cell the arrows of several actions begin, in their lengths."""

HEAD = 0.26
"""Length of an arrow's head at most, in sides of a cell: by it arrows there and back are told apart in small cells."""

UNSEEN = 0.02
"""Probabilities below this have no arrow."""

RIM = 0.022
"""Width of what sets an arrow off from its ground, in sides of a cell."""

CENTRE = 0.15
"""Half the side of the square in the middle that stands for staying, in sides of a cell."""


def number(value: float) -> str:
    """Return a number in at most five characters or so: two decimals below 10, one below 100, else none."""
    decimals = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    text = f"{value:.{decimals}f}"
    return text if float(text) else f"{0:.{decimals}f}"


def arrows(
    centre: Point,
    side: float,
    probabilities: FloatArray,
    moves: Sequence[Move | None],
    colour: Colour,
    rim: Colour,
    reach: float = REACH,
) -> Iterator[Shape]:
    """Draw the policy in a cell: an arrow for each action, the longer the more probable; a disc for staying.

    The length is the square root of the probability, so that arrows of actions that are tied can be read: the eye
    compares areas.
    """
    pairs = zip(moves, probabilities.tolist(), strict=True)
    shown = [(move, p) for move, p in pairs if move is not None and p >= UNSEEN]
    for move, p in shown:
        if move == (0, 0):
            yield Disc(centre, side * (0.035 + 0.115 * p), rim)
            yield Disc(centre, side * (0.02 + 0.105 * p), colour)
        elif len(shown) == 1:
            length = ALONE * reach * math.sqrt(p)
            yield from arrow(_moved(centre, move, -side * TAIL * length), side, length, move, colour, rim)
        else:
            length = reach * math.sqrt(p)
            yield from arrow(_moved(centre, move, side * APART * length), side, length, move, colour, rim)


def arrow(
    tail: Point, side: float, length: float, move: Move, colour: Colour, rim: Colour, head: float = HEAD
) -> Iterator[Shape]:
    """Draw an arrow from its tail, with a rim around it; its length, and that of its head at most, in sides."""
    head = min(head, 0.62 * length)
    yield from _arrow(tail, side, length, head, move, rim, RIM)
    yield from _arrow(tail, side, length, head, move, colour, 0.0)


def _moved(point: Point, move: Move, by: float) -> Point:
    down, right = move
    norm = math.hypot(down, right)
    return point[0] + by * right / norm, point[1] + by * down / norm


def _arrow(
    centre: Point, side: float, length: float, head: float, move: Move, colour: Colour, rim: float
) -> Iterator[Shape]:
    """Draw an arrow, grown by a rim (in sides of a cell) on all its edges."""
    down, right = move
    norm = math.hypot(down, right)
    dx, dy = right / norm, down / norm
    shaft = 0.026 + 0.03 * length + rim

    def point(along: float, across: float) -> Point:
        return centre[0] + side * (along * dx - across * dy), centre[1] + side * (along * dy + across * dx)

    neck = length - head
    yield Disc(centre, side * shaft, colour)
    yield Polygon((point(0, shaft), point(neck, shaft), point(neck, -shaft), point(0, -shaft)), colour)
    wing = 0.62 * head + 1.6 * rim
    yield Polygon((point(neck - rim, wing), point(length + 2 * rim, 0), point(neck - rim, -wing)), colour)


def sectors(
    x: float, y: float, side: float, colours: Sequence[Colour | None], moves: Sequence[Move | None]
) -> Iterator[Shape]:
    """Draw the action values in a cell: the part of it that lies in an action's direction, the middle for staying.

    Four actions make four triangles. An action without a colour is left out.
    """
    middle = (x + side / 2, y + side / 2)
    turned = sorted((_angle(move), a) for a, move in enumerate(moves) if move is not None and move != (0, 0))
    for i, (angle, a) in enumerate(turned):
        colour = colours[a]
        if colour is None:
            continue
        before = turned[i - 1][0] - (math.tau if i == 0 else 0)
        after = turned[(i + 1) % len(turned)][0] + (math.tau if i == len(turned) - 1 else 0)
        edge = _along_the_edge(middle, side, (before + angle) / 2, (angle + after) / 2)
        yield Polygon([middle, *edge] if len(turned) > 1 else edge, colour)
    width = max(1.0, side / 60)
    for i, (angle, _) in enumerate(turned):
        after = turned[(i + 1) % len(turned)][0] + (math.tau if i == len(turned) - 1 else 0)
        yield Stroke((middle, _on_the_edge(middle, side, (angle + after) / 2)), width, mix(INK, (255, 255, 255), 0.6))
    for move, colour in zip(moves, colours, strict=True):
        if move == (0, 0) and colour is not None:
            for half, shade in ((CENTRE + 0.012, mix(INK, (255, 255, 255), 0.6)), (CENTRE, colour)):
                h = half * side
                mx, my = middle
                yield Polygon(((mx - h, my - h), (mx + h, my - h), (mx + h, my + h), (mx - h, my + h)), shade)


def sector_texts(
    x: float, y: float, side: float, q: FloatArray, colours: Sequence[Colour | None], moves: Sequence[Move | None]
) -> Iterator[Shape]:
    """Write the action values into their sectors."""
    for move, value, colour in zip(moves, q.tolist(), colours, strict=True):
        if move is None or colour is None:
            continue
        down, right = move
        norm = math.hypot(down, right) or 1.0
        at = (x + side * (0.5 + 0.33 * right / norm), y + side * (0.5 + 0.36 * down / norm))
        room = side * (0.28 if move == (0, 0) else 0.31)
        yield Text(number(value), at, side * 0.115, legible_on(colour), room)


def visits_bar(x: float, y: float, side: float, share: float, ground: Colour) -> Iterator[Shape]:
    """Draw how often a cell was seen: a bar along its lower edge."""
    if share > 0:
        height, margin = max(2.0, 0.045 * side), 0.06 * side
        left, top = x + margin, y + side - margin - height / 2
        right = left + share * (side - 2 * margin)
        points = ((left, top), (right, top), (right, top + height), (left, top + height))
        yield Polygon(points, legible_on(ground))


def _angle(move: Move) -> float:
    return math.atan2(move[0], move[1])


def _on_the_edge(middle: Point, side: float, angle: float) -> Point:
    dx, dy = math.cos(angle), math.sin(angle)
    reach = side / 2 / max(abs(dx), abs(dy))
    return middle[0] + reach * dx, middle[1] + reach * dy


def _along_the_edge(middle: Point, side: float, start: float, end: float) -> list[Point]:
    """Return the points of a cell's edge between two angles, its corners among them."""
    eighths = np.arange(-15, 17, 2) * math.pi / 4  # the corners, at odd multiples of 45 degrees, around and around
    corners = [float(angle) for angle in eighths if start < angle < end]
    return [_on_the_edge(middle, side, angle) for angle in (start, *corners, end)]
