"""Figures of runs and comparisons: what is on the Axes is what the runs have."""

import itertools

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents import plotting

pytest.importorskip("matplotlib")
import matplotlib as mpl
from matplotlib.figure import Figure

ALPHAS = (0.02, 0.1, 0.5)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    agents = [
        {"id": each, "label": f"{each} {a}", "hyper_parameters": {"alpha": a, "epsilon": 0.1}}
        for each in ("q-learning", "sarsa")
        for a in ALPHAS
    ]
    out = tmp_path_factory.mktemp("figures") / "c"
    return ga.compare(agents, ["GridWorld-v0"], out=out, seeds=3, steps=900, gamma=0.9, jobs=1, rows=9)


@pytest.fixture
def ax():
    return Figure().subplots()


def test_a_comparison_is_drawn_as_medians(found, ax):
    assert plotting.learning_curve(found, ax=ax) is ax
    assert len(ax.lines) == 6
    for line, choice in zip(ax.lines, found.suite.agents, strict=True):
        gaps = np.array([run.gap for run in found.of("GridWorld-v0", choice.label)])
        np.testing.assert_allclose(line.get_ydata(), np.median(gaps, axis=0))
        assert line.get_label() == choice.label
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 6
    assert len(ax.collections) == 6  # bands
    assert ax.get_ylabel() == "gap to the optimum"


def test_each_seed_may_be_drawn(found, ax):
    plotting.learning_curve(found.folder, ax=ax, each_seed=True, against="seconds", measure="mean_return")
    assert len(ax.lines) == 6 * (1 + 3)
    assert not ax.collections
    assert ax.get_xlabel() == "seconds of learning"


def test_a_run_is_drawn_from_its_folder_too(found, ax):
    run = found.runs[0]
    plotting.learning_curve(run, ax=ax)
    plotting.learning_curve(str(run.folder), ax=ax)
    for line in ax.lines:
        np.testing.assert_array_equal(line.get_xydata(), np.stack([run.steps, run.gap], axis=1))


def test_scores_are_drawn_seed_by_seed(found, ax):
    plotting.compare(found, ax=ax)
    scores = found.scores("GridWorld-v0")
    dots = [line for line in ax.lines if len(line.get_xdata()) == 3]
    for line, (agent, its) in zip(dots, scores.items(), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), its)
        medians = [one for one in ax.lines if one.get_marker() == "|" and one.get_color() == line.get_color()]
        assert medians[0].get_xdata() == [np.median(its)], agent
    assert [text.get_text() for text in ax.get_yticklabels()] == list(scores)


def test_sensitivity_shows_every_seed_and_the_best_value(found, ax):
    plotting.sensitivity(found, "alpha", ax=ax)
    scores = found.scores("GridWorld-v0")
    for agent, colour in (("q-learning", plotting.COLOURS[0]), ("sarsa", plotting.COLOURS[1])):
        medians = [np.median(scores[f"{agent} {a}"]) for a in ALPHAS]
        lines = [line for line in ax.lines if line.get_color() == colour]
        through = next(line for line in lines if len(line.get_xdata()) == 3 and line.get_linestyle() != "None")
        np.testing.assert_array_equal(through.get_xdata(), ALPHAS)
        np.testing.assert_allclose(through.get_ydata(), medians)
        best = ALPHAS[int(np.argmin(medians))]
        assert through.get_label() == f"{agent}, best at {best}"
        star = next(line for line in lines if line.get_marker() == "*")
        assert (star.get_xdata()[0], star.get_ydata()[0]) == (best, min(medians))
        dots = [line for line in lines if line.get_linestyle() == "None" and line.get_marker() != "*"]
        shown = {(float(x), float(y)) for line in dots for x, y in line.get_xydata()}
        assert shown == {(a, float(y)) for a in ALPHAS for y in scores[f"{agent} {a}"]}
    assert ax.get_xscale() == "log"
    assert "best median of these seeds" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_values_that_are_no_numbers_stand_beside_them(tmp_path, ax):
    agents = [{"id": "q-learning", "label": str(a), "hyper_parameters": {"alpha": a}} for a in (0.5, "visits", 0.1)]
    found = ga.compare(agents, ["GridWorld-v0"], out=tmp_path / "c", seeds=1, steps=100, gamma=0.9, jobs=1)
    plotting.sensitivity(found, "alpha", ax=ax)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0.1", "0.5", "visits"]


def test_a_hyper_parameter_with_one_value_has_no_sensitivity(found):
    with pytest.raises(ValueError, match="what differs is alpha"):
        plotting.sensitivity(found, "epsilon")


