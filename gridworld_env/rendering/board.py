"""The part of a picture that stays while an episode runs: the map, what is believed about it, legend and caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.rendering import beliefs, marks
from gridworld_env.rendering.colours import FLOOR, GRID, INK, PAPER, legible_on, mix, scale
from gridworld_env.rendering.ground import Scale, coloured, colours_of, scale_of
from gridworld_env.rendering.shapes import READABLE, Stroke, Text, Tiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridworld_env.rendering.colours import Colour
    from gridworld_env.rendering.plan import Plan
    from gridworld_env.rendering.scene import Scene
    from gridworld_env.rendering.shapes import Point, Shape

BACKGROUND = PAPER

# Cells with fewer pixels a side go without:
LEAST_FOR_LINES = 6
LEAST_FOR_MARKS = 8
LEAST_FOR_BELIEFS = 10
LEAST_FOR_NUMBERS = 36
LEAST_FOR_SECTOR_NUMBERS = 84

LIFTED, BELOW = 0.39, 0.8
"""Where the arrows and the number of a cell that has both are, in sides from its upper edge."""


def shapes_of(scene: Scene, plan: Plan) -> Iterator[Shape]:
    """Draw all of a scene that does not move."""
    scale_ = scale_of(scene)
    colours = colours_of(scene, scale_)
    yield Tiles(colours.reshape(plan.rows, plan.columns, 3), plan.x, plan.y, *plan.board)
    if plan.cell >= LEAST_FOR_LINES:
        yield from lines(plan)
    cells = _Cells(scene, plan, scale_, [(int(r), int(g), int(b)) for r, g, b in colours])
    if plan.cell >= LEAST_FOR_MARKS:
        for s in range(scene.layout.num_states):
            yield from cells.draw(s)
    yield from caption_and_legend(scene.caption, plan, scale_)


def words_of(scene: Scene, plan: Plan) -> Iterator[Text]:
    """Write the heads-up line, which changes with every frame."""
    if scene.heads_up and plan.text:
        under = plan.height if plan.legend == "below" else plan.y + plan.board[1] + 1.9 * plan.text
        at = (plan.text * 0.5, under - 0.95 * plan.text)
        yield Text(scene.heads_up, at, plan.text, INK, plan.width - plan.text, "left")


def centre_of(scene: Scene, plan: Plan, s: int) -> Point:
    """Return the point around which a cell's arrows and its agent are drawn."""
    row, column = divmod(s, plan.columns)
    lifted = scene.policy is not None and _numbered(scene, plan)
    return plan.x + (column + 0.5) * plan.cell, plan.y + (row + (LIFTED if lifted else 0.5)) * plan.cell


def _numbered(scene: Scene, plan: Plan) -> bool:
    """Return whether a number stands in each cell."""
    return scale_of_numbers(scene) is not None and plan.cell >= LEAST_FOR_NUMBERS


def scale_of_numbers(scene: Scene) -> np.ndarray | None:
    """Return the numbers that are written into the cells: (S,), the values or, without any, the visits."""
    if scene.action_values is not None:
        return None
    return scene.values if scene.values is not None else scene.visits


def lines(plan: Plan) -> Iterator[Shape]:
    """Draw the lines between the cells."""
    width, height = plan.board
    thick = max(1.0, plan.cell / 70)
    for row in range(plan.rows + 1):
        y = plan.y + row * plan.cell
        yield Stroke(((plan.x, y), (plan.x + width, y)), thick, GRID)
    for column in range(plan.columns + 1):
        x = plan.x + column * plan.cell
        yield Stroke(((x, plan.y), (x, plan.y + height)), thick, GRID)


