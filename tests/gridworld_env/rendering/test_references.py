"""Pictures look like those in `references/`, and the comparison sees what an eye would see.

After a change that is meant to be seen: python tests/gridworld_env/rendering/make_references.py
"""

import dataclasses
import pathlib

import numpy as np
import PIL.Image
import pytest

from gridworld_env.layouts import Layout
from gridworld_env.rendering import Painter, painter, raster
from gridworld_env.rendering.colours import PAPER
from gridworld_env.rendering.plan import plan

FILES = {path.stem: path for path in sorted((pathlib.Path(__file__).parent / "references").glob("*.png"))}

PICKED = ("book-values", "random-walk", "hundred", "one-cell")
"""What shows that the comparison sees enough and no more: large cells and tiny ones, a row of them and one alone."""


@pytest.fixture(scope="module")
def scenes(pictures):
    return pictures.scenes()


@pytest.fixture(scope="module")
def references():
    kept = {}
    for name, path in FILES.items():
        with PIL.Image.open(path) as opened:
            kept[name] = np.asarray(opened.convert("RGB"))
    return kept


@pytest.fixture
def same_look(perceptual, references):
    """Return a function that tells whether a frame looks like a reference."""

    def compare(name, frame):
        found = perceptual.difference(references[name], frame)
        return found.alike, found

    return compare


@pytest.fixture
def sprites_anew():
    """Forget the sprites before and after a test that paints them otherwise."""
    for cache in (painter._walker, painter._step):
        cache.cache_clear()
    yield
    for cache in (painter._walker, painter._step):
        cache.cache_clear()


def with_agent(scene, s):
    return scene.at((s,), scene.trail, scene.heads_up)


