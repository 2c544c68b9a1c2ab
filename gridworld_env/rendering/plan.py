"""Where things lie in a frame: the board, the lines of text, the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from gridworld_env.common.checks import whole_number

if TYPE_CHECKING:
    from gridworld_env.rendering.scene import Scene

DEFAULT_BOARD = 560
"""Pixels of the longer side of a board where no size is asked for, but for boards of few cells, which are smaller."""

DEFAULT_CELL = 96
LEAST_WITH_TEXT = 160
"""Frames of fewer pixels than this have neither lines of text nor a legend."""

SIZES = (16, 8192)


LEAST_LEGEND = 2
"""Heights of a line of text that the legend's bar is long at least; where there is no room for it, there is none."""

Place = Literal["right", "below", "none"]


class Plan(NamedTuple):
    """The parts of a frame, in pixels."""

    width: int
    height: int
    x: int  # of the board's top left corner
    y: int
    cell: int
    rows: int
    columns: int
    text: int  # height of the lines of text; 0: there are none
    legend: Place

    @property
    def board(self) -> tuple[int, int]:
        """Width and height of the board."""
        return self.columns * self.cell, self.rows * self.cell


def checked_size(size: object) -> int | None:
    """Return the size of a frame, None for the default.

    Raises:
        ValueError: If it is out of range.
    """
    if size is None:
        return None
    number = whole_number("size (pixels of a frame's longer side)", size, SIZES[0])
    if number > SIZES[1]:
        raise ValueError(f"size (pixels of a frame's longer side) must be in {list(SIZES)}, got {number}")
    return number


def plan(scene: Scene, size: int | None) -> Plan:
    """Lay out a frame.

    Args:
        scene: What it shows; of its lines only whether there are any counts.
        size: Pixels of the frame's longer side, which it fills as far as whole cells go; cells of one pixel are the
            smallest, whatever the size. None: a readable size.
    """
    rows, columns = scene.layout.shape
    places: tuple[Place, ...] = ("right", "below", "none")
    for legend in places[1:] if columns >= 3 * rows else places:
        made = _with_legend(scene, size, legend)
        width, height = made.board
        length = {"right": height - 3 * made.text, "below": width - 6 * made.text, "none": 0}[made.legend]
        if length >= LEAST_LEGEND * made.text:
            break
    return made


def _with_legend(scene: Scene, size: int | None, legend: Place) -> Plan:
    """Lay out a frame with its legend, should it have one, at a place."""
    rows, columns = scene.layout.shape
    text = 0 if (size or DEFAULT_BOARD) < LEAST_WITH_TEXT else min(20, max(12, round((size or DEFAULT_BOARD) / 36)))
    strip = round(1.9 * text)  # a line of text with its margins
    shown = any(table is not None for table in (scene.values, scene.action_values, scene.visits))
    beside: Place = legend if shown and text else "none"
    legend_width = round(4.4 * text) if beside == "right" else 0
    legend_height = 2 * strip if beside == "below" else 0
    above = strip if scene.caption and text else 0
    under = strip if scene.heads_up and text else 0
    if size is None:
        cell = min(DEFAULT_CELL, DEFAULT_BOARD // max(rows, columns))
    else:
        cell = min((size - legend_width) // columns, (size - above - under - legend_height) // rows)
    cell = max(1, cell)
    return Plan(
        columns * cell + legend_width,
        rows * cell + above + under + legend_height,
        0,
        above,
        cell,
        rows,
        columns,
        text,
        beside,
    )
