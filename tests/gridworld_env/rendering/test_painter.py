"""A scene goes in, a frame comes out: fresh, the same for the same scene, of the size asked for, whatever the scene."""

import copy
import dataclasses
import textwrap

import gymnasium as gym
import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import gridworld_env  # noqa: F401 - registers the environments
from gridworld_env.layouts import Layout
from gridworld_env.rendering import Painter, Scene, board, movers, painter, raster
from gridworld_env.rendering.plan import plan
from gridworld_env.rendering.shapes import READABLE, Text
from gridworld_env.tabular.rules import MOVES

SHAPES = [(1, 1), (1, 7), (7, 1), (3, 40), (40, 3), (10, 29), (100, 100)]
SIZES = [16, 17, 23, 40, 64, 99, 131, 159, 160, 161, 180, 200, 256, 311, 400, 512, 599, 600]


def bare(height, width):
    return Layout.parse(["." * width] * height)


@pytest.fixture
def painted(monkeypatch):
    """A list that grows by the size of every board that is painted."""
    sizes = []

    def paint(shapes, width, height, ground, font):
        sizes.append((width, height))
        return raster.paint(shapes, width, height, ground, font)

    monkeypatch.setattr(painter, "paint", paint)
    return sizes


@pytest.fixture
def written(monkeypatch):
    """A list that grows by the height in pixels of the font of every text that is rendered."""
    heights = []
    real = raster._font

    def font(size, file):
        heights.append(size)
        return real(size, file)

    monkeypatch.setattr(raster, "_font", font)
    return heights


def test_a_frame_is_an_array_of_its_own():
    made, scene = Painter(200), Scene(layout="book", values=np.arange(25), agents=[3])
    first = made.frame(scene)
    kept = first.copy()
    assert first.dtype == np.uint8
    assert first.flags.writeable
    assert first.flags.c_contiguous
    first[:] = 7
    second = made.frame(scene)
    np.testing.assert_array_equal(second, kept)
    second[:] = 9
    assert (first == 7).all()
    np.testing.assert_array_equal(made.frame(scene), kept)


def test_the_same_scene_gives_the_same_frame_from_any_painter():
    def scene():
        policy = np.eye(5)[np.arange(25) % 5]
        return Scene(layout="book", values=np.arange(25), policy=policy, agents=[3], trail=[1, 2, 3], heads_up="step 2")

    frame = Painter(300).frame(scene())
    busy = Painter(300)
    for s in range(25):
        busy.frame(scene().at((s,), (0, s), "other"))
    np.testing.assert_array_equal(busy.frame(scene()), frame)


def test_a_board_is_painted_once_for_all_that_moves_on_it(painted):
    made, scene = Painter(200), Scene(layout="book", values=np.arange(25))
    frames = [made.frame(scene.at((s,), (s - 1, s))) for s in range(1, 25)]
    assert len(painted) == 1
    assert len({frame.tobytes() for frame in frames}) == 24
    made.frame(scene.at((3,), (), "step 1"))
    made.frame(scene.at((4,), (), "step 2"))
    assert len(painted) == 2  # the line below the map takes room


def test_a_board_is_painted_anew_for_another_scene(painted):
    made = Painter(200)
    values = np.arange(25.0)
    first = made.frame(Scene(layout="book", values=values))
    values[0] = 100  # the scene has a copy: nothing of what was shown changes
    second = made.frame(Scene(layout="book", values=values))
    assert len(painted) == 2
    assert (first != second).any()


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("layout", ["....", ".#..", "...T"]),
        ("values", np.arange(12)[::-1]),
        ("action_values", np.ones((12, 5))),
        ("policy", np.full(12, 1)),
        ("visits", np.arange(12)[::-1]),
        ("wind", [0, 0, 2, 0]),
        ("slippery", np.ones(12, np.bool_)),
        ("caption", "another caption"),
        ("moves", MOVES["cardinal+stay"][1:] + MOVES["cardinal+stay"][:1]),
    ],
)
def test_a_board_is_painted_anew_whatever_changes_on_it(painted, item, value):
    scene = Scene(
        layout=["....", ".F..", "...T"],
        values=np.arange(12),
        policy=np.zeros(12, int),
        visits=np.arange(12),
        wind=[0, 1, 1, 0],
        slippery=np.zeros(12, np.bool_),
        caption="a caption",
    )
    made = Painter(240)
    first = made.frame(scene)
    changed = copy.copy(scene)  # everything else stays the same object
    changed.__dict__[item] = getattr(dataclasses.replace(scene, **{item: value}), item)
    other = made.frame(changed)
    assert len(painted) == 2
    assert first.shape != other.shape or (first != other).any()
    np.testing.assert_array_equal(made.frame(copy.copy(scene)), first)
    assert len(painted) == 2  # the same items, so nothing new