class _Cells:
    """Draws one cell after the other."""

    def __init__(self, scene: Scene, plan: Plan, scale_: Scale | None, colours: list[Colour]) -> None:
        self.scene, self.plan, self.scale, self.colours = scene, plan, scale_, colours
        self.covered = coloured(scene, scale_)
        self.crowded = self.covered.any() or scene.policy is not None
        self.visits = None
        if scene.visits is not None and (scene.values is not None or scene.action_values is not None):
            self.visits = np.log1p(scene.visits) / np.log1p(max(1, int(scene.visits.max())))

    @property
    def _writes_action_values(self) -> bool:
        return self.plan.cell >= LEAST_FOR_SECTOR_NUMBERS and self.scene.policy is None

    def draw(self, s: int) -> Iterator[Shape]:
        """Draw what lies on a cell's ground."""
        layout, side = self.scene.layout, self.plan.cell
        row, column = divmod(s, self.plan.columns)
        x, y = self.plan.x + column * side, self.plan.y + row * side
        if layout.walls[s]:
            yield from marks.bricks(x, y, side)
            return
        believes = side >= LEAST_FOR_BELIEFS
        if believes and self.scene.action_values is not None and self.covered[s]:
            yield from self._action_values(s, x, y)
        yield from self._marks(s, x, y)
        if believes:
            yield from self._beliefs(s, x, y)

    def _marks(self, s: int, x: float, y: float) -> Iterator[Shape]:
        scene, side, ground = self.scene, self.plan.cell, self.colours[s]
        layout, crowded = scene.layout, bool(self.crowded)
        if layout.forbidden[s]:
            numbered = scene.action_values is not None and self._writes_action_values
            yield from marks.hatching(x, y, side, ground, covered=bool(self.covered[s]), framed_only=numbered)
        faint = marks.faint(ground) if not self.covered[s] else mix(legible_on(ground), ground, 0.75)
        strength = 0 if scene.wind is None else int(scene.wind[s % self.plan.columns])
        if strength and not layout.targets[s]:
            yield from marks.chevrons(x, y, side, strength, faint, corner=crowded)
        if scene.slippery is not None and scene.slippery[s]:
            yield from marks.wave(x, y, side, faint)
        if layout.cells[divmod(s, self.plan.columns)] == "S":
            yield from marks.ring(x, y, side, corner=crowded)
        if layout.targets[s]:
            yield from marks.star(x, y, side, corner=crowded)

    def _beliefs(self, s: int, x: float, y: float) -> Iterator[Shape]:
        scene, side, ground = self.scene, self.plan.cell, self.colours[s]
        if self.visits is not None:
            yield from beliefs.visits_bar(x, y, side, float(self.visits[s]), ground)
        if scene.policy is not None:
            # On the sectors of action values no one colour can be read everywhere: there the arrows get a rim.
            ink = legible_on(ground)
            rim = mix(INK, ground, 0.75) if scene.action_values is not None else ground
            ink = (255, 255, 255) if scene.action_values is not None else ink
            reach = beliefs.REACH_BESIDE_NUMBER if _numbered(scene, self.plan) else beliefs.REACH
            centre = centre_of(scene, self.plan, s)
            yield from beliefs.arrows(centre, side, scene.policy[s], scene.moves, ink, rim, reach)
        numbers = scale_of_numbers(scene)
        if numbers is not None and side >= LEAST_FOR_NUMBERS and not np.isnan(numbers[s]):
            below = scene.policy is not None
            size = max(READABLE + 1.0, side * (0.17 if below else 0.26))
            at = (x + side / 2, y + side * (BELOW if below else 0.5))
            text = str(numbers[s]) if numbers.dtype == np.int64 else beliefs.number(float(numbers[s]))
            if scene.layout.forbidden[s]:
                yield marks.plate(at, size, len(text), side, ground)
            yield Text(text, at, size, legible_on(ground), side * 0.86)

    def _action_values(self, s: int, x: float, y: float) -> Iterator[Shape]:
        assert self.scale is not None  # noqa: S101 - it is there where a cell is covered
        q = self.scene.action_values[s]  # type: ignore[index]
        painted = scale(np.nan_to_num(self.scale.share(q)))
        known = ~np.isnan(q)
        colours = [tuple(map(int, c)) if k else None for c, k in zip(painted, known, strict=True)]
        # The ground below has the colour of the greatest: what is unknown must not look like it.
        grounds = [FLOOR if colour is None else colour for colour in colours]
        yield from beliefs.sectors(x, y, self.plan.cell, grounds, self.scene.moves)  # type: ignore[arg-type]
        if self._writes_action_values:
            yield from beliefs.sector_texts(x, y, self.plan.cell, q, colours, self.scene.moves)  # type: ignore[arg-type]


def caption_and_legend(caption: str, plan: Plan, scale_: Scale | None) -> Iterator[Shape]:
    """Draw the caption and the legend."""
    if plan.text and caption:
        at = (plan.text * 0.5, plan.y / 2)
        yield Text(caption, at, plan.text, INK, plan.width - plan.text, "left")
    if scale_ is None or plan.legend == "none":
        return
    if plan.legend == "right":
        yield from _legend_beside(plan, scale_)
    else:
        yield from _legend_below(plan, scale_)


_STEPS = 64


def _ticks(scale_: Scale) -> list[tuple[float, str]]:
    """Return where the legend has numbers, as shares of its length, and the numbers."""
    if scale_.high == scale_.low:
        return [(0.5, beliefs.number(scale_.low))]
    if scale_.logarithmic:
        return [(0.0, "0"), (1.0, f"{scale_.high:.0f}")]
    low, high = scale_.low, scale_.high
    return [(share, beliefs.number(low + share * (high - low))) for share in (0.0, 0.5, 1.0)]


def _legend_beside(plan: Plan, scale_: Scale) -> Iterator[Shape]:
    width, height = plan.board
    left, top = plan.x + width + round(0.8 * plan.text), plan.y + 2 * plan.text
    bottom = plan.y + height - plan.text
    colours = scale(np.linspace(1, 0, _STEPS))[:, None]
    yield Text(scale_.name, (left, plan.y + plan.text), plan.text * 0.9, INK, 3.4 * plan.text, "left")
    yield Tiles(colours, left, top, plan.text, bottom - top)
    for share, label in _ticks(scale_):
        at = (left + 1.35 * plan.text, bottom - share * (bottom - top))
        yield Text(label, at, plan.text * 0.85, INK, 2.2 * plan.text, "left")


def _legend_below(plan: Plan, scale_: Scale) -> Iterator[Shape]:
    width, height = plan.board
    left, right = plan.x + 4 * plan.text, plan.x + width - 2 * plan.text
    top = plan.y + height + round(0.6 * plan.text)
    colours = scale(np.linspace(0, 1, _STEPS))[None]
    yield Text(
        scale_.name, (plan.x + 0.5 * plan.text, top + plan.text / 2), plan.text * 0.9, INK, 3 * plan.text, "left"
    )
    yield Tiles(colours, left, top, right - left, plan.text)
    for share, label in _ticks(scale_):
        at = (left + share * (right - left), top + 1.8 * plan.text)
        yield Text(label, at, plan.text * 0.85, INK, 3 * plan.text)
