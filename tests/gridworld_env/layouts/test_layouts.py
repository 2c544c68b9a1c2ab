from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld_env.envs.deep_sea import deep_sea_world
from gridworld_env.envs.maze import maze_world
from gridworld_env.envs.random_walk import random_walk_world
from gridworld_env.layouts import Layout
from gridworld_env.layouts.random_layouts import fewest_walls_path

ALLOWED = "allowed are '.' free, '#' wall, 'F' forbidden, 'S' start, 'T' target (rows and columns counted from 1)"
QUICK = settings(max_examples=50, deadline=None)  # no deadline: other work may slow the machine down
SEEDS = st.integers(0, 2**32)
DENSITY = st.floats(0, 1)


@st.composite
def maps(draw, symbols=".#FST"):
    width = draw(st.integers(1, 12))
    return "\n".join(draw(st.lists(st.text(symbols, min_size=width, max_size=width), min_size=1, max_size=12)))


def reachable(layout):
    """Cells that can be reached from the starts, found one by one."""
    seen = {layout.position(int(s)) for s in np.flatnonzero(layout.starts)}
    stack = list(seen)
    while stack:
        row, col = stack.pop()
        for r, c in ((row - 1, col), (row, col + 1), (row + 1, col), (row, col - 1)):
            inside = 0 <= r < layout.height and 0 <= c < layout.width
            if inside and layout.cells[r, c] != "#" and (r, c) not in seen:
                seen.add((r, c))
                stack.append((r, c))
    return seen


def refuses(message):
    return pytest.raises(ValueError, match=f"^{re.escape(message)}$")


# Text


@QUICK
@given(maps())
def test_text_and_layout_are_two_forms_of_the_same(text):
    layout = Layout.parse(text)
    assert layout.to_text() == str(layout) == text
    assert Layout.parse(text.split("\n")) == Layout(layout.cells) == layout
    assert layout.cells.dtype == "<U1"
    assert ["".join(row) for row in layout.cells] == text.split("\n")


@QUICK
@given(maps(), st.integers(0, 6), st.integers(0, 3), st.sampled_from(["\n", "\r\n"]))
def test_white_space_around_a_map_is_dropped(text, indent, blank, newline):
    rows = [" " * indent + row for row in text.split("\n")]
    dressed = newline.join(["  "] * blank + rows + ["    "] * blank)
    assert Layout.parse(dressed).to_text() == text


def test_a_triple_quoted_string_is_a_map():
    assert Layout.parse(
        """
        S.#
        .F.
        ..T
        """
    ) == Layout.parse("S.#\n.F.\n..T")


@QUICK
@given(maps(), st.characters(exclude_characters=".#FST \t\n\r"), st.data())
def test_an_unknown_character_is_named_with_its_place(text, character, data):
    rows = [list(row) for row in text.split("\n")]
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    rows[row][column] = character
    message = f"row {row + 1}, column {column + 1} holds {character!r}; {ALLOWED}"
    with refuses(message):
        Layout.parse("\n".join(map("".join, rows)))
    if character != "\0":  # NumPy cannot tell it from an empty string
        with refuses(message):
            Layout(np.array(rows))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("..\n.x", f"row 2, column 2 holds 'x'; {ALLOWED}"),
        ("\n   S..\n   .xT\n", f"row 2, column 2 holds 'x'; {ALLOWED}"),
        ("..\n ..", f"row 2, column 1 holds ' '; {ALLOWED}"),
        (["..", "\n."], f"row 2, column 1 holds '\\n'; {ALLOWED}"),
    ],
)
def test_unknown_characters(text, message):
    with refuses(message):
        Layout.parse(text)


@pytest.mark.parametrize("text", ["...\n..\n...", ["...", "..", "..."]])
def test_a_ragged_map_is_refused(text):
    with refuses(
        "row 2 has length 2, expected 3 as in row 1; every row of a map must have the same length (rows counted from 1)"
    ):
        Layout.parse(text)


