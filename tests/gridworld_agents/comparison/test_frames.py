"""Comparisons as pandas frames, and in notebooks."""

import inspect

import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.comparison import read, tables

pd = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    agents = [{"id": "q-learning", "label": f"alpha {a}", "hyper_parameters": {"alpha": a}} for a in (0.1, 1)]
    out = tmp_path_factory.mktemp("frames") / "c"
    return ga.compare([*agents, "random"], ["GridWorld-v0"], out=out, seeds=2, steps=600, gamma=0.9, jobs=1, rows=5)


def test_a_row_a_run(found):
    frame = found.to_pandas()
    assert len(frame) == 6
    assert {"steps_to_10pct", "steps_to_1pct", "score", "seed", "seconds", "alpha"} <= set(frame.columns)
    assert all(name.isidentifier() for name in frame.columns)
    assert frame["score"].tolist() == [run.score for run in found.runs]
    assert frame.groupby("agent")["alpha"].first().dropna().to_dict() == {"alpha 0.1": 0.1, "alpha 1": 1.0}
    assert frame[frame["agent"] == "random"]["alpha"].isna().all()


def test_it_is_what_the_files_hold(found):
    written = pd.read_csv(found.folder / "results.csv")
    frame = found.to_pandas()
    shared = [name for name in written.columns if name in frame]
    assert set(written.columns) - set(shared) == {"hyper_parameters"}
    pd.testing.assert_frame_equal(written[shared], frame[shared], check_dtype=False)
    assert "seconds_to_10pct" in pd.read_csv(found.folder / "timing.csv")


def test_a_row_a_point_of_a_curve(found):
    frame = found.to_pandas("curves")
    assert len(frame) == sum(len(run.steps) for run in found.runs)
    run = found.runs[3]
    its = frame[(frame["agent"] == run.agent) & (frame["seed"] == run.seed)]
    np.testing.assert_array_equal(its["gap"], run.gap)
    np.testing.assert_array_equal(its["steps"], run.steps)
    pd.testing.assert_frame_equal(run.to_pandas(), its.reset_index(drop=True))


def test_what_there_is_no_frame_of_is_refused(found):
    with pytest.raises(ValueError, match="'scores'"):
        found.to_pandas("scores")


def test_a_notebook_shows_a_table(found):
    page = read(found.folder)._repr_html_()
    assert page.count("<tr>") == 4
    assert "<td>alpha 0.1</td>" in page
    assert "<th>steps to 10%</th>" in page


def test_compare_names_its_options():
    parameters = inspect.signature(ga.compare).parameters
    assert not [name for name, one in parameters.items() if one.kind is inspect.Parameter.VAR_KEYWORD]
    assert {"progress_bar", "jobs", "episodes", "rows", "max_seeds", "resume"} <= set(parameters)
    run_suite = set(inspect.signature(ga.comparison.run_suite).parameters) - {"suite"}
    fields = {field.name for field in ga.comparison.Suite.__dataclass_fields__.values()}
    assert run_suite | fields == set(parameters) - {"progress_bar"}


def test_a_progress_bar_says_how_far_it_is(tmp_path, capsys):
    ga.compare(["random"], ["GridWorld-v0"], out=tmp_path / "c", seeds=2, steps=20, jobs=1, progress_bar=True)
    shown = capsys.readouterr()
    assert "2 of 2 runs done" in shown.err
    assert shown.out == ""


def test_a_progress_bar_is_not_shown_beside_another(tmp_path):
    with pytest.raises(ValueError, match="watch"):
        ga.compare(["random"], ["GridWorld-v0"], out=tmp_path / "c", progress_bar=True, watch=lambda *_: None)


def test_columns_have_names_that_python_takes(found):
    head, _ = tables.results(found)
    assert all(name.isidentifier() for name in head)