@pytest.mark.parametrize(
    ("items", "trail", "steps"),
    [
        ({}, (0, 1, 7, 8), [(0, 1), (1, 0), (0, 1)]),
        ({}, (14, 0, 1), [(0, 1)]),  # carried back to a start
        ({}, (5, 6), []),  # the last cell of a row is not beside the first of the next
        ({"wind": [0, 2, 0, 0, 0, 0]}, (13, 2), [(-2, 1)]),
        ({"wind": [0, 1, 0, 0, 0, 0]}, (19, 1), [(-3, 0)]),  # up, with a wind one stronger than usual
        ({"wind": [0, 0, 0, 0, 0, 0]}, (18, 0), []),
    ],
)
def test_a_trail_has_the_steps_that_an_action_can_make(items, trail, steps):
    scene = Scene(layout=bare(4, 6), trail=trail, **items)
    found = list(movers.steps_of(scene))
    assert [move for _, move, _ in found] == steps
    opacities = [opacity for _, _, opacity in found]
    assert opacities == sorted(set(opacities))  # the newest is the strongest
    assert all(0 < opacity <= 200 for opacity in opacities)


def test_boards_are_forgotten_where_they_take_much_room(painted, monkeypatch):
    scenes = [Scene(layout="book", values=np.arange(25) + i) for i in range(4)]
    monkeypatch.setattr(painter, "REMEMBERED", 2 * Painter(100).frame(scenes[0]).nbytes)
    made = Painter(100)
    painted.clear()
    for scene in scenes:
        made.frame(scene)
    assert len(made._boards) == 2
    made.frame(scenes[3])
    made.frame(scenes[2])
    assert len(painted) == 4
    made.frame(scenes[0])
    assert len(painted) == 5


def test_an_environment_paints_anew_when_its_overlay_changes_and_then_only(painted):
    env = gym.make("GridWorld-v0", render_mode="rgb_array", render_size=200)
    env.reset(seed=1)
    plain = env.render()
    for action in range(5):
        env.step(action)
        env.render()
    assert len(painted) == 1
    env.unwrapped.overlay(values=np.arange(25))
    valued = env.render()
    env.step(0)
    env.render()
    assert len(painted) == 2
    env.unwrapped.overlay(values=np.arange(25)[::-1])
    assert (env.render() != valued).any()
    assert len(painted) == 3
    env.unwrapped.overlay(values=None)
    assert env.render().shape == plain.shape
    env.close()
    np.testing.assert_array_equal(env.render(), env.render())