def test_a_blank_line_inside_a_map_is_a_row_of_length_0():
    with pytest.raises(ValueError, match="row 2 has length 0, expected 1"):
        Layout.parse(".\n\n.")


@pytest.mark.parametrize("text", ["", "\n \n", [], [""], ()])
def test_an_empty_map_is_refused(text):
    with pytest.raises(ValueError, match=r"^a map must have at least one row and one column, got none; it holds '[.]'"):
        Layout.parse(text)


@pytest.mark.parametrize("value", [None, 3, b"S.T", [1, 2], [["S", "T"]], {"S.T"}, np.array(["S.T"])])
@pytest.mark.parametrize("read", [Layout.parse, Layout.coerce])
def test_what_is_no_text_is_refused(read, value):
    with pytest.raises(
        ValueError, match=r"^a map must be a string or a sequence of row strings, got .*; it holds '[.]'"
    ):
        read(value)


@pytest.mark.parametrize("cells", ["S.T", ["S.", ".T"], np.zeros((2, 2)), np.empty((0, 3), "<U1"), [[b"S", b"T"]]])
def test_the_constructor_takes_arrays_of_characters_only(cells):
    with pytest.raises(
        ValueError,
        match=r"^cells must be a non-empty \(height, width\) array of single characters, got shape .* dtype",
    ):
        Layout(cells)


@pytest.mark.parametrize(("cell", "shown"), [("S.", "'S.'"), ("", "''")])
def test_the_constructor_refuses_entries_that_are_not_one_character(cell, shown):
    with refuses(f"row 1, column 2 holds {shown}; {ALLOWED}"):
        Layout(np.array([["S", cell, "T"]]))


def test_the_constructor_reads_any_memory_layout():
    cells = np.array([list("S.T"), list("F.#")])
    for given_cells in (
        cells,
        np.asfortranarray(cells),
        cells.astype(">U1"),
        cells.astype("<U7"),
        cells.tolist(),
    ):
        assert Layout(given_cells).to_text() == "S.T\nF.#"
    assert Layout(cells.T[::-1]).to_text() == "T#\n..\nSF"


# A value


@QUICK
@given(maps(), maps())
def test_layouts_compare_and_hash_by_value(a, b):
    assert (Layout.parse(a) == Layout.parse(b)) == (a == b)
    assert hash(Layout.parse(a)) == hash(Layout.parse(a))
    assert Layout.parse(a) != a
    assert len({Layout.parse(a), Layout.parse(b), Layout.parse(a)}) == len({a, b})


def test_shape_is_part_of_the_value():
    assert len({Layout.parse(text) for text in ("....", "..\n..", ".\n.\n.\n.")}) == 3


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])  # noqa: S301
def test_copies_are_equal_and_read_only(duplicate):
    layout = Layout.named("book")
    assert layout.starts.any()  # computed before the copy is taken
    twin = duplicate(layout)
    assert twin == layout
    assert hash(twin) == hash(layout)
    for array in (twin.cells, twin.starts, twin.targets, twin.walls, twin.forbidden):
        assert not array.flags.writeable


def test_a_layout_cannot_be_changed():
    source = np.array([["S", "T"]])
    layout = Layout(source)
    source[0, 0] = "#"
    assert layout.to_text() == "ST"
    with pytest.raises(AttributeError):
        layout.cells = source
    with pytest.raises(ValueError, match="read-only"):
        layout.cells[0, 0] = "#"
    with pytest.raises(ValueError, match="WRITEABLE"):
        layout.cells.flags.writeable = True
    with pytest.raises(ValueError, match="read-only"):
        layout.walls[0] = True


def test_repr():
    assert repr(Layout.parse("S.#\n.F.\n..T")) == r"Layout.parse('S.#\n.F.\n..T')"
    assert repr(Layout.parse(["S#" + "." * 98] * 10)) == (
        "<Layout 10x100: 980 free, 10 wall, 0 forbidden, 10 start, 0 target>"
    )


