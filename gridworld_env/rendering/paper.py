"""Paints shapes with matplotlib for papers: on Axes, and as SVG and PDF files, which stay sharp at any size."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

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
PIXELS_AN_INCH_OF_AXES = 140
"""Pixels of the plan of a picture on Axes of which no size is asked for: numbers in cells are about 6 points high."""
LEAST_ON_AXES, MOST_ON_AXES = 240, 2000
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
        _paint_scene(figure.add_axes((0, 0, 1, 1)), scene, where)
        figure.savefig(path, metadata={"Date": None} if path.suffix.lower() == ".svg" else {"CreationDate": None})


def paint_on(axes: Any, scene: Scene, size: int | None = None) -> None:
    """Paint a scene on Axes of matplotlib, which show nothing else then.

    Units of the axes are cells, from the upper left corner of the map: the middle of row 0 and column 0 is (0.5, 0.5).

    Args:
        axes: The Axes; all that is painted grows with them.
        scene: What to draw.
        size: Pixels of the longer side of what is laid out: more of them make smaller letters. None: by the size of
            the Axes.
    """
    if size is None:
        box = axes.get_position()
        width, height = axes.figure.get_size_inches()
        inches = max(box.width * width, box.height * height)
        size = int(np.clip(inches * PIXELS_AN_INCH_OF_AXES, LEAST_ON_AXES, MOST_ON_AXES))
    with fonts_for([scene.caption, scene.heads_up], scene.font):
        _paint_scene(axes, scene, plan(scene, size))


def _paint_scene(axes: Any, scene: Scene, where: Plan) -> None:
    axes.set_axis_off()
    axes.set_aspect("equal")
    unit = 1 / where.cell
    corner = _Place(-where.x * unit, -where.y * unit, unit)
    _paint_all(axes, shapes_of(scene, where), corner, 1.0)
    for s, move, opacity in steps_of(scene):
        _paint_all(axes, step(where.cell, move), corner.at(centre_of(scene, where, s)), opacity / 255)
    for s in scene.agents:
        _paint_all(axes, agent_of(scene, where.cell, s), corner.at(centre_of(scene, where, s)), 1.0)
    _paint_all(axes, words_of(scene, where), corner, 1.0)
    axes.set_xlim(corner.x, corner.x + where.width * unit)
    axes.set_ylim(corner.y + where.height * unit, corner.y)


class _Place(NamedTuple):
    """Where the pixel (0, 0) of some shapes lies, and how long a pixel is, both in units of the axes."""

    x: float
    y: float
    unit: float

    def at(self, pixel: Point) -> _Place:
        """Return the place at which a pixel is the new (0, 0)."""
        x, y = self.point(pixel)
        return _Place(x, y, self.unit)

    def point(self, pixel: Point) -> Point:
        """Return where a pixel lies."""
        return self.x + pixel[0] * self.unit, self.y + pixel[1] * self.unit


def _paint_all(axes: Any, shapes: Iterable[Shape], place: _Place, alpha: float) -> None:
    """Paint shapes in their order, areas that follow one another as one artist, lines likewise."""
    kind: str = ""
    together: list[Any] = []
    for shape in shapes:
        if isinstance(shape, Disc | Polygon):
            now = "area"
        elif isinstance(shape, Stroke):
            now = _cap(shape, alpha)
        else:
            now = ""
        if now != kind:
            _flush(axes, kind, together, place, alpha)
            kind, together = now, []
        if now:
            together.append(shape)
        elif isinstance(shape, Tiles):
            _tiles(axes, shape, place)
        elif isinstance(shape, Text):
            _write(axes, shape, place)
    _flush(axes, kind, together, place, alpha)


def _flush(axes: Any, kind: str, shapes: list[Any], place: _Place, alpha: float) -> None:
    """Paint areas, or lines whose caps are of a kind."""
    from matplotlib.collections import PathCollection

    from gridworld_env.rendering.paper_artists import ScaledLines

    if not shapes:
        return
    colours: Any = [_rgb(shape.colour) for shape in shapes]
    group: Any
    if kind == "area":
        group = PathCollection([_outline(shape, place) for shape in shapes], facecolors=colours, linewidths=0)
    else:
        points = [[place.point(point) for point in shape.points] for shape in shapes]
        widths = [shape.width * place.unit for shape in shapes]
        group = ScaledLines(points, widths=widths, colors=colours, capstyle=kind, joinstyle="round")
    group.set(alpha=alpha, zorder=_next(axes), in_layout=False)
    axes.add_collection(group, autolim=False)


def _cap(stroke: Stroke, alpha: float) -> str:
    """Return how a line ends: straight where it meets others at right angles, else round."""
    (x0, y0), (x1, y1) = stroke.points[0], stroke.points[-1]
    straight = x0 == x1 or y0 == y1
    return "butt" if straight and len(stroke.points) == 2 and alpha == 1 else "round"


def _outline(shape: Disc | Polygon, place: _Place) -> Any:
    from matplotlib.path import Path

    if isinstance(shape, Disc):
        return Path.circle(place.point(shape.centre), shape.radius * place.unit)
    points = [place.point(point) for point in shape.points]
    return Path([*points, points[0]], closed=True)


def _tiles(axes: Any, tiles: Tiles, place: _Place) -> None:
    left, top = place.point((tiles.x, tiles.y))
    right, bottom = place.point((tiles.x + tiles.width, tiles.y + tiles.height))
    extent = (left, right, bottom, top)
    axes.imshow(tiles.colours, extent=extent, interpolation="nearest", aspect="equal", zorder=_next(axes))


def _write(axes: Any, text: Text, place: _Place) -> None:
    from gridworld_env.rendering.paper_artists import ScaledText

    size = min(text.size, text.width / _heights(text.text))
    if size < READABLE and text.anchor != "left":
        return
    written = ScaledText(
        *place.point(text.at),
        text.text,
        height=size * place.unit,
        color=_rgb(text.colour),
        ha="center" if text.anchor == "centre" else text.anchor,
        va="center_baseline",
        parse_math=False,
        zorder=_next(axes),
    )
    axes.add_artist(written)


def _heights(text: str) -> float:
    """Return the width of a text in heights of its font, about."""
    return sum(WIDE if unicodedata.east_asian_width(letter) in "WF" else TEXT_WIDTH for letter in text)


def _next(axes: Any) -> int:
    """Return the layer above all others: matplotlib would paint lines over areas whatever came first."""
    return len(axes.get_children())


def _rgb(colour: Colour) -> tuple[float, float, float]:
    r, g, b = colour
    return r / 255, g / 255, b / 255
