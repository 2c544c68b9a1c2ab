"""What a scene refuses and what it makes of what it takes; the colours of numbers."""

import numpy as np
import pytest

from gridworld_env.layouts import Layout
from gridworld_env.rendering import Scene, tiled
from gridworld_env.rendering.beliefs import number
from gridworld_env.rendering.colours import legible_on, lightness, scale
from gridworld_env.rendering.ground import scale_of

UNIFORM = np.full((4, 5), 0.2)


def scene(**items):
    return Scene(**{"layout": [".F", "#T"], **items})


def changed(table, s, row):
    table = table.copy()
    table[s] = row
    return table


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ({"layout": "bok"}, "'bok' is neither the name of a layout nor a map; did you mean 'book'"),
        ({"values": [1, 2, 3]}, "values must be numbers of shape (4,), got shape (3,)"),
        ({"values": "high"}, "values must be numbers of shape (4,), got 'high'"),
        ({"values": [1, 2, 3, np.inf]}, "values must be finite, or NaN where unknown, got an infinite number"),
        ({"action_values": np.zeros((4, 4))}, "action_values must be numbers of shape (4, 5), got shape (4, 4)"),
        (
            {"action_values": np.full((4, 5), -np.inf)},
            "action_values must be finite, or NaN where unknown, got an infinite number",
        ),
        (
            {"policy": np.zeros((4, 4))},
            "policy must be numbers of shape (4, 5) or (S,) integers, the actions, got shape (4, 4)",
        ),
        ({"policy": [0, 1, 2, 5]}, "a policy of actions must hold integers in [0, 5), got 0 to 5"),
        ({"policy": [0, -1, 2, 4]}, "a policy of actions must hold integers in [0, 5), got -1 to 4"),
        ({"policy": [0.0, 1.0, 2.0, 3.0]}, "policy must be numbers of shape (4, 5) or (S,) integers, the actions, got"),
        (
            {"policy": changed(UNIFORM, 2, [0.5, 0, 0, 0, 0])},
            "the rows of a policy must be probabilities that sum to 1, got [0.5 0.  0.  0.  0. ] for state 2",
        ),
        (
            {"policy": changed(UNIFORM, 1, [-0.5, 1.5, 0, 0, 0])},
            "the rows of a policy must be probabilities that sum to 1, got [-0.5  1.5  0.   0.   0. ] for state 1",
        ),
        (
            {"policy": changed(UNIFORM, 3, [1, -1, 0, 0, 0])},
            "the rows of a policy must be probabilities that sum to 1, got [ 1. -1.  0.  0.  0.] for state 3",
        ),
        ({"visits": [1, 2, 3]}, "visits must be numbers of shape (4,), got shape (3,)"),
        ({"visits": [1, 2, 3, -1]}, "visits must be whole numbers >= 0, got [1, 2, 3, -1]"),
        ({"visits": [1, 2, 3, 0.5]}, "visits must be whole numbers >= 0, got [1, 2, 3, 0.5]"),
        ({"visits": [1, 2, 3, np.nan]}, "visits must be whole numbers >= 0, got [1, 2, 3, nan]"),
        ({"visits": [1, 2, 3, np.inf]}, "visits must be whole numbers >= 0, got [1, 2, 3, inf]"),
        ({"visits": -np.ones((4, 5))}, "visits must be whole numbers >= 0, got"),
        ({"wind": [1]}, "wind must be numbers of shape (2,), got shape (1,)"),
        ({"wind": [1, -1]}, "wind must be whole numbers >= 0, got [1, -1]"),
        ({"slippery": [True]}, "slippery must be numbers of shape (4,), got shape (1,)"),
        ({"agents": [4]}, "agents must be a sequence of cells, integers in [0, 4), got [4]"),
        ({"agents": [-1]}, "agents must be a sequence of cells, integers in [0, 4), got [-1]"),
        ({"agents": 2}, "agents must be a sequence of cells, integers in [0, 4), got 2"),
        ({"agents": [0.5]}, "agents must be a sequence of cells, integers in [0, 4), got [0.5]"),
        ({"trail": [0, 7]}, "trail must be a sequence of cells, integers in [0, 4), got [0, 7]"),
        ({"moves": [(0, 1)], "policy": UNIFORM}, "policy must be numbers of shape (4, 1) or (S,) integers"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_value_and_the_rule(items, message):
    with pytest.raises(ValueError) as caught:
        scene(**items)
    assert str(caught.value).startswith(message)


def test_an_unknown_item_is_refused():
    with pytest.raises(TypeError, match="vales"):
        scene(vales=[1, 2, 3, 4])


def test_a_scene_is_what_it_was_given():
    policy = changed(changed(UNIFORM, 0, np.nan), 1, 0)
    made = scene(
        values=[1, 2, np.nan, 4],
        policy=policy,
        visits=np.ones((4, 5)),
        wind=[0, 2],
        slippery=[True, False, False, True],
        agents=np.array([1]),
        trail=(0, 1),
        caption=5,
    )
    assert made.layout == Layout.parse(".F\n#T")
    np.testing.assert_array_equal(made.values, [1, 2, np.nan, 4])
    np.testing.assert_array_equal(made.policy, changed(changed(UNIFORM, 0, 0), 1, 0))
    np.testing.assert_array_equal(made.visits, [5, 5, 5, 5])
    np.testing.assert_array_equal(made.wind, [0, 2])
    np.testing.assert_array_equal(made.slippery, [True, False, False, True])
    assert (made.agents, made.trail, made.caption) == ((1,), (0, 1), "5")
    np.testing.assert_array_equal(scene(policy=[0, 1, 2, 4]).policy, np.eye(5)[[0, 1, 2, 4]])


def test_what_a_scene_holds_cannot_be_written_to_nor_changed_from_outside():
    values = np.arange(4.0)
    made = scene(values=values, policy=[0, 1, 2, 3], visits=[1, 2, 3, 4], wind=[1, 2])
    values[0] = 9
    assert made.values[0] == 0
    for table in (made.values, made.policy, made.visits, made.wind):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 1
    with pytest.raises(AttributeError):
        made.values = values


def test_a_later_scene_shares_everything_but_who_is_where():
    made = scene(values=np.arange(4), agents=[0], trail=[1, 0], heads_up="step 1")
    later = made.at((1,), (0, 1), "step 2")
    assert later.values is made.values
    assert (later.agents, later.trail, later.heads_up) == ((1,), (0, 1), "step 2")
    assert (made.agents, made.trail, made.heads_up) == ((0,), (1, 0), "step 1")
    assert made.without("values").values is None
    assert made.values is not None


def test_the_scale_spans_the_numbers_that_are_shown():
    walled = scene(values=[1, 2, 99, np.nan])
    assert scale_of(walled)[:3] == ("v", 1, 2)
    assert scale_of(scene(values=[1, 2, 3, 4], action_values=np.full((4, 5), 7.0)))[:3] == ("q", 7, 7)
    assert scale_of(scene(visits=[1, 0, 50, 8])) == ("visits", 0, 8, True)
    assert scale_of(scene(values=np.full(4, np.nan))) is None
    assert scale_of(scene()) is None
    np.testing.assert_array_equal(scale_of(walled).share(np.array([1, 1.5, 2, np.nan])), [0, 0.5, 1, np.nan])
    shares = scale_of(scene(visits=[1, 0, 50, 8])).share(np.array([0, 2, 8]))
    np.testing.assert_allclose(shares, [0, 0.5, 1])


def test_colours_are_those_of_viridis():
    matplotlib = pytest.importorskip("matplotlib")
    shares = np.linspace(0, 1, 1001)
    theirs = 255 * matplotlib.colormaps["viridis"](shares)[:, :3]
    assert abs(scale(shares) - theirs).max() <= 6
    assert scale(np.zeros((3, 2))).shape == (3, 2, 3)


def test_text_is_legible_on_every_colour():
    for colour in [*scale(np.linspace(0, 1, 101)).tolist(), (0, 0, 0), (255, 255, 255)]:
        assert abs(lightness(legible_on(tuple(colour))) - lightness(tuple(colour))) > 0.33


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.00"),
        (-0.004, "0.00"),
        (0.005, "0.01"),
        (-1, "-1.00"),
        (9.994, "9.99"),
        (9.996, "10.0"),
        (-99.94, "-99.9"),
        (99.96, "100"),
        (12345.6, "12346"),
        (-0.0, "0.00"),
    ],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_a_mosaic_shows_every_frame_once():
    frames = [np.full((20, 30, 3), 50 + shade, np.uint8) for shade in range(7)]
    picture = tiled(frames)
    for shade in range(7):
        assert (picture == 50 + shade).all(axis=2).sum() == 600
    assert 0.5 < picture.shape[0] / picture.shape[1] < 2
    assert (tiled(frames[:1]) == frames[0]).all()
    with pytest.raises(ValueError, match="a mosaic needs frames, all of one shape, got none"):
        tiled([])
    with pytest.raises(
        ValueError, match=r"a mosaic needs frames, all of one shape, got \[\(9, 9, 3\), \(20, 30, 3\)\]"
    ):
        tiled([frames[0], np.zeros((9, 9, 3), np.uint8)])
