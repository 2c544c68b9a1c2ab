"""Paints shapes with matplotlib for papers: SVG and PDF, which stay sharp at any size."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.rendering.board import BACKGROUND, centre_of, shapes_of, words_of
from gridworld_env.rendering.fonts import fonts_for
from gridworld_env.rendering.movers import agent_of, step, steps_of
from gridworld_env.rendering.plan import plan
from gridworld_env.rendering.shapes import READABLE, Disc, Polygon, Stroke, Text, Tiles

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterable

    from gridworld_env.rendering.colours import Colour
    from gridworld_env.rendering.plan import Plan
    from gridworld_env.rendering.scene import Scene
    from gridworld_env.rendering.shapes import Point, Shape

PIXELS_AN_INCH = 100
TEXT_WIDTH, WIDE = 0.62, 1.0
"""Width of a character of DejaVu Sans, and of a Chinese one, in heights, about."""


def save_vector(path: pathlib.Path, scene: Scene, size: int | None) -> None:
    """Write a scene as an SVG or PDF file.

    Args:
        path: The file; its ending tells the format.
        scene: What to draw.
        size: As for a painter, at 100 pixels an inch.

    Raises:
        ImportError: If matplotlib is missing, with the line that installs it.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(f'writing {path.suffix} files needs matplotlib: pip install "gridworld-env[plot]"') from None
    # Without a salt, the names in an SVG file are drawn by lot.
    with rc_context({"svg.hashsalt": "gridworld"}), fonts_for([scene.caption, scene.heads_up], scene.font):
        where = plan(scene, size)
        figure = Figure((where.width / PIXELS_AN_INCH, where.height / PIXELS_AN_INCH), facecolor=_rgb(BACKGROUND))
        _fill(figure, scene, where)
        figure.savefig(path, metadata={"Date": None} if path.suffix.lower() == ".svg" else {"CreationDate": None})


def _fill(figure: Any, scene: Scene, where: Plan) -> None:
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    _paint_all(axes, shapes_of(scene, where), (0.0, 0.0), 1.0)
    for s, move, opacity in steps_of(scene):
        _paint_all(axes, step(where.cell, move), centre_of(scene, where, s), opacity / 255)
    for s in scene.agents:
        _paint_all(axes, agent_of(scene, where.cell, s), centre_of(scene, where, s), 1.0)
    _paint_all(axes, words_of(scene, where), (0.0, 0.0), 1.0)
    axes.set_xlim(0, where.width)
    axes.set_ylim(where.height, 0)


def _paint_all(axes: Any, shapes: Iterable[Shape], origin: Point, alpha: float) -> None:
    """Paint shapes in their order."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    dx, dy = origin
    paths: list[Any] = []
    faces: list[Any] = []

    def flush() -> None:
        if paths:
            group = PathCollection(list(paths), facecolors=list(faces), linewidths=0, alpha=alpha)
            axes.add_collection(group).set_zorder(_next(axes))
            paths.clear()
            faces.clear()

    for shape in shapes:
        if isinstance(shape, Disc):
            paths.append(Path.circle((shape.centre[0] + dx, shape.centre[1] + dy), shape.radius))
            faces.append(_rgb(shape.colour))
        elif isinstance(shape, Polygon):
            paths.append(_closed([(x + dx, y + dy) for x, y in shape.points]))
            faces.append(_rgb(shape.colour))
        else:
            flush()
            _paint_other(axes, shape, dx, dy, alpha)
    flush()


def _paint_other(axes: Any, shape: Stroke | Tiles | Text, dx: float, dy: float, alpha: float) -> None:
    """Paint what is not a filled outline."""
    if isinstance(shape, Stroke):
        xs, ys = zip(*shape.points, strict=True)
        points = 72 / PIXELS_AN_INCH * shape.width
        line = axes.plot(np.add(xs, dx), np.add(ys, dy), color=_rgb(shape.colour), linewidth=points, alpha=alpha)[0]
        straight = xs[0] == xs[-1] or ys[0] == ys[-1]
        line.set_zorder(_next(axes))
        line.set_solid_capstyle("butt" if straight and len(xs) == 2 and alpha == 1 else "round")
    elif isinstance(shape, Tiles):
        extent = (shape.x, shape.x + shape.width, shape.y + shape.height, shape.y)
        axes.imshow(shape.colours, extent=extent, interpolation="nearest", aspect="auto", zorder=_next(axes))
    else:
        size = min(shape.size, shape.width / _heights(shape.text))
        if size >= READABLE or shape.anchor == "left":
            align = "center" if shape.anchor == "centre" else shape.anchor
            points = 72 / PIXELS_AN_INCH * size
            colour = _rgb(shape.colour)
            text = axes.text(
                *shape.at, shape.text, fontsize=points, color=colour, ha=align, va="center_baseline", parse_math=False
            )
            text.set_zorder(_next(axes))


def _heights(text: str) -> float:
    """Return the width of a text in heights of its font, about."""
    return sum(WIDE if unicodedata.east_asian_width(letter) in "WF" else TEXT_WIDTH for letter in text)


def _next(axes: Any) -> int:
    """Return the layer above all others: matplotlib would paint lines over areas whatever came first."""
    return len(axes.get_children())


def _closed(points: list[Point]) -> Any:
    from matplotlib.path import Path

    return Path([*points, points[0]], closed=True)


def _rgb(colour: Colour) -> tuple[float, float, float]:
    r, g, b = colour
    return r / 255, g / 255, b / 255