@QUICK
@given(maps())
def test_repr_builds_the_layout(text):
    assert eval(repr(Layout.parse(text))) == Layout.parse(text)  # noqa: S307


# Cells and states


@QUICK
@given(maps())
def test_masks_and_numbers_agree_with_the_text(text):
    layout = Layout.parse(text)
    flat = text.replace("\n", "")
    assert layout.shape == (layout.height, layout.width) == layout.cells.shape
    assert layout.num_states == len(flat)
    start = "S" if "S" in flat else "."
    for mask, symbol in (
        (layout.walls, "#"),
        (layout.forbidden, "F"),
        (layout.targets, "T"),
        (layout.starts, start),
    ):
        assert mask.dtype == np.bool_
        assert mask.tolist() == [c == symbol for c in flat]
        assert not mask.flags.writeable
    for s, symbol in enumerate(flat):
        row, col = layout.position(s)
        assert layout.cells[row, col] == symbol
        assert layout.state(row, col) == s


def test_places_are_counted_from_0_and_must_be_on_the_map():
    layout = Layout.parse("...\n...")
    assert layout.state(1, 2) == layout.state(np.int64(1), np.uint8(2)) == 5
    assert layout.position(np.int32(5)) == (1, 2)
    assert all(type(number) is int for number in (*layout.position(np.int32(5)), layout.state(np.int64(1), 0)))
    for row in (-1, 2, 1.0, "1", None):
        with refuses(f"row must be an integer in [0, 2), counted from 0, got {row!r}"):
            layout.state(row, 0)
    with refuses("col must be an integer in [0, 3), counted from 0, got 3"):
        layout.state(0, 3)
    for state in (-1, 6):
        with refuses(f"state must be an integer in [0, 6), counted from 0, got {state}"):
            layout.position(state)


@QUICK
@given(maps())
def test_solvable_is_what_a_plain_search_says(text):
    layout = Layout.parse(text)
    targets = [layout.position(int(s)) for s in np.flatnonzero(layout.targets)]
    expected = bool(layout.starts.any())
    for s in np.flatnonzero(layout.starts):
        cells = np.where(np.isin(layout.cells, ["S", "."]), "F", layout.cells)
        cells[layout.position(int(s))] = "S"
        expected &= any(target in reachable(Layout(cells)) for target in targets)
    assert layout.solvable is expected


@pytest.mark.parametrize(
    ("text", "solvable"),
    [
        ("ST", True),
        ("SFT", True),
        (".", False),  # no target
        ("T", False),  # no start
        ("S#T", False),
        ("S#\n#T", False),  # diagonal
        ("S.#.T", False),
        ("ST#S", False),  # one start of two
        (".T#.", False),  # without S every free cell is a start
        ("ST#T#.", True),
        ("ST#TS", True),
    ],
)
def test_solvable(text, solvable):
    assert Layout.parse(text).solvable is solvable


# Names


def test_names():
    assert Layout.names() == (
        "blocking-maze",
        "book",
        "book-2x2",
        "cliff",
        "dyna-maze",
        "empty-5x5",
        "empty-8x8",
        "four-rooms",
        "shortcut-maze",
        "windy",
    )


@pytest.mark.parametrize("name", Layout.names())
def test_named_layouts_have_a_target_that_can_be_reached(name):
    layout = Layout.named(name)
    assert layout.targets.sum() == 1
    assert layout.solvable


def places(layout, mask):
    return {layout.position(int(s)) for s in np.flatnonzero(mask)}


def test_the_book():
    book = Layout.named("book")
    assert book.shape == (5, 5)
    assert places(book, book.forbidden) == {(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)}
    assert places(book, book.targets) == {(3, 2)}
    assert book.starts.sum() == 25 - 6 - 1
    assert not book.walls.any()
    assert Layout.named("book-2x2").to_text() == ".F\n.T"