def elsewhere(scene, s):
    """Return a cell without a wall a few cells away from another."""
    rows, columns = np.divmod(np.arange(scene.layout.num_states), scene.layout.width)
    far = abs(rows - s // scene.layout.width) + abs(columns - s % scene.layout.width)
    apart = min(10, scene.layout.num_states // 8)
    return int(np.flatnonzero(~scene.layout.walls & (far > apart))[0])


def with_cell(scene, symbol_for, cells):
    """Return a scene with the kinds of some cells exchanged: `symbol_for` maps the old to the new."""
    symbols = scene.layout.cells.copy().reshape(-1)
    symbols[cells] = [symbol_for[symbol] for symbol in symbols[cells]]
    return dataclasses.replace(scene, layout=Layout(symbols.reshape(scene.layout.shape)))


def a_cell(scene):
    """Return a cell that nobody stands on; where cells are tiny, a block of them that makes a visible spot."""
    free = np.flatnonzero(~scene.layout.walls & ~scene.layout.targets & (scene.layout.cells.reshape(-1) != "S"))
    free = [int(s) for s in free if s not in scene.agents and s not in scene.trail] or [0]
    s = free[len(free) // 2]
    if scene.layout.num_states > 1000:
        return [s + row * scene.layout.width + column for row in range(5) for column in range(5)]
    return [s]


def test_every_scene_has_a_reference_and_every_reference_a_scene(scenes):
    assert sorted(scenes) == sorted(FILES)
    assert sum(path.stat().st_size for path in FILES.values()) < 300_000


@pytest.mark.parametrize("name", FILES)
def test_a_picture_looks_like_its_reference(scenes, same_look, name):
    scene, size = scenes[name]
    alike, found = same_look(name, Painter(size).frame(scene))
    assert alike, f"{found}; if it should look different now, run make_references.py and look at it"


@pytest.mark.parametrize("name", PICKED)
def test_a_blank_picture_is_seen(references, same_look, name):
    shape = references[name].shape
    mean = references[name].mean(axis=(0, 1))
    for colour in (PAPER, (0, 0, 0), mean):
        assert not same_look(name, np.full(shape, colour, np.uint8))[0]


@pytest.mark.parametrize("name", [*PICKED, "small-action-values"])
def test_an_agent_that_is_missing_or_elsewhere_is_seen(scenes, same_look, name):
    scene, size = scenes[name]
    if not scene.agents:
        alike, found = same_look(name, Painter(size).frame(with_agent(scene, 0)))
        assert not alike, found
        return
    alike, found = same_look(name, Painter(size).frame(scene.at((), scene.trail, scene.heads_up)))
    assert not alike, found
    if scene.layout.num_states > 1:
        alike, found = same_look(name, Painter(size).frame(with_agent(scene, elsewhere(scene, scene.agents[0]))))
        assert not alike, found


@pytest.mark.parametrize("name", PICKED)
def test_one_cell_of_another_kind_is_seen(scenes, same_look, name):
    scene, size = scenes[name]
    if scene.layout.num_states == 1:
        scene = scene.at(())
    changed = with_cell(scene, dict.fromkeys(".SFT", "#") | {"#": "."}, a_cell(scene))
    alike, found = same_look(name, Painter(size).frame(changed))
    assert not alike, found


@pytest.mark.parametrize("name", PICKED)
def test_one_cell_of_another_colour_is_seen(scenes, references, same_look, name):
    scene, size = scenes[name]
    where, frame = plan(scene, size), references[name].copy()
    for s in a_cell(scene):
        row, column = divmod(s, where.columns)
        top, left = where.y + row * where.cell, where.x + column * where.cell
        area = frame[top : top + where.cell, left : left + where.cell]
        area[:] = area[..., [2, 0, 1]] // 2 + 64  # as light as it was, more or less, in another hue
    alike, found = same_look(name, frame)
    assert not alike, found


@pytest.mark.parametrize("name", ["book-values", "windy-values", "one-cell", "random-walk"])
def test_one_value_of_another_size_is_seen(scenes, same_look, name):
    scene, size = scenes[name]
    values = scene.values.copy()
    known = np.flatnonzero(~np.isnan(values) & ~scene.layout.walls)
    s = int(next((s for s in known if values[known].min() < values[s] < values[known].max()), known[0]))
    values[s] = values[known].max() if s != known[0] else values[s] + 100
    alike, found = same_look(name, Painter(size).frame(dataclasses.replace(scene, values=values)))
    assert not alike, found


@pytest.mark.parametrize("name", ["book-values", "book-greedy", "windy-values", "king", "one-cell"])
def test_a_policy_that_is_missing_whole_or_in_one_cell_is_seen(scenes, same_look, name):
    scene, size = scenes[name]
    gone = scene.without("policy")
    for kept in (scene.values, scene.action_values):
        if kept is not None:
            assert plan(gone, size) == plan(scene, size)
    assert not same_look(name, Painter(size).frame(gone))[0]
    for s in np.flatnonzero(scene.policy.max(axis=1) >= 0.5)[:3]:
        policy = scene.policy.copy()
        policy[s] = 0
        alike, found = same_look(name, Painter(size).frame(dataclasses.replace(scene, policy=policy)))
        assert not alike, (s, found)


@pytest.mark.parametrize("name", ["book-values", "book-greedy", "windy-values", "king"])
def test_one_arrow_that_points_elsewhere_is_seen(scenes, same_look, name):
    scene, size = scenes[name]
    for s in np.flatnonzero(scene.policy.max(axis=1) == 1)[:3]:
        policy = scene.policy.copy()
        policy[s] = np.roll(policy[s], 2)
        alike, found = same_look(name, Painter(size).frame(dataclasses.replace(scene, policy=policy)))
        assert not alike, (s, found)


@pytest.mark.parametrize("name", ["book-values", "cliff", "carried-back"])
def test_a_missing_trail_is_seen(scenes, same_look, name):
    scene, size = scenes[name]
    assert len(scene.trail) > 1
    alike, found = same_look(name, Painter(size).frame(scene.at(scene.agents, (), scene.heads_up)))
    assert not alike, found


@pytest.mark.parametrize("name", PICKED)
def test_a_missing_legend_is_seen(scenes, references, same_look, name):
    scene, size = scenes[name]
    where, frame = plan(scene, size), references[name].copy()
    assert where.legend == ("below" if name == "random-walk" else "right")
    width, height = where.board
    assert frame[where.y : where.y + height, width:].size + frame[where.y + height :].size > 0
    if where.legend == "right":
        frame[where.y : where.y + height, width:] = PAPER
    else:
        frame[where.y + height :] = PAPER
    alike, found = same_look(name, frame)
    assert not alike, found


@pytest.mark.parametrize(("name", "line"), [("book-values", "caption"), ("book-values", "heads_up")])
def test_a_missing_line_of_text_is_seen(scenes, same_look, name, line):
    scene, size = scenes[name]
    alike, found = same_look(name, Painter(size).frame(dataclasses.replace(scene, **{line: "."})))
    assert not alike, found


@pytest.mark.parametrize("name", PICKED)
def test_half_a_pixel_is_not_seen(references, perceptual, same_look, name):
    light = perceptual.shifted(perceptual.linear(references[name]), 1, -1)
    moved = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    alike, found = same_look(name, (255 * moved).round().astype(np.uint8))
    assert alike, found
    assert found.mean > 0


@pytest.mark.usefixtures("sprites_anew")
@pytest.mark.parametrize("name", PICKED)
def test_other_smoothing_of_edges_is_not_seen(scenes, same_look, monkeypatch, name):
    monkeypatch.setattr(raster, "FINEST", 2)
    scene, size = scenes[name]
    alike, found = same_look(name, Painter(size).frame(scene))
    assert alike, found
    assert found.mean > 0


@pytest.mark.parametrize("name", ["book-values", "small-action-values", "visits", "random-walk", "one-cell"])
def test_slightly_different_letters_are_not_seen(scenes, same_look, monkeypatch, name):
    pg = raster.pygame_module()
    rendered = raster._rendered

    def softer(text, file):
        surface = rendered(text, file)
        if surface is None:
            return None
        width, height = surface.get_size()
        return pg.transform.smoothscale(pg.transform.smoothscale(surface, (2 * width, 2 * height)), (width, height))

    monkeypatch.setattr(raster, "_rendered", softer)
    scene, size = scenes[name]
    alike, found = same_look(name, Painter(size).frame(scene))
    assert alike, found
    assert found.mean > 0


def test_lab_is_the_standard_one(perceptual):
    colours = np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0], [0, 0, 255], [119, 119, 119]], np.uint8)
    known = [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86], [50.03, 0, 0]]
    np.testing.assert_allclose(perceptual.lab(perceptual.linear(colours)), known, atol=0.03)
