"""What notebooks show of maps, models, solutions and pictures."""

import copy
import io
import pathlib

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env import Layout, TabularMDP, oracle, rendering
from gridworld_env.authoring import MOST_ROWS, Sheet, as_html
from gridworld_env.rendering.mosaic import tile_size
from gridworld_env.rendering.notebook import MOST_MAPS


def model(env_id, **arguments):
    return TabularMDP.from_env(gym.make(env_id, **arguments))


def pixels(png):
    import pygame

    return pygame.surfarray.array3d(pygame.image.load(io.BytesIO(png), "x.png")).transpose(1, 0, 2)


def test_a_solution_is_shown_as_values_and_arrows_on_its_map():
    world = gym.make("GridWorld-v0").unwrapped
    best = oracle.optimal(world.mdp, gamma=0.9)
    world.overlay(values=best.v, policy=best.policy, caption="optimal values and policy, discount 0.9")
    expected = rendering.Painter().frame(world.scene_of())
    np.testing.assert_array_equal(pixels(best._repr_png_()), expected)
    assert best._repr_html_() is None


def test_a_layout_and_a_model_are_shown_as_the_map():
    mdp = model("GridWorld-v0")
    for thing in (mdp, mdp.layouts[0]):
        np.testing.assert_array_equal(pixels(thing._repr_png_()), rendering.draw("book"))
        assert thing._repr_html_() is None


def test_a_frozen_lake_is_shown_with_its_solution():
    best = oracle.optimal(model("FrozenLake-v1"), gamma=0.99)
    frame = pixels(best._repr_png_())
    hole, ice = frame[20 + 5 * 96 // 4 :, 96:192], frame[20:100, :96]
    assert (hole == hole[0, 0]).all(axis=2).mean() < 1
    assert not (ice == rendering.draw(best.mdp.layouts[0])[20:100, :96]).all()


def test_a_value_that_is_not_finite_is_left_blank():
    mdp = TabularMDP.from_names({"a": {"right": ("a", -1.0), "left": ("end", 0.0)}}, start="a")
    best = oracle.optimal(mdp.on_maps([Layout.parse("ST")]), gamma=1.0)
    assert best._repr_png_()
    placed = rendering.scene_of(best.mdp, values=[-np.inf, 0.0])
    assert np.isnan(placed.values).all()


def test_a_bank_is_shown_as_some_of_its_maps_on_one_scale():
    best = oracle.optimal(model("GridWorld/Random-v0", num_layouts=20), gamma=0.9)
    known = [rendering.scene_of(best.mdp, number=b, values=best.v).values for b in range(20)]
    painter = rendering.Painter(tile_size(MOST_MAPS))
    ends = float(np.nanmin(known)), float(np.nanmax(known))
    frames = [
        painter.frame(
            rendering.scene_of(
                best.mdp,
                number=b,
                values=best.v,
                policy=best.policy,
                value_range=ends,
                caption=f"map {b + 1} of 20",
            )
        )
        for b in range(MOST_MAPS)
    ]
    np.testing.assert_array_equal(pixels(best._repr_png_()), rendering.tiled(frames))


@pytest.mark.parametrize("env_id", ["LinearQuadratic-v0", "ContinuousGridWorld-v0"])
def test_the_optimum_of_a_continuous_environment_is_shown_as_values_and_arrows(env_id):
    env = gym.make(env_id, render_mode="rgb_array")
    best = oracle.linear_quadratic(env, 0.9) if "Linear" in env_id else oracle.fine_grid(env, 0.9, resolution=4)
    world = env.unwrapped
    world.overlay(values=best.value, policy=best, caption="optimum, discount 0.9")
    scene = world.scene_of()
    np.testing.assert_array_equal(pixels(best._repr_png_()), rendering.painter_for(scene).frame(scene))
    assert best._repr_html_() is None


def test_a_model_without_a_map_is_a_table_with_names():
    mdp = model("Tabular-v0")
    page = mdp._repr_html_()
    assert mdp._repr_png_() is None
    assert "<td>high</td><td>search</td><td>0.8</td><td>high</td><td>2</td>" in page.replace("\n", "")
    solved = oracle.optimal(mdp, gamma=0.9)._repr_html_()
    assert "<td>low</td>" in solved
    assert "<td>recharge</td>" in solved
    assert solved.count("<tr>") == 3


def test_a_long_table_is_cut_and_says_so():
    page = oracle.optimal(model("Taxi-v4"), gamma=0.9)._repr_html_()
    assert page.count("<tr>") == MOST_ROWS + 1
    assert f"{MOST_ROWS} of 500 states" in page


def test_a_map_too_large_to_draw_is_a_table():
    layout = Layout(np.full((1, 5000), ".", "<U1"))
    outcomes = {s: {0: [(1.0, s, 0.0, True)]} for s in range(5000)}
    mdp = TabularMDP.from_transitions(outcomes, np.eye(5000)[0])
    assert layout._repr_png_() is None
    placed = mdp.on_maps([layout])
    assert placed._repr_png_() is None
    assert "of 5,000 outcomes" in placed._repr_html_()


def test_texts_are_escaped():
    sheet = Sheet("<b>", ["a & b"], [["<script>"]], 1)
    page = as_html(sheet)
    assert "<script>" not in page
    assert "<caption>&lt;b&gt;</caption>" in page
    assert "a &amp; b" in page


def test_a_picture_is_an_array_that_shows_itself():
    picture = rendering.draw("book")
    assert isinstance(picture, np.ndarray)
    assert repr(picture) == "<Picture: 480 x 480 pixels>"
    np.testing.assert_array_equal(pixels(picture._repr_png_()), picture)
    assert picture[0, 0]._repr_png_() is None
    assert repr(picture[0, 0]).startswith("array(")
    assert picture.astype(float)._repr_png_() is None


def test_scenes_show_themselves():
    env = gym.make("GridWorld-v0")
    env.reset(seed=0)
    scene = env.unwrapped.scene()
    np.testing.assert_array_equal(pixels(scene._repr_png_()), rendering.Painter().frame(scene))
    assert repr(scene).startswith("<Scene: 5 x 5 map, agents")
    continuous = gym.make("ContinuousGridWorld-v0")
    continuous.reset(seed=0)
    assert continuous.unwrapped.scene()._repr_png_()


@pytest.mark.parametrize(("ending", "tag"), [(".gif", "<img"), (".webp", "<img"), (".mp4", "<video")])
def test_a_recording_is_played(ending, tag, tmp_path):
    path = tmp_path / f"episode{ending}"
    recording = rendering.record(path, [rendering.draw("book")] * 2, progress=False)
    assert recording == path
    assert recording._repr_html_().startswith(tag)
    assert copy.deepcopy(recording) == path
    assert isinstance(recording, pathlib.Path)
    path.unlink()
    assert recording._repr_html_() is None


def test_scene_of_knows_the_maps_and_refuses_others():
    mdp = model("GridWorld-v0")
    v = np.arange(25.0)
    by_map, by_state = (rendering.scene_of(mdp, values=table) for table in (v.reshape(5, 5), v))
    np.testing.assert_array_equal(by_map.values, by_state.values)
    assert np.isnan(by_map.values[17])  # the target, where the episode is over
    with pytest.raises(ValueError, match="number"):
        rendering.scene_of(mdp, number=1)
    with pytest.raises(ValueError, match="'value'"):
        rendering.scene_of(mdp, value=v)