@pytest.mark.parametrize(
    ("name", "shape", "start", "target"),
    [
        ("four-rooms", (13, 13), (4, 1), (8, 9)),
        ("cliff", (4, 12), (3, 0), (3, 11)),
        ("windy", (7, 10), (3, 0), (3, 7)),
        ("dyna-maze", (6, 9), (2, 0), (0, 8)),
        ("blocking-maze", (6, 9), (5, 3), (0, 8)),
        ("shortcut-maze", (6, 9), (5, 3), (0, 8)),
        ("empty-5x5", (5, 5), (0, 0), (4, 4)),
        ("empty-8x8", (8, 8), (0, 0), (7, 7)),
    ],
)
def test_starts_and_targets(name, shape, start, target):
    layout = Layout.named(name)
    assert layout.shape == shape
    assert places(layout, layout.starts) == {start}
    assert places(layout, layout.targets) == {target}


@pytest.mark.parametrize(
    ("name", "walls"),
    [
        ("windy", set()),
        ("cliff", set()),
        ("empty-5x5", set()),
        ("dyna-maze", {(1, 2), (2, 2), (3, 2), (4, 5), (0, 7), (1, 7), (2, 7)}),
        ("blocking-maze", {(3, col) for col in range(8)}),
        ("shortcut-maze", {(3, col) for col in range(1, 9)}),
    ],
)
def test_walls(name, walls):
    layout = Layout.named(name)
    assert places(layout, layout.walls) == walls


def test_the_cliff_is_forbidden():
    cliff = Layout.named("cliff")
    assert places(cliff, cliff.forbidden) == {(3, col) for col in range(1, 11)}


def test_four_rooms_has_104_open_cells_and_four_hallways():
    rooms = Layout.named("four-rooms")
    assert (~rooms.walls).sum() == 104
    closed = rooms.cells.copy()
    for hallway in ((3, 6), (6, 2), (7, 9), (10, 6)):
        assert closed[hallway] == "."
        closed[hallway] = "#"
    closed[closed != "#"] = "."
    for room in ((1, 1), (1, 7), (7, 1), (8, 7)):
        closed[room] = "S"
    parted = Layout(closed)
    assert len(reachable(parted)) == 100
    assert Layout(np.where(parted.cells == "S", "T", parted.cells)).solvable  # each room holds one of the four


ALL_NAMES = "The names are " + ", ".join(Layout.names())


@pytest.mark.parametrize(
    ("name", "shown", "nearest"),
    [
        ("bok", "'bok'", "book"),
        ("Four_Rooms", "'Four_Rooms'", "four-rooms"),
        ("dynamaze", "'dynamaze'", "dyna-maze"),
    ],
)
def test_an_unknown_name_suggests_the_nearest(name, shown, nearest):
    with refuses(f"unknown layout {shown}; did you mean {nearest!r}? {ALL_NAMES}"):
        Layout.named(name)
    with refuses(
        f"{shown} is neither the name of a layout nor a map; did you mean {nearest!r}? {ALL_NAMES}; "
        "a map holds '.' free, '#' wall, 'F' forbidden, 'S' start, 'T' target; of a file, pass Layout.read(path), or "
        "layout=@FILE on the command line"
    ):
        Layout.coerce(name)


@pytest.mark.parametrize("name", ["", "?", 3, None, ["book"], "S.T", "x" * 100_000])
def test_whatever_is_no_name_is_refused(name):
    with pytest.raises(
        ValueError, match=r"^unknown layout .{1,40}; did you mean '[a-z0-9-]+'[?] The names are blocking"
    ):
        Layout.named(name)


