"""Pictures of a continuous grid world show the map, the field of values, the arrows, the trail and the point."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_env  # noqa: F401 - registers the ids
from gridworld_env.rendering.colours import AGENT, FLOOR, FORBIDDEN, WALL, scale
from gridworld_env.rendering.point_painter import PointPainter
from gridworld_env.rendering.point_scene import PointScene

MAP = ["S.#.", "..F.", "...T"]


def frame(size=None, **items):
    return PointPainter(size).frame(PointScene(layout=MAP, **items)).astype(int)


def near(colour, other, tolerance=12):
    return np.abs(np.subtract(colour, other)).max() <= tolerance


def test_cells_look_like_those_of_grid_worlds():
    picture = frame()
    side = picture.shape[1] // 4
    assert picture.shape == (3 * side, 4 * side, 3)
    assert near(picture[int(1.25 * side), int(0.25 * side)], FLOOR)
    assert near(picture[int(0.15 * side), int(2.1 * side)], WALL)
    assert (np.abs(picture[side : 2 * side, 2 * side : 3 * side] - FORBIDDEN).max(axis=2) < 12).mean() > 0.3


def test_the_point_is_where_it_is():
    side = frame().shape[1] // 4
    for place in [(0.5, 0.5), (1.77, 2.31), (3.2, 1.9)]:
        picture = frame(point=place)
        assert near(picture[int(place[1] * side), int(place[0] * side)], AGENT)
        changed = np.argwhere(np.abs(picture - frame()).max(axis=2) > 20)
        np.testing.assert_allclose(changed.mean(axis=0)[::-1] / side, place, atol=0.04)


def test_the_trail_leads_to_the_point():
    side = frame().shape[1] // 4
    trail = [(0.2, 1.5), (0.7, 1.5), (1.7, 1.5)]
    drawn = np.abs(frame(trail=trail) - frame()).max(axis=2)
    old, new = drawn[int(1.5 * side), int(0.4 * side)], drawn[int(1.5 * side), int(1.2 * side)]
    assert 20 < old < new
    assert drawn[int(1.5 * side), int(1.9 * side)] == 0


def test_values_are_a_field_with_a_legend():
    F = 10
    field = np.broadcast_to(np.linspace(0, 1, 4 * F), (3 * F, 4 * F)).copy()
    field[2 * F :, 3 * F :] = np.nan
    picture = frame(values=field)
    side = (picture.shape[0]) // 3
    assert picture.shape[1] > 4 * side
    for x in (0.55, 1.45, 3.65):
        assert near(picture[int(1.2 * side), int(x * side)], scale(np.array((x * F // 1) / (4 * F - 1))))
    assert near(picture[int(2.1 * side), int(3.1 * side)], FLOOR)


@pytest.mark.parametrize("action", [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-0.5, 0)])
def test_arrows_point_where_the_action_leads(action):
    """An arrow lies along its action, is longer for a stronger one, and, if long, wider where its head is."""
    side = frame().shape[1] // 4
    none = [[np.nan] * 4]
    drawn = np.abs(frame(policy=[[1.0, 1.5, *action]]) - frame(policy=none)).max(axis=2)
    ys, xs = np.nonzero(drawn > 60)
    places = np.stack([xs / side - 1.0, ys / side - 1.5], axis=1)
    towards = np.array(action) / np.hypot(*action)
    along, across = places @ towards, places @ [-towards[1], towards[0]]
    assert np.ptp(along) > 1.5 * np.ptp(across)
    assert np.ptp(along) == pytest.approx(0.36 * np.hypot(*action) + 0.03, abs=0.05)
    front = along > along.min() + 0.6 * np.ptp(along)
    assert np.ptp(along) < 0.3 or np.ptp(across[front]) > 1.2 * np.ptp(across[~front])


def test_a_painter_repaints_what_has_changed():
    painter, first = PointPainter(), PointScene(layout=MAP, point=(0.5, 0.5))
    one = painter.frame(first)
    np.testing.assert_array_equal(painter.frame(first), one)
    assert painter.frame(first) is not one
    other = painter.frame(PointScene(layout=MAP, point=(0.5, 0.5), caption="a caption"))
    assert other.shape[0] > one.shape[0]
    np.testing.assert_array_equal(painter.frame(first.at((1.5, 0.5))), frame(point=(1.5, 0.5)))


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ({"values": np.zeros((3, 5))}, r"values must have shape \(F \* 3, F \* 4\)"),
        ({"values": np.zeros(12)}, "values must have shape"),
        ({"values": np.full((3, 4), np.inf)}, "values must be finite"),
        ({"policy": np.zeros((3, 3))}, r"policy must have shape \(n, 4\)"),
        ({"point": (1, 2, 3)}, r"point must be numbers of shape \(2,\)"),
    ],
)
def test_refused_items(items, message):
    with pytest.raises(ValueError, match=message):
        PointScene(layout=MAP, **items)


def test_an_environment_shows_functions_of_its_observations():
    env = gym.make("ContinuousGridWorld-v0", layout=MAP, render_mode="rgb_array")
    env.reset(seed=0)
    bare = env.render()

    def predict(seen, deterministic):
        assert deterministic
        return np.ones((len(seen), 2), np.float32), None

    agent = type("Agent", (), {"predict": staticmethod(predict)})()
    env.unwrapped.overlay(values=lambda seen: seen[:, 0], policy=agent, caption="x", heads_up=True)
    scene = env.unwrapped.scene()
    assert np.nanmax(scene.values) == pytest.approx(1 - 1 / 48, abs=1e-6)
    assert np.isnan(scene.values[:12, 24:36]).all()
    assert (scene.policy[:, 2:] == 1).all()
    assert len(scene.policy) == 4 * 10
    shown = env.render()
    assert shown.shape != bare.shape
    env.unwrapped.overlay(values=None, policy=None, caption=None, heads_up=False)
    np.testing.assert_array_equal(env.render(), bare)


@pytest.mark.parametrize(("env_id", "m"), [("ContinuousGridWorld-v0", 2), ("LinearQuadratic-v0", 1)])
def test_functions_may_return_a_number_for_all_and_no_wrong_shape(env_id, m):
    env = gym.make(env_id, render_mode="rgb_array")
    env.reset(seed=0)
    for values in (lambda _: 0.5, lambda seen: np.full(len(seen), 0.5), lambda seen: np.full((len(seen), 1), 0.5)):
        env.unwrapped.overlay(values=values)
        assert (env.unwrapped.scene().values[~np.isnan(env.unwrapped.scene().values)] == 0.5).all()
        assert np.isfinite(env.unwrapped.scene().values).any()
    env.render()
    for values in (lambda seen: seen, lambda _: [0.0, 1.0]):
        with pytest.raises(ValueError, match=r"values must return shape \(\d+,\) .* or one number for all, got shape"):
            env.unwrapped.overlay(values=values)
    for policy in (lambda _: np.zeros(m), lambda seen: np.zeros((len(seen), 3)), lambda seen: np.zeros(len(seen))):
        with pytest.raises(ValueError, match=rf"the policy must return shape \(\d+, {m}\) .* each, got shape \("):
            env.unwrapped.overlay(policy=policy)


def test_text_marks_the_points_cell():
    env = gym.make("ContinuousGridWorld-v0", layout=MAP, render_mode="ansi")
    env.reset(options={"start": (1.9, 2.1)})
    assert env.render() == "S.#.\n..F.\n.@.T"
