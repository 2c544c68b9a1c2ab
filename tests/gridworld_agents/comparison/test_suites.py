"""Suites, from Python and from TOML files, and the folder that one is kept in."""

import pathlib
import re

import pytest

from gridworld_agents.comparison.comparing import references_of
from gridworld_agents.comparison.folder import ComparisonFolder
from gridworld_agents.comparison.suite import AgentChoice, EnvChoice, Suite, slug
from gridworld_agents.comparison.suite_files import read_suite

GOOD = """
seeds = [3, 5]
steps = 50_000
gamma = 0.9
agents = ["sarsa", { id = "q-learning", label = "quick", hyper_parameters = { alpha = 0.5 } }]
environments = ["GridWorld-v0", { id = "GridWorld/Maze-v0", arguments = { size = 9 }, steps = 1_000, gamma = 0.8 }]
"""
SUITES = sorted((pathlib.Path(__file__).parents[3] / "examples" / "suites").glob("*.toml"))


@pytest.mark.parametrize("mark", ["", "\ufeff"])  # the latter by editors of Windows
def test_a_suite_file(tmp_path, mark):
    path = tmp_path / "suite.toml"
    path.write_text(mark + GOOD, encoding="utf-8")
    suite = read_suite(path)
    assert [agent.label for agent in suite.agents] == ["sarsa", "quick"]
    assert suite.agents[1].hyper_parameters == {"alpha": 0.5}
    maze = suite.envs[1]
    assert (maze.label, suite.steps_on(maze), suite.gamma_on(maze)) == ("GridWorld/Maze-v0(size=9)", 1000, 0.8)
    assert (suite.steps_on(suite.envs[0]), suite.gamma_on(suite.envs[0])) == (50_000, 0.9)
    assert suite.seeds == (3, 5)
    assert Suite.from_plain(suite.as_plain()) == suite


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("steps = 50_000", "step = 5", r"an entry is unknown: 'step'; did you mean 'steps'\?"),
        ("steps = 50_000", "", "it lacks 'steps'"),
        ("steps = 50_000", "steps = 0", "steps must be an integer >= 1, got 0"),
        ("gamma = 0.9\n", "gamma = 2\n", r"gamma must be in \[0, 1\], got 2"),
        ("[3, 5]", "0", "seeds must be an integer >= 1, got 0"),
        ("[3, 5]", "[3, 3]", r"seeds must differ, got \[3, 3\]"),
        (
            'label = "quick"',
            'label = "sarsa"',
            "two of agents have the label 'sarsa'|two of agents have the same label",
        ),
        ('label = "quick"', 'labels = "x"', "an entry of q-learning is unknown: 'labels'; did you mean 'label'"),
        ("alpha = 0.5", "seed = 1", "'seed' is no hyper-parameter of q-learning: it has a place of its own"),
        ('"GridWorld-v0",', '3, "GridWorld-v0",', "must be an id, or a table with an id, got 3"),
        ("seeds", "se eds", "cannot be read"),
    ],
)
def test_bad_suite_files_are_refused(tmp_path, old, new, error):
    path = tmp_path / "suite.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(ValueError, match=error) as caught:
        read_suite(path)
    assert str(path) in str(caught.value)


@pytest.mark.shown
@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_the_suites_of_the_examples_can_be_run(path):
    """Every agent can be made on every environment, as is checked before a comparison begins."""
    suite = read_suite(path)
    if any(agent.id.startswith("sb3/") for agent in suite.agents):
        pytest.importorskip("stable_baselines3")
    assert set(references_of(suite)) == {env.label for env in suite.envs}


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_the_suites_of_the_examples_say_what_they_answer_and_how_long_they_take(path):
    head = re.match(r"(#.*\n)+", path.read_text())[0]
    assert "?" in head
    assert re.search(rf"`gridworld compare examples/suites/{path.name} --out runs/{path.stem}` takes about .+ on", head)


def test_there_are_suites_for_every_kind_of_agent():
    assert {"demo", "tabular", "continuous"} <= {path.stem for path in SUITES}


def test_labels_become_names_of_folders():
    assert slug("sb3/ppo") == "sb3-ppo"
    assert slug("../..") == "-"
    assert slug("GridWorld-v0(slip=0.1)") == "GridWorld-v0-slip=0.1"
    with pytest.raises(ValueError, match="two of agents have the label"):
        Suite(agents=(AgentChoice("a/b"), AgentChoice("a-b")), envs=(EnvChoice("x"),), seeds=(0,), steps=1)


def test_a_folder_of_something_else_is_refused(tmp_path, suite):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds something else than a comparison: choose another --out"):
        ComparisonFolder(tmp_path).check(suite, resume=True)
    with pytest.raises(ValueError, match=r"holds no comparison: there is no comparison\.json"):
        ComparisonFolder(tmp_path).read()
    folder = ComparisonFolder(tmp_path / "new")
    folder.check(suite, resume=False)
    folder.path.mkdir()
    folder.write(suite, {})
    assert folder.suite() == suite
    with pytest.raises(ValueError, match="holds a comparison already: go on with it by --resume"):
        folder.check(suite, resume=False)
    folder.check(suite, resume=True)
    other = Suite(agents=suite.agents, envs=suite.envs, seeds=suite.seeds, steps=601, gamma=0.9, rows=10)
    with pytest.raises(ValueError, match=r"holds another comparison \(steps differ\)"):
        folder.check(other, resume=True)
    folder.lock()
    with pytest.raises(ValueError, match="is being run by another process"):
        ComparisonFolder(folder.path).lock()