def test_coerce():
    layout = Layout.parse("S.T")
    assert Layout.coerce(layout) is layout
    for value in ("S.T", " S.T ", "\nS.T\n", ["S.T"], ("S.T",)):
        assert Layout.coerce(value) == layout
    assert Layout.coerce("T") == Layout.parse("T")
    for name in Layout.names():
        assert Layout.coerce(name) == Layout.named(name)
    with refuses(f"row 1, column 2 holds 'x'; {ALLOWED}"):
        Layout.coerce("Sx\n.T")
    with pytest.raises(ValueError, match="at least one row"):
        Layout.coerce("")


# Mazes


@QUICK
@given(st.integers(1, 12), st.integers(2, 12), SEEDS, st.booleans())
def test_a_maze_is_perfect(short, long, seed, flip):
    height, width = (2 * long + 1, 2 * short + 1) if flip else (2 * short + 1, 2 * long + 1)
    layout = Layout.maze(height, width, np.random.default_rng(seed))
    assert layout.shape == (height, width)
    inside = layout.cells[1:-1, 1:-1]
    assert (layout.walls.sum() - (inside == "#").sum()) == 2 * (height + width) - 4  # the border is wall
    assert (inside[::2, ::2] != "#").all()  # corridor cells
    assert (inside[1::2, 1::2] == "#").all()
    num_cells = short * long
    assert (~layout.walls).sum() == 2 * num_cells - 1  # cells and passages of a tree ...
    assert len(reachable(layout)) == 2 * num_cells - 1  # ... which is connected
    assert places(layout, layout.starts) == {(1, 1)}
    assert layout.starts.sum() == layout.targets.sum() == 1
    assert layout.solvable


@QUICK
@given(SEEDS)
def test_the_target_of_a_maze_is_the_farthest_corridor_cell(seed):
    layout = Layout.maze(9, 15, np.random.default_rng(seed))
    walls = layout.walls.reshape(layout.shape)
    distance = {
        (row, col): len(fewest_walls_path(walls, layout.state(1, 1), layout.state(row, col)))
        for row in range(1, 9, 2)
        for col in range(1, 15, 2)
    }
    (target,) = places(layout, layout.targets)
    assert distance[target] == max(distance.values())


@pytest.mark.parametrize(("height", "width"), [(4, 5), (5, 4), (1, 5), (5, 1), (3, 3), (-3, 5), (0, 0)])
def test_maze_sizes(height, width):
    with refuses(
        "a maze's height and width must be odd and at least 3, one of them at least 5 (corridors lie between "
        f"walls, and S and T need a cell each), got {height} x {width}"
    ):
        Layout.maze(height, width, np.random.default_rng(0))


# Rooms


@QUICK
@given(st.integers(1, 12), st.integers(1, 12), SEEDS, DENSITY, DENSITY)
def test_a_room_holds_what_was_asked_for(height, width, seed, wall_density, forbidden_density):
    height += height * width == 1
    forbidden_density = min(forbidden_density, 1 - wall_density)
    layout = Layout.room(
        height,
        width,
        np.random.default_rng(seed),
        wall_density=wall_density,
        forbidden_density=forbidden_density,
    )
    size = height * width
    assert layout.shape == (height, width)
    assert layout.starts.sum() == layout.targets.sum() == (layout.cells == "S").sum() == 1
    assert layout.solvable
    assert places(layout, layout.targets) <= reachable(layout)

    num_walls, num_forbidden = round(wall_density * size), round(forbidden_density * size)
    assert layout.walls.sum() <= num_walls
    if layout.walls.sum() < num_walls:  # then the way is all that is left
        (start,), (target,) = np.flatnonzero(layout.starts), np.flatnonzero(layout.targets)
        path = fewest_walls_path(layout.walls.reshape(layout.shape), int(start), int(target))
        assert sorted(path) == np.flatnonzero(~layout.walls).tolist()
    assert layout.forbidden.sum() == min(num_forbidden, size - 2 - layout.walls.sum())


