"""Files of a comparison that were edited, cut off, or are another version's: one line with the file and what to do."""

import json
import shutil

import pytest

import gridworld_agents as ga
from gridworld_agents.comparison import results
from gridworld_agents.comparison.suite import FILES, LONGEST_NAME, AgentChoice, EnvChoice, Suite, slug
from gridworld_agents.report.runs_in_pictures import pictures_on

ENV = "GridWorld-v0"
RUN = f"{ENV}/q-learning/seed-0"
ASKED = {"seeds": 1, "steps": 20, "rows": 1, "gamma": 0.9, "jobs": 1}


def without(content, name):
    return {key: value for key, value in content.items() if key != name}


RECORDS = {
    "no suite": lambda content: without(content, "suite"),
    "no references": lambda content: without(content, "references"),
    "another's references": lambda content: {**content, "references": {"Windy": [None, None]}},
    "references of text": lambda content: {**content, "references": {ENV: ["a", "b"]}},
    "references as a list": lambda content: {**content, "references": []},
    "no command": lambda content: without(content, "command"),
    "versions as text": lambda content: {**content, "versions": "2"},
    "platform as a number": lambda content: {**content, "platform": 2},
    "a stopping rule of one number": lambda content: {**content, "stopping": [3]},
    "a stopping rule of texts": lambda content: {**content, "stopping": ["a", "b"]},
    "a suite without agents": lambda content: {**content, "suite": without(content["suite"], "agents")},
    "a suite with agents as text": lambda content: {**content, "suite": {**content["suite"], "agents": ["a"]}},
    "a suite with no number of steps": lambda content: {**content, "suite": {**content["suite"], "steps": "many"}},
    "a suite with something more": lambda content: {**content, "suite": {**content["suite"], "more": 1}},
    "a suite as a list": lambda content: {**content, "suite": []},
}


@pytest.mark.parametrize("change", RECORDS.values(), ids=RECORDS)
def test_the_record(folder, change):
    path = folder / "comparison.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(ValueError, match=r"comparison\.json.*into another --out"):
        results.read(folder)


def test_a_record_nested_too_deeply(folder):
    (folder / "comparison.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match=r"comparison\.json cannot be read"):
        results.read(folder)


@pytest.mark.parametrize("held", ["{}", "[]", '{"score": "x"}', '{"score": null}', '{"score"', "[" * 100_000, "\x00"])
def test_scores(folder, held):
    (folder / RUN / "score.json").write_text(held)
    with pytest.raises(ValueError, match=r"score\.json cannot be used: .*remove the folder .*seed-0, and --resume"):
        results.read(folder)
    shutil.rmtree(folder / RUN)
    again = ga.compare(["q-learning"], [ENV], out=folder, resume=True, **ASKED)
    assert again.runs[0].finished


@pytest.mark.parametrize("name", ["metrics.csv", "progress.csv"])
@pytest.mark.parametrize("held", [b"num_timesteps,seconds,evaluated_return\n20,x,\n", b"a,b\n1,2\n", b"\xff\xfe"])
def test_curves(folder, name, held):
    (folder / RUN / name).write_bytes(held)
    with pytest.raises(ValueError, match=rf"{name} cannot be used: .*remove the folder .*seed-0, and --resume"):
        results.read(folder)


@pytest.mark.parametrize("name", ["metrics.csv", "progress.csv"])
@pytest.mark.parametrize("held", [b"", b"num_timesteps,sec", b"num_timesteps,seconds\n20"])
def test_curves_that_were_cut_off_have_fewer_points(folder, name, held):
    (folder / RUN / name).write_bytes(held)
    run = results.read(folder).runs[0]
    assert len(run.steps) == len(run.seconds) == len(run.gap) == (0 if name == "metrics.csv" else 1)


@pytest.mark.parametrize("held", [b"", b"PK", b"\x00" * 100])
def test_an_agent_that_cannot_be_read_leaves_its_picture_out(folder, held):
    (folder / RUN / "agent.zip").write_bytes(held)
    found = results.read(folder)
    pictures, (reason,) = pictures_on(found, found.suite.envs[0], trust=False)
    assert not pictures
    assert reason.startswith("The picture of q-learning, seed 0 on GridWorld-v0 is left out: ")
    assert "agent.zip" in reason


LONG = "\n".join(["S" + "." * 14, *["." * 15] * 13, "." * 14 + "T"])
LABELS = ("x" * 255, "漢" * 100, *FILES, "Results.CSV", "con", "NUL.txt", "a/" * 200, ".lock", "..", "plain label")


def test_names_of_folders_are_short_and_their_own():
    names = [slug(label) for label in LABELS]
    assert all(len(name.encode()) <= LONGEST_NAME for name in names)
    assert not {name.lower() for name in names} & set(FILES)
    assert len(set(names)) == len(names)
    assert slug("con").startswith("con-")
    assert slug("NUL.txt").startswith("NUL-txt-")
    assert slug("plain label") == "plain-label"
    assert slug("x" * LONGEST_NAME) == "x" * LONGEST_NAME
    assert slug("x" * 254 + "y") != slug("x" * 254 + "z")
    for label in ("x" * 300, "results.csv"):
        with pytest.raises(ValueError, match="have the"):
            Suite((AgentChoice("random", label), AgentChoice("random", label)), (EnvChoice(ENV),), (0,), 1)


def test_a_comparison_with_such_names(tmp_path):
    agents = [{"id": "random", "label": label} for label in ("x" * 255, "results.csv")]
    envs = [{"id": ENV, "arguments": {"layout": LONG}}, {"id": ENV, "label": "comparison.json"}]
    found = ga.compare(agents, envs, out=tmp_path / "c", **ASKED)
    assert all(run.finished for run in found.runs)
    left = {path.name for path in (tmp_path / "c").iterdir() if path.is_file() and not path.name.startswith(".")}
    assert left <= set(FILES)


@pytest.mark.parametrize("asked", [{"seeds": 1_000_000_000}, {"seeds": range(10**9)}, {"max_seeds": 10**9}])
def test_too_many_seeds(asked, tmp_path):
    with pytest.raises(ValueError, match="seeds must be 100,000 at most, got 1,000,000,000"):
        ga.compare(["random"], [ENV], out=tmp_path / "c", **{**ASKED, **asked})
    assert not (tmp_path / "c").exists()
