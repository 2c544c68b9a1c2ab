"""Pictures on matplotlib's Axes: in units of cells, and growing with the Axes."""

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env import TabularMDP, oracle, rendering

pytest.importorskip("matplotlib")
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure


@pytest.fixture(scope="module")
def best():
    return oracle.optimal(TabularMDP.from_env(gym.make("GridWorld-v0")), gamma=0.9)


def drawn(best, inches, dpi=100):
    figure = Figure((inches, inches), dpi=dpi)
    ax = figure.add_axes((0, 0, 1, 1))
    assert rendering.draw("book", values=best.v, policy=best.policy, ax=ax, size=480) is ax
    FigureCanvasAgg(figure).draw()
    return figure, ax, np.asarray(figure.canvas.buffer_rgba())


def test_units_are_cells(best):
    _, ax, pixels = drawn(best, 5)
    values = rendering.draw("book", values=best.v, size=480)
    side = values.shape[0] // 5
    for s in (0, 9, 24):
        row, column = divmod(s, 5)
        x, y = ax.transData.transform((column + 0.2, row + 0.12))  # away from marks, arrows and numbers
        shown = pixels[len(pixels) - 1 - round(y), round(x), :3].astype(int)
        expected = values[int((row + 0.12) * side), int((column + 0.2) * side)].astype(int)
        assert np.abs(shown - expected).max() <= 2


def test_letters_and_lines_grow_with_the_axes(best):
    sizes = []
    for inches in (3, 6):
        _, ax, _ = drawn(best, inches)
        lines = next(each for each in ax.collections if isinstance(each, LineCollection))
        sizes.append((ax.texts[0].get_fontsize(), lines.get_linewidth()[0]))
    np.testing.assert_allclose(np.divide(sizes[1], sizes[0]), 2, rtol=1e-6)


def test_letters_are_as_large_at_any_resolution(best):
    points = {round(drawn(best, 4, dpi)[1].texts[0].get_fontsize(), 6) for dpi in (72, 300)}
    assert len(points) == 1


def test_a_large_map_takes_few_artists():
    from gridworld_env import Layout

    layout = Layout.maze(31, 31, np.random.default_rng(0))
    ax = Figure().subplots()
    rendering.draw(layout, values=np.arange(layout.num_states, dtype=float), ax=ax)
    assert len(ax.get_children()) < 60  # its walls alone are some 3,000 lines


def test_a_continuous_scene_is_refused():
    env = gym.make("ContinuousGridWorld-v0")
    env.reset(seed=0)
    with pytest.raises(ValueError, match="PointScene"):
        rendering.draw_on(Figure().subplots(), env.unwrapped.scene())