@pytest.mark.parametrize("wall_density", [0, 0.3, 0.5, 0.7])
@pytest.mark.parametrize("seed", range(20))
def test_counts_are_exact_where_there_is_room(wall_density, seed):
    layout = Layout.room(20, 30, np.random.default_rng(seed), wall_density=wall_density, forbidden_density=0.1)
    assert layout.walls.sum() == round(wall_density * 600)
    assert layout.forbidden.sum() == 60
    assert layout.solvable


def test_a_room_of_walls_is_a_corridor():
    layout = Layout.room(9, 9, np.random.default_rng(3), wall_density=1, forbidden_density=0)
    (start,), (target,) = places(layout, layout.starts), places(layout, layout.targets)
    assert (~layout.walls).sum() == abs(start[0] - target[0]) + abs(start[1] - target[1]) + 1
    full = Layout.room(9, 9, np.random.default_rng(3), wall_density=0, forbidden_density=1)
    assert full.forbidden.sum() == 79


def test_every_cell_can_hold_the_start_and_the_target():
    rng = np.random.default_rng(0)
    drawn = {Layout.room(2, 2, rng, wall_density=0, forbidden_density=0) for _ in range(200)}
    assert len(drawn) == 12


@QUICK
@given(st.integers(1, 6), st.integers(2, 6), SEEDS, DENSITY)
def test_the_path_crosses_the_fewest_walls(height, width, seed, density):
    rng = np.random.default_rng(seed)
    walls = rng.random((height, width)) < density
    start, target = (int(s) for s in rng.choice(height * width, 2, replace=False))
    walls.reshape(-1)[[start, target]] = False
    path = fewest_walls_path(walls, start, target)
    assert (path[0], path[-1]) == (start, target)
    rows, columns = np.divmod(path, width)
    assert (np.abs(np.diff(rows)) + np.abs(np.diff(columns)) == 1).all()

    crossed = np.full(walls.shape, np.inf)  # relaxed until nothing changes
    crossed.reshape(-1)[start] = 0
    for _ in range(height * width):
        padded = np.pad(crossed, 1, constant_values=np.inf)
        nearest = np.minimum.reduce([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
        crossed = np.minimum(crossed, nearest + walls)
    assert walls.reshape(-1)[path].sum() == crossed.reshape(-1)[target]


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("size", "densities", "message"),
    [
        ((1, 1), {}, "a room needs at least 2 cells, one for S and one for T, got 1 x 1"),
        ((0, 5), {}, "a room needs at least 2 cells, one for S and one for T, got 0 x 5"),
        ((-2, -2), {}, "a room needs at least 2 cells, one for S and one for T, got -2 x -2"),
        ((2.5, 2), {}, "height must be an integer, got 2.5"),
        ((2, "2"), {}, "width must be an integer, got '2'"),
        ((2, 2), {"wall_density": 1.5}, "wall_density must be in [0, 1], got 1.5"),
        ((2, 2), {"wall_density": "0.5"}, "wall_density must be in [0, 1], got '0.5'"),
        ((2, 2), {"forbidden_density": -0.1}, "forbidden_density must be in [0, 1], got -0.1"),
        ((2, 2), {"forbidden_density": float("nan")}, "forbidden_density must be in [0, 1], got nan"),
        (
            (2, 2),
            {"wall_density": 0.7, "forbidden_density": 0.4},
            "wall_density + forbidden_density must be at most 1, got 0.7 + 0.4; lower one of them",
        ),
    ],
)
def test_rooms_that_cannot_be(size, densities, message):
    with refuses(message):
        Layout.room(*size, RNG, **densities)


# Randomness


@pytest.mark.parametrize("make", [Layout.maze, Layout.room])
def test_the_same_generator_state_gives_the_same_layout(make):
    layouts = [make(11, 13, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert layouts[0] == layouts[1] != layouts[2]
    rng = np.random.default_rng(1)
    assert make(11, 13, rng) == layouts[0] != make(11, 13, rng)


@pytest.mark.parametrize("make", [Layout.maze, Layout.room])
@pytest.mark.parametrize(
    ("rng", "advice"), [(3, "default_rng(3)"), (None, "default_rng()"), ("a", "default_rng(seed)")]
)
def test_only_a_generator_is_a_source_of_randomness(make, rng, advice):
    with refuses(f"rng must be a numpy.random.Generator, got {rng!r}; use numpy.random.{advice}"):
        make(5, 5, rng)


# Size and weight


def test_a_large_map_is_read_and_written():
    text = "\n".join(["S" + "." * 998 + "T"] * 1000)
    layout = Layout.parse(text)
    assert layout.to_text() == text
    assert layout.solvable
    assert layout.starts.sum() == 1000


def test_a_large_room():
    layout = Layout.room(1000, 1000, np.random.default_rng(0), wall_density=0.45)
    assert layout.solvable
    assert layout.walls.sum() == 450_000
    assert layout.forbidden.sum() == 100_000


@pytest.mark.slow
@pytest.mark.parametrize("wall_density", [0, 0.41, 0.6, 0.9])
def test_large_rooms(wall_density):
    layout = Layout.room(1000, 1000, np.random.default_rng(1), wall_density=wall_density)
    assert layout.solvable
    assert layout.walls.sum() == round(wall_density * 1_000_000)


@pytest.mark.slow
def test_a_large_maze():
    assert Layout.maze(1001, 1001, np.random.default_rng(0)).solvable


def test_reading_a_map_loads_no_scipy():
    code = (
        "import sys; from gridworld_env.layouts import Layout; Layout.named('book').starts; "
        "sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
def test_rows_as_a_file_has_them(end, mark, last):
    """As `file.readlines()` returns them, from any system, and as text."""
    rows = [f"{mark}  S.#{end}", f"  .FT{end if last else ''}"]
    expected = Layout.parse("S.#\n.FT")
    assert Layout.parse(rows) == expected
    assert Layout.parse([end, *rows, end]) == expected or mark
    if end in {"\n", "\r\n"}:
        assert Layout.parse("".join(rows)) == expected


def test_a_row_with_a_line_end_in_it_is_refused():
    with pytest.raises(ValueError, match=r"row 1, column 3 holds '\\n'"):
        Layout.parse(["S.\n.T"])


@pytest.mark.parametrize(("height", "width"), [(30001, 30001), (3, 10**12 + 1)])
def test_maps_that_no_memory_holds_are_refused_at_once(height, width):
    for make in (Layout.maze, Layout.room):
        with pytest.raises(ValueError, match=rf"would have {height * width:,} cells: at most 4,000,000 are made"):
            make(height, width, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("world", "arguments"),
    [(deep_sea_world, {"size": 10**8}), (random_walk_world, {"num_states": 10**8}), (maze_world, {"size": 30001})],
)
def test_worlds_that_no_memory_holds_are_refused_at_once(world, arguments):
    with pytest.raises(ValueError, match="at most 4,000,000 are made"):
        world(**arguments)


def test_a_map_is_read_from_a_file(tmp_path):
    file = tmp_path / "map.txt"
    file.write_bytes("\ufeff\r\n  S.\r\n  .T  \r\n".encode())  # as editors leave them
    assert Layout.read(file) == Layout.read(str(file)) == Layout.coerce(file) == Layout.parse("S.\n.T")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"\xff\xfe\x00", "cannot be read: it is no text in UTF-8"),
        (b"S.\n.X", "holds no map: row 2, column 2 holds 'X'"),
        (b"", "holds no map: a map must have at least one row"),
    ],
)
def test_the_error_of_a_file_names_it(tmp_path, content, reason):
    file = tmp_path / "map.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(repr(str(file))) + " " + re.escape(reason)):
        Layout.read(file)
