"""A point slides along walls, and no step, however long, takes it into one or through one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from gridworld_env.engine.continuous.sliding import END, FREE, SOLID, ZONE, slide

CODES = {".": FREE, "#": SOLID, "F": ZONE, "T": END}


def cells_of(*rows):
    return np.array([[CODES[symbol] for symbol in row] for row in rows], np.uint8)


def moved(rows, start, step, resumes=True):
    """Return (x, y) after a step, and the rest of what `slide` tells."""
    x, y, *rest = slide(cells_of(*rows), *map(float, start), *map(float, step), resumes)
    return (x, y), rest


def before(border):
    return float(np.nextafter(border, 0.0))


steps = st.one_of(
    st.floats(-2, 2),
    st.floats(-1e300, 1e300, allow_nan=False),
    st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1e-16, 1.0, -1.0, 0.5, 3.0]),
)
# Places inside cells, on their borders and one rounding step before the next.
places = st.one_of(st.floats(0, 1, exclude_max=True), st.sampled_from([0.0, 0.5, before(1.0)]))


@st.composite
def situations(draw, codes=(FREE, FREE, SOLID, ZONE)):
    H, W = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    numbers = np.frombuffer(draw(st.binary(min_size=25, max_size=25)), np.uint8)[: H * W]  # one draw: lists are slow
    cells = np.array(codes, np.uint8)[numbers % len(codes)].reshape(H, W)
    row, column = draw(st.integers(0, H - 1)), draw(st.integers(0, W - 1))
    cells[row, column] = FREE
    x = min(column + draw(places), before(column + 1.0))
    y = min(row + draw(places), before(row + 1.0))
    return cells, (x, y), (draw(steps), draw(steps)), draw(st.booleans())


def cell_at(cells, x, y):
    assert 0 <= x < cells.shape[1]
    assert 0 <= y < cells.shape[0]
    return cells[int(y), int(x)]


def stays_in_its_room(situation):
    cells, (x, y), (dx, dy), resumes = situation
    end_x, end_y, made, zone, held, _, _, over = slide(cells, x, y, dx, dy, resumes)
    assert cell_at(cells, end_x, end_y) != SOLID
    rooms, _ = ndimage.label(cells != SOLID)  # rooms that touch in a corner only are two
    assert rooms[int(y), int(x)] == rooms[int(end_y), int(end_x)]
    assert made == 1.0
    assert not over
    assert 0 <= zone <= 1 + 1e-12
    assert 0 <= held <= 1 + 1e-12
    for start, end, step in ((x, end_x, dx), (y, end_y, dy)):  # never against the step, never farther than it
        assert 0 <= (end - start) * math.copysign(1, step) <= abs(step) + 1e-15 * max(start, 1.0)


@settings(max_examples=300, deadline=None)
@given(situations())
def test_no_step_ends_in_a_wall_or_behind_one(situation):
    stays_in_its_room(situation)


@pytest.mark.slow
@settings(max_examples=5000, deadline=None)
@given(situations())
def test_none_of_many_steps_ends_in_a_wall_or_behind_one(situation):
    stays_in_its_room(situation)


@settings(max_examples=500, deadline=None)
@given(situations(codes=(FREE, FREE, SOLID, ZONE, END)))
def test_the_walk_ends_on_the_border_of_an_end(situation):
    cells, (x, y), (dx, dy), resumes = situation
    end_x, end_y, made, _, _, _, _, over = slide(cells, x, y, dx, dy, resumes)
    assert over == (cell_at(cells, end_x, end_y) == END)
    assert over or made == 1.0
    if over:
        blocked = np.where(cells == END, SOLID, cells).astype(np.uint8)
        near = slide(blocked, x, y, dx, dy, resumes)  # with a wall in its place, one is held there or past it
        assert near[5] or near[6]


@settings(max_examples=300, deadline=None)
@given(situations(), st.integers(2, 7))
def test_a_step_in_parts_is_the_same_step(situation, parts):
    """Somebody who keeps on pushing comes to the same place, however finely the time is cut."""
    cells, (x, y), (dx, dy), _ = situation
    dx, dy = math.remainder(dx, 7.3), math.remainder(dy, 7.7)
    whole = slide(cells, x, y, dx, dy, True)
    at, shares = (x, y), np.zeros(2)
    for _ in range(parts):
        part = slide(cells, *at, dx / parts, dy / parts, True)
        at, shares = part[:2], shares + part[3:5]
    if np.abs(np.subtract(at, whole[:2])).max() > 1e-9:  # only where the path runs through a corner
        assert runs_through_a_corner(cells, (x, y), (dx, dy))
    elif not runs_through_a_corner(cells, (x, y), (dx, dy)):
        np.testing.assert_allclose(shares / parts, whole[3:5], atol=1e-9)


def runs_through_a_corner(cells, start, step):
    """Return whether a path comes so close to a corner that rounding decides on which side it passes."""

    def near(at, off):
        return min(max(at + off, float(int(at))), before(int(at) + 1.0))

    offs = ((0, 0), (1e-7, 0), (-1e-7, 0), (0, 1e-7), (0, -1e-7), (1e-7, 1e-7), (-1e-7, 1e-7))
    ends = [slide(cells, near(start[0], off[0]), near(start[1], off[1]), *step, True) for off in offs]
    away = np.array([end[:5] for end in ends])
    return np.ptp(away, axis=0).max() > 1e-6 or any(at % 1 in {0.0, before(1.0)} for at in start)


def crept(cells, at, step, substeps, resumes):
    """Return where tiny steps lead, each made in both axes one after the other and undone where it ends in a wall."""
    (x, y), (dx, dy) = at, np.divide(step, substeps)
    H, W = cells.shape

    def enters(x, y):
        return not (0 <= x < W and 0 <= y < H) or cells[int(y), int(x)] == SOLID

    for _ in range(substeps):
        if enters(x + dx, y):
            dx = dx if resumes else 0.0
        else:
            x += dx
        if enters(x, y + dy):
            dy = dy if resumes else 0.0
        else:
            y += dy
    return x, y


def test_tiny_steps_lead_to_the_same_place():
    """Two hundred random steps through random rooms; in general position tiny steps miss by a few of their lengths."""
    rng, substeps, missed = np.random.default_rng(0), 4000, 0
    for i in range(200):
        cells = np.where(rng.random((5, 6)) < 0.3, SOLID, FREE).astype(np.uint8)
        free = np.argwhere(cells == FREE)
        y, x = free[rng.integers(len(free))] + rng.random(2)
        step, resumes = rng.uniform(-6, 6, 2), bool(i % 2)
        exact = slide(cells, x, y, *step, resumes)[:2]
        missed += np.abs(np.subtract(exact, crept(cells, (x, y), step, substeps, resumes))).max() > 0.01
    assert missed <= 2  # a path that passes a corner within a tiny step's length may go either way


@pytest.mark.parametrize("resumes", [True, False])
def test_sliding_keeps_the_motion_along_the_wall(resumes):
    (x, y), rest = moved(["....", "####"], (0.5, 0.5), (2.25, 1.0), resumes)
    assert (x, y) == (2.75, before(1.0))
    assert rest == [1.0, 0.0, pytest.approx(0.5), False, True, False]
    (x, y), rest = moved(["####", "...."], (3.5, 1.5), (-2.25, -1.0), resumes)
    assert (x, y) == (1.25, 1.0)
    assert rest == [1.0, 0.0, pytest.approx(0.5), False, True, False]


def test_where_a_wall_ends_a_push_goes_on_and_momentum_does_not():
    rows = ["....", "##..", "...."]
    (x, y), rest = moved(rows, (1.0, 0.5), (2.0, 1.0), resumes=True)
    assert (x, y) == (3.0, 1.5)  # the corner is reached at the very moment at which y gets there
    (x, y), rest = moved(rows, (0.5, 0.5), (2.0, 1.0), resumes=True)
    assert (x, y) == (2.5, 1.25)  # held from time 1/2 to 3/4
    assert rest[2] == pytest.approx(0.25)
    (x, y), rest = moved(rows, (0.5, 0.5), (2.0, 1.0), resumes=False)
    assert (x, y) == (2.5, before(1.0))
    assert rest[2] == pytest.approx(0.5)


@pytest.mark.parametrize("far", [0.6, 1.0, 1e6, 1e300])
@pytest.mark.parametrize(("right", "down"), [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_a_corner_between_two_walls_is_not_cut(right, down, far):
    rows = [".#", "#."] if right == down else ["#.", ".#"]
    start = (0.5 if right > 0 else 1.5, 0.5 if down > 0 else 1.5)
    (x, y), _ = moved(rows, start, (right * far, down * far))
    assert (int(x), int(y)) == (int(start[0]), int(start[1]))
    assert (x, y) == tuple(before(1.0) if sign > 0 else 1.0 for sign in (right, down))


@pytest.mark.parametrize(("walls", "end"), [(".#..", (before(1.0), 1.5)), ("..#.", (1.5, before(1.0)))])
def test_at_a_corner_the_solid_side_counts(walls, end):
    assert moved([walls[:2], walls[2:]], (0.5, 0.5), (1.0, 1.0), resumes=False)[0] == end
    assert moved([walls[:2], walls[2:]], (0.5, 0.5), (1.0, 1.0), resumes=True)[0] == (1.5, 1.5)  # and is over at once


def test_at_an_outer_corner_the_motion_along_x_wins():
    assert moved(["..", ".#"], (0.5, 0.5), (1.0, 1.0))[0] == (1.5, before(1.0))
    assert moved(["..", ".."], (0.5, 0.5), (1.0, 1.0))[0] == (1.5, 1.5)


def test_no_speed_tunnels_through_a_wall_or_over_the_edge():
    for speed in (1.0, 1e3, 1e9, 1e300):
        assert moved([".#."], (0.5, 0.5), (speed, 0))[0] == (before(1.0), 0.5)
        assert moved([".#."], (2.5, 0.5), (-speed, 0))[0] == (2.0, 0.5)
        assert moved([".#."], (2.5, 0.5), (speed, -speed))[0] == (before(3.0), 0.0)


def test_an_end_and_a_zone_are_not_jumped_over():
    assert moved(["..F.T."], (0.5, 0.5), (5.0, 0.0)) == ((4.0, 0.5), [0.7, 0.2, 0.0, False, False, True])
    assert moved([".T.F.."], (5.5, 0.5), (-5.0, 0.0))[0] == (before(2.0), 0.5)


def test_the_time_in_a_zone_is_exact():
    assert moved([".F..", "FF.."], (0.25, 0.5), (2.0, 0.0))[1][1] == pytest.approx(0.5)
    assert moved(["F"], (0.5, 0.5), (0.0, 0.0))[1] == [1.0, 1.0, 0.0, False, False, False]


def test_a_long_walk_never_sticks_at_a_corner():
    """A thousand pushes against the corners of a comb of walls: a step along a wall is never shorter than it should."""
    rows = [".........", ".#.#.#.#.", "........."]
    (x, y), rng = (0.5, 0.5), np.random.default_rng(1)
    cells = cells_of(*rows)
    for _ in range(1000):
        before_step = x
        dx, dy = rng.uniform(-0.3, 0.3), 0.3
        x, y, _, _, _, x_held, _, _ = slide(cells, x, min(y, before(1.0)), dx, dy, True)
        if not x_held:
            assert x == pytest.approx(before_step + dx, abs=1e-12)
        y = 0.5