@pytest.mark.parametrize("shape", SHAPES)
def test_no_frame_is_longer_than_was_asked_for(shape):
    layout = bare(*shape)
    S = layout.num_states
    values, policy = np.linspace(-1, 1, S), np.full((S, 5), 0.2)
    lines = {"caption": "a caption", "heads_up": "step 1"}
    scenes = [Scene(layout=layout), Scene(layout=layout, values=values, policy=policy, agents=[S // 2], **lines)]
    for size in SIZES if S < 1000 else SIZES[::4]:
        for scene in scenes:
            where = plan(scene, size)
            frame = Painter(size).frame(scene)
            assert frame.shape == (where.height, where.width, 3)
            if where.cell > 1:
                assert max(frame.shape) <= size
                assert where.width + shape[1] > size or where.height + shape[0] > size  # no larger cells would fit
            else:
                assert frame.shape[0] >= shape[0]
                assert frame.shape[1] >= shape[1]


@pytest.mark.parametrize("legend", [False, True])
def test_every_size_fits_and_leaves_room_for_the_legend(legend):
    layouts = [bare(*shape) for shape in SHAPES]
    scenes = [Scene(layout=layout, values=np.arange(layout.num_states) if legend else None) for layout in layouts]
    for scene in scenes:
        for size in range(16, 601):
            where = plan(scene, size)
            assert max(where.width, where.height) <= size or where.cell == 1
            width, height = where.board
            assert (width <= where.width) & (height <= where.height)
            if where.legend == "right":
                assert height - 3 * where.text > 0
            elif where.legend == "below":
                assert width - 6 * where.text > 0
            assert legend or where.legend == "none"


@st.composite
def scene_items(draw):
    """Draw the items of a scene: any map, tables with and without unknown numbers."""
    rows = draw(st.integers(1, 7))
    columns = draw(st.integers(1, 9))
    lines = draw(st.lists(st.text("..#FST", min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    S, moves = rows * columns, MOVES[draw(st.sampled_from(sorted(MOVES)))]
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))

    def numbers(*shape):
        table = rng.normal(0, 10.0 ** draw(st.integers(-9, 9)), shape)
        table[rng.random(shape) < draw(st.sampled_from([0, 0.3, 1]))] = np.nan
        return np.round(table) if draw(st.booleans()) else table

    def policy():
        table = rng.dirichlet(np.full(len(moves), 0.3), S)
        table[rng.random(S) < draw(st.sampled_from([0, 0.3, 1]))] = draw(st.sampled_from([0, np.nan]))
        return table

    makers = {
        "values": lambda: numbers(S),
        "action_values": lambda: numbers(S, len(moves)),
        "policy": policy,
        "visits": lambda: rng.integers(0, 10 ** draw(st.integers(1, 12)), S),
        "wind": lambda: rng.integers(0, 7, columns),
        "slippery": lambda: rng.random(S) < 0.5,
        "agents": lambda: rng.integers(0, S, 2),
        "trail": lambda: rng.integers(0, S, draw(st.integers(0, 9))),
        "caption": lambda: draw(
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
        ),
        "heads_up": lambda: "step 1000000   return -1000000.00   optimum -1000000.00",
    }
    chosen = draw(st.lists(st.sampled_from(sorted(makers)), unique=True))
    return {"layout": lines, "moves": moves, **{name: makers[name]() for name in chosen}}


@pytest.mark.filterwarnings("ignore:no font here has")  # captions are of all of Unicode
@hypothesis.settings(max_examples=150, deadline=None)
@hypothesis.given(items=scene_items(), size=st.integers(16, 600))
def test_every_scene_can_be_painted(items, size):
    scene = Scene(**items)
    made = Painter(size)
    frame = made.frame(scene)
    assert frame.dtype == np.uint8
    assert max(frame.shape) <= size or plan(scene, size).cell == 1
    np.testing.assert_array_equal(made.frame(scene), frame)


@pytest.mark.parametrize("size", [16, 40, 100, 170, 190, 260, 420, 600])
def test_no_text_too_small_to_read_is_written(written, size):
    values = np.linspace(-123456, 123456, 25)
    lines = {"caption": "a caption " * 9, "heads_up": "step 12 " * 9}
    for table in (
        {"values": values},
        {"visits": np.arange(25) * 10**6},
        {"action_values": np.outer(values, np.ones(5))},
    ):
        Painter(size).frame(Scene(layout="book", **table, **lines))
    assert all(height >= READABLE for height in written)
    assert (len(written) > 0) == (size >= 160)


def test_text_is_left_out_rather_than_written_small():
    def rendered(text, height, width, anchor="centre"):
        return raster._rendered(Text(text, (0, 0), height, (0, 0, 0), width, anchor), None)

    assert rendered("12345", 20, 100).get_width() <= 100
    assert rendered("12345", 20, 100).get_height() > rendered("12345", 20, 30).get_height() >= READABLE
    assert rendered("12345", 20, 10) is None
    assert rendered("12345", 8.4, 100) is None
    assert rendered("a line of words", 20, 60, "left").get_width() <= 60
    assert rendered("a line of words", 20, 10, "left") is None
    assert rendered("a line of words", 8, 60, "left") is None


def test_numbers_appear_with_room_for_them(written):
    for side in (board.LEAST_FOR_NUMBERS - 1, board.LEAST_FOR_NUMBERS):
        written.clear()
        scene = Scene(layout=["..", ".."], values=[1, 2, 3, 4])
        size = next(size for size in range(16, 600) if plan(scene, size).cell == side)
        Painter(size).frame(scene)
        assert (len(written) > 0) == (side >= board.LEAST_FOR_NUMBERS)


@pytest.mark.parametrize("size", [15, 8193, 0, -1, 2.0, "200", True])
def test_a_size_out_of_range_is_refused(size):
    message = r"size \(pixels of a frame's longer side\) must be (an integer >= 16|in \[16, 8192\]), got"
    with pytest.raises(ValueError, match=message):
        Painter(size)


def test_unknown_action_values_do_not_look_like_the_greatest():
    q = np.array([[np.nan, 1.0, 5.0, 2.0]])
    scene = Scene(layout=["."], action_values=q, moves=MOVES["cardinal"])
    frame = Painter(100).frame(scene)
    assert plan(scene, 100).cell == 100
    up, down = frame[10, 50].astype(int), frame[90, 50].astype(int)
    assert abs(up - down).max() > 50
    np.testing.assert_array_equal(up, Painter(100).frame(Scene(layout=["."]))[10, 50])


def test_fonts_are_made_anew_after_pygame_was_shut_down():
    pg = raster.pygame_module()
    scene = Scene(layout=["."], values=[0.5])
    frame = Painter(200).frame(scene)
    pg.quit()
    np.testing.assert_array_equal(Painter(200).frame(scene), frame)


def test_painting_opens_no_display_and_touches_no_sound(run_python, monkeypatch):
    for name in ("SDL_VIDEODRIVER", "SDL_AUDIODRIVER", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    code = """
        import sys
        import numpy as np
        from gridworld_env.rendering import Painter, Scene
        assert "pygame" not in sys.modules
        scene = Scene(layout="book", values=np.arange(25), agents=[3], trail=[1, 2, 3], caption="values")
        assert Painter().frame(scene).std() > 0
        import pygame
        print(pygame.display.get_init(), pygame.display.get_surface(), pygame.mixer.get_init(), pygame.get_init())
    """
    assert run_python(textwrap.dedent(code)) == "False None None False"