def test_what_there_is_none_of_is_refused(found, tmp_path):
    with pytest.raises(ValueError, match="GridWorld-v0"):
        plotting.learning_curve(found, "GridWorld-v1")
    with pytest.raises(ValueError, match="steps"):
        plotting.learning_curve(found, against="time")
    with pytest.raises(ValueError, match="gap"):
        plotting.learning_curve(found, measure="loss")
    with pytest.raises(ValueError, match="evaluated_return"):
        plotting.learning_curve(found.runs[0], measure="evaluated_return")
    with pytest.raises(ValueError, match="holds no run"):
        plotting.learning_curve(tmp_path)
    with pytest.raises(ValueError, match="int"):
        plotting.compare(3)


def test_an_environment_is_named_where_there_are_several(tmp_path, ax):
    envs = ["GridWorld-v0", "GridWorld/Cliff-v0"]
    found = ga.compare(["random"], envs, out=tmp_path / "c", seeds=1, steps=50, jobs=1)
    with pytest.raises(ValueError, match="none was named"):
        plotting.compare(found)
    plotting.compare(found, "GridWorld/Cliff-v0", ax=ax)
    assert ax.get_title() == "GridWorld/Cliff-v0"


def test_a_style_holds_within_its_block_only():
    before = mpl.rcParams["font.size"], mpl.rcParams["pdf.fonttype"]
    with plotting.style("print"):
        assert mpl.rcParams["pdf.fonttype"] == 42
        assert mpl.rcParams["axes.prop_cycle"].by_key()["color"] == list(plotting.COLOURS)
    assert (mpl.rcParams["font.size"], mpl.rcParams["pdf.fonttype"]) == before
    with pytest.raises(ValueError, match="did you mean 'print'"):
        plotting.style("prnt")


def test_without_axes_a_figure_is_made(found):
    from matplotlib import pyplot as plt

    try:
        first, second = plotting.compare(found), plotting.compare(found)
        assert first.figure is not second.figure
        assert first.figure.number in plt.get_fignums()
    finally:
        plt.close("all")


def test_missing_matplotlib_is_told_with_the_extra(run_python):
    code = """
import sys
sys.modules["matplotlib"] = None
from gridworld_agents import plotting
try:
    plotting.policy(__import__("gymnasium").make("gridworld_env:GridWorld-v0"), lambda s: 0)
except ImportError as error:
    print(error)
"""
    assert run_python(code) == 'figures need matplotlib: pip install "gridworld-env[plot]"'


def test_colours_are_told_apart_in_grey_or_by_their_line():
    """Neighbours in the order of agents differ in lightness by a tenth, or in the kind of line."""
    styles = list(zip(plotting.COLOURS, plotting.LINES * 2, strict=True))
    assert len(set(styles)) == len(plotting.COLOURS)
    for (_, one), (_, other) in itertools.pairwise(styles):
        assert one != other


def test_maps_show_what_is_known_of_states():
    env = gym.make("GridWorld/Windy-v0")
    agent = ga.make("q-learning", env, seed=0, gamma=1.0, alpha=0.5).learn(500)
    best = ga.Judge(env, gamma=1.0).best
    texts = {}
    for name, given in (("values", best), ("policy", agent), ("visits", agent), ("q_values", agent)):
        figure = Figure((8, 6))
        ax = figure.subplots()
        assert getattr(plotting, name)(env, given, ax=ax) is ax
        texts[name] = [text.get_text() for text in ax.texts]
    assert texts["values"].count("-15.0") > 5
    assert str(agent.visits.sum(axis=1).max()) in texts["visits"]
    assert not [text for text in texts["policy"] if text]


def test_maps_take_models_and_tables_of_their_shape():
    env = gym.make("GridWorld-v0")
    mdp = env.unwrapped.mdp
    drawn = []
    for of, table in ((env, np.arange(25.0)), (mdp, np.arange(25.0).reshape(5, 5))):
        ax = plotting.values(of, table, policy=np.full(25, 1), ax=Figure((6, 6)).subplots())
        drawn.append([text.get_text() for text in ax.texts])
    assert drawn[0] == drawn[1]
    assert "24.0" in drawn[0]
    with pytest.raises(ValueError, match="values"):
        plotting.values(env, np.zeros(24), ax=Figure().subplots())


def test_one_scale_for_several_maps():
    env = gym.make("GridWorld-v0")
    v = np.arange(25.0)
    v[17] = 100  # the target, where the episode is over
    assert plotting.value_range(env, v, -v, np.full((25, 5), 30.0)) == (-24.0, 30.0)
    ax = plotting.values(env, v, value_range=(-24, 30), ax=Figure((6, 6)).subplots())
    assert {"-24.0", "30.0"} <= {text.get_text() for text in ax.texts}
    with pytest.raises(ValueError, match="finite"):
        plotting.value_range(env, np.full(25, np.nan))
