"""Kinds of cells are told apart by their forms: without colour, and whatever their lightness and contrast."""

import itertools

import numpy as np
import pytest

from gridworld_env.rendering import Painter, Scene, board
from gridworld_env.rendering.plan import plan

KINDS = ("wall", "forbidden", "start", "target", "free", "windy", "windier", "slippery")
ROW = "#FST...."

LEAST_CONTRAST = 12
"""Levels of grey, of 255, between the lightest and the darkest of a cell that has a mark."""

MOST_ALIKE = 0.7
"""Correlation of two cells' forms, laid over each other as well as they fit."""

MOST_ALIKE_IN_A_CORNER = 0.85
"""The same for marks made small by what else the cell shows."""

SHIFTS = tuple(itertools.product((-2, -1, 0, 1, 2), repeat=2))


def interiors(side, **items):
    """Return the grey insides of one cell of each kind, by kind: (n, n) float64."""
    columns = len(KINDS)
    slippery = np.zeros(3 * columns, np.bool_)
    slippery[columns + KINDS.index("slippery")] = True
    wind = [0] * columns
    wind[KINDS.index("windy")], wind[KINDS.index("windier")] = 1, 3
    scene = Scene(layout=["." * columns, ROW, "." * columns], wind=wind, slippery=slippery, **items)
    size = next(size for size in itertools.count(side * columns) if plan(scene, size).cell == side)
    where = plan(scene, size)
    frame = Painter(size).frame(scene)
    grey = frame @ [0.299, 0.587, 0.114]
    edge = max(2, side // 24)  # the lines between cells are no mark
    top, bottom = where.y + side + edge, where.y + 2 * side - edge
    found = {}
    for column, kind in enumerate(KINDS):
        left, right = where.x + column * side + edge, where.x + (column + 1) * side - edge
        found[kind] = grey[top:bottom, left:right]
    return found


def form(cell):
    """Return a cell with its mean taken away and its contrast made one; a flat cell is all zeros."""
    centred = cell - cell.mean()
    spread = np.sqrt((centred**2).sum())
    return centred / spread if spread > 1e-9 else np.zeros_like(cell)


def likeness(a, b):
    """Return the correlation of two cells where they fit best, moved by up to two pixels."""
    inner = (slice(2, -2), slice(2, -2))
    return max(float((form(np.roll(a, shift, (0, 1))[inner]) * form(b[inner])).sum()) for shift in SHIFTS)


@pytest.mark.parametrize("side", [16, 24, 32, 64, 96])
def test_all_kinds_of_cells_differ_in_form(side):
    cells = interiors(side)
    assert np.ptp(cells["free"]) == 0
    for kind, cell in cells.items():
        if kind != "free":
            assert np.ptp(cell) >= LEAST_CONTRAST, kind
    for a, b in itertools.combinations(KINDS, 2):
        assert likeness(cells[a], cells[b]) <= MOST_ALIKE, (a, b)


@pytest.mark.parametrize("value", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
@pytest.mark.parametrize("side", [48, 64])
def test_all_kinds_of_cells_differ_in_form_on_the_colour_of_a_value(monkeypatch, side, value):
    monkeypatch.setattr(board, "LEAST_FOR_NUMBERS", 1000)  # the same number in every cell would make all alike
    values = np.full(3 * len(KINDS), value)
    values[:2] = 0, 1  # the ends of the scale, in another row
    cells = interiors(side, values=values)
    assert np.ptp(cells["free"]) == 0
    for kind, cell in cells.items():
        if kind != "free":
            assert np.ptp(cell) >= LEAST_CONTRAST, kind
    for a, b in itertools.combinations(KINDS, 2):
        assert likeness(cells[a], cells[b]) <= MOST_ALIKE_IN_A_CORNER, (a, b)
