"""Reports of comparisons that were run: what they say is what came out."""

import html
import json
import pathlib
import re
import sys

import numpy as np
import pytest
from PIL import Image

import gridworld_agents as ga
from gridworld_agents.comparison.deciding import verdicts
from gridworld_agents.comparison.tuning import tuned, tuned_sentences
from gridworld_agents.comparison.verdicts import sentences
from gridworld_agents.report import writing
from gridworld_agents.report.page import MOST_VERDICTS, render
from gridworld_agents.report.writing import LIBRARIES, check_libraries, write

pytest.importorskip("jinja2")
pytest.importorskip("plotly")
pytest.importorskip("matplotlib")

pytestmark = pytest.mark.shown

FEW = {"jobs": 1, "rows": 4, "gamma": 0.9}


def said(page):
    """Return the text of a page, in one line."""
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", page.read_text(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def charts(page):
    """Return what the charts of a page are drawn from."""
    return json.loads(re.search(r'id="charts" type="application/json">(.*?)</script>', page.read_text(), re.DOTALL)[1])


def test_a_sweep_is_a_curve_with_its_best_named(tmp_path):
    sweep = {"alpha": [0.1, 0.9]}
    found = ga.compare(
        ["q-learning", "random"], ["GridWorld-v0"], sweep=sweep, seeds=4, steps=400, out=tmp_path / "c", **FEW
    )
    page = write(found)
    text = said(page)
    (one,) = tuned(found, "GridWorld-v0")
    assert text.startswith("q-learning (2 settings) and random on GridWorld-v0")
    for sentence in tuned_sentences(found, confidence=0.95):
        assert sentence in text
    assert "Final scores by alpha" in text
    assert "the best is chosen by every other seed" in text
    (chart,) = charts(page)["environments"][0]["sweeps"]
    (line,) = chart["lines"]
    assert (line["name"], line["values"], line["best"]) == ("q-learning", [0.1, 0.9], one.best)
    assert line["middle"] == [float(np.median(found.scores("GridWorld-v0")[label])) for label in one.labels]
    assert {"sweep-1-1.png", "sweep-1-1.pdf"} <= {path.name for path in (tmp_path / "c" / "figures").iterdir()}
    assert "is left out:" not in text  # as a figure is that cannot be drawn


def test_seeds_fixed_beforehand(tmp_path):
    agents = [{"id": "q-learning", "hyper_parameters": {"alpha": 0.5}}, "random"]
    found = ga.compare(agents, ["GridWorld-v0"], seeds=6, steps=400, out=tmp_path / "c", **FEW)
    text = said(write(found))
    (verdict,) = sentences(found, confidence=0.95)
    assert verdict in text
    assert "stopping rule" not in text
    assert "for all pairs on an environment together (Holm)" in text
    assert "seeds were fixed beforehand" in text
    assert "alpha = 0.5" in text
    assert "random random defaults" in text
    assert "By the median of the final scores: q-learning, random." in text
    assert "its exact value, discount 0.9" not in text  # that stands in the picture
    assert sorted(path.name for path in (tmp_path / "c" / "figures").iterdir()) == [
        "aggregates.pdf",
        "aggregates.png",
        "curves-1.pdf",
        "curves-1.png",
    ]


def test_seeds_added_until_it_was_decided(tmp_path):
    """The report says who was decided by the stopping rule and when, and says nothing by the tests that it spoils."""
    asked = {"seeds": 3, "steps": 300, "max_seeds": 12, "out": tmp_path / "c"}
    twins = ["optimal", {"id": "optimal", "label": "twin"}, "random"]
    found = ga.compare(twins, ["GridWorld-v0"], **asked, **FEW)
    text = said(write(found))
    decided = verdicts(found, 12, 0.95)["GridWorld-v0", "optimal", "random"]
    assert decided.verdict == "better"
    assert (
        f"optimal is better than random at 95% confidence, decided after {decided.seeds} seeds by the stopping rule."
        in text
    )
    assert (
        "optimal and twin are not distinguishable at 95% confidence after 12 seeds, by the stopping rule, which" in text
    )
    assert f"optimal beside random better {decided.seeds} " in text
    assert f"{max(decided.wealth):.3g} " in text.partition("optimal beside random better")[2]
    assert "optimal beside twin not distinguishable - 0 1 " in text
    assert "had made 120 of a stake of 1" in text
    assert "seeds were added until decided, to 12 at most" in text
    assert "Ramdas, Ruf, Larsson and Koolen 2020" in text
    assert "Holm" not in text
    assert "p =" not in text


def test_the_known_optimum_of_a_continuous_environment(tmp_path):
    ids, short = ("LinearQuadratic-v0", "Pendulum-v1"), {"max_episode_steps": 50}
    found = ga.compare(
        ["spsa", "random"],
        [{"id": id_, "label": id_, "arguments": short} for id_ in ids],
        seeds=2,
        steps=400,
        episodes=5,
        evaluations=2,
        out=tmp_path / "c",
        **{**FEW, "rows": 8},
    )
    played = found.references["LinearQuadratic-v0"].played
    assert found.references["LinearQuadratic-v0"].optimum is None
    assert -10 < played < -2
    assert found.references["Pendulum-v1"].played is None
    assert all(run.score < played for run in found.runs if (run.env, run.agent) == ("LinearQuadratic-v0", "random"))
    page = write(found)
    assert f"scores are mean returns; the known optimum returns {played:.6g} in the same episodes" in said(page)
    assert "its optimum is not known, so that scores are mean returns" in said(page)
    linear, pendulum = charts(page)["environments"]
    assert linear["optimum"] == played
    assert pendulum["optimum"] is None
    middle = linear["curves"][0]["middle"]
    assert None in middle  # it was looked at less often than it was logged: the line joins what is known
    assert sum(y is not None for y in middle) == 2
    figure = np.asarray(Image.open(tmp_path / "c" / "figures" / "curves-1.png").convert("RGB"))
    assert (figure == [0, 0x72, 0xB2]).all(axis=2).sum() > 200  # the first agent's line
    rows = (tmp_path / "c" / "results.csv").read_text().splitlines()
    assert f",return,{found.runs[0].score!r},{played!r}," in rows[1]


def test_many_verdicts_are_folded(content):
    import dataclasses

    many = [f"verdict {i}" for i in range(MOST_VERDICTS + 3)]
    page = render(dataclasses.replace(content, verdicts=many))
    assert "<summary>and 3 more</summary>" in page
    assert all(f">{one}</p>" in page for one in many)
    assert "more</summary>" not in render(content)


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_that_is_missing_is_named_with_its_extra_before_any_work(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=rf"a report needs {name}: pip install \"gridworld-env\[report\]\""):
        write(None)


def test_the_libraries_are_those_that_a_report_imports():
    folder = pathlib.Path(writing.__file__).parent
    imported = {
        name
        for path in folder.glob("*.py")
        for name in re.findall(r"^ *(?:import|from) (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    ours = {"gridworld_agents", "gridworld_env", "numpy", "gymnasium", *sys.stdlib_module_names}
    assert imported - ours == set(LIBRARIES)
    check_libraries()
