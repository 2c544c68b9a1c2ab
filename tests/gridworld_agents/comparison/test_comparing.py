"""Comparisons from beginning to end: the same whatever does them, gone on with, with runs that fail."""

import csv
import json
import math
import pathlib
import re
import runpy

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.comparison import results
from gridworld_agents.comparison.comparing import run_suite
from gridworld_agents.comparison.deciding import undecided
from gridworld_agents.comparison.executing import Interrupted
from gridworld_agents.comparison.live import count_runs, summary
from gridworld_agents.comparison.suite_files import read_suite
from gridworld_agents.comparison.verdicts import sentences
from gridworld_agents.evaluation.judge import Judge


class Grumbling(gym.Env):
    """Fails in the middle of a run where the agent's seed is odd."""

    observation_space, action_space = gym.spaces.Discrete(2), gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.odd = getattr(self, "odd", False) or (seed is not None and seed % 2 == 1)
        self.k = getattr(self, "k", 0)
        return 0, {}

    def step(self, action):
        self.k += 1
        if self.odd and self.k == 70:
            raise RuntimeError("no more")
        return int(action), float(action), False, self.k % 5 == 0, {}


@pytest.fixture
def grumbling():
    gym.register("tests/Grumbling-v0", Grumbling)
    yield "tests/Grumbling-v0"
    del gym.registry["tests/Grumbling-v0"]


def test_a_comparison_is_its_runs(tmp_path, suite, tables):
    found = run_suite(suite, tmp_path / "one", jobs=1)
    assert [(run.env, run.agent, run.seed) for run in found.runs] == [
        (env.label, agent.label, seed) for env in suite.envs for agent in suite.agents for seed in suite.seeds
    ]
    assert all(run.finished for run in found.runs)
    for run in found.of("GridWorld-v0", "slow"):
        env = gym.make("GridWorld-v0")
        alone = ga.make("sarsa", env, seed=run.seed, gamma=0.9, alpha=0.01).learn(600)
        assert run.score == Judge(env, 0.9).gap(alone)
        assert run.steps.tolist() == list(range(60, 601, 60))
        assert run.gap[-1] == run.score
        assert (np.diff(run.seconds) >= 0).all()
    header, *rows = csv.reader((tmp_path / "one" / "results.csv").read_text().splitlines())
    assert len(rows) == 12
    first = dict(zip(header, rows[0], strict=True))
    assert float(first["score"]) == found.runs[0].score
    assert "seconds" not in ",".join(header)
    in_two = run_suite(suite, tmp_path / "two", jobs=2)
    assert tables(tmp_path / "two") == tables(tmp_path / "one")
    assert [run.score for run in in_two.runs] == [run.score for run in found.runs]


def test_what_was_begun_is_gone_on_with(tmp_path, suite, tables):
    run_suite(suite, tmp_path / "whole", jobs=1)
    folder = tmp_path / "parts"
    run_suite(suite, folder, jobs=1)
    kept = results.read(folder).runs[4].folder / "score.json"
    before = kept.stat().st_mtime_ns
    (results.read(folder).runs[0].folder / "score.json").unlink()
    half = results.read(folder).runs[7]
    ga.make("sarsa", gym.make("GridWorld/Cliff-v0"), seed=half.seed)  # compiled by now
    (half.folder / "score.json").unlink()
    (half.folder / "agent.zip").unlink()  # as if killed before the first checkpoint
    assert [run.status for run in results.read(folder).runs].count("missing") == 2
    run_suite(suite, folder, jobs=1, resume=True)
    assert tables(folder) == tables(tmp_path / "whole")
    assert kept.stat().st_mtime_ns == before


def test_what_cannot_go_on_exactly_begins_again_and_loads_nothing(tmp_path):
    """A file of Stable-Baselines3's can carry code, so it is refused unless it is trusted: it need not be read."""
    asked = {"agents": ["random"], "envs": ["GridWorld-v0"], "seeds": 1, "steps": 100, "out": tmp_path / "c", "jobs": 1}
    whole = ga.compare(**asked).runs[0]
    (whole.folder / "score.json").unlink()
    (whole.folder / "agent.zip").write_bytes(b"can carry code")
    again = ga.compare(**asked, resume=True).runs[0]
    assert (again.error, again.score) == (None, whole.score)


def test_a_run_that_fails_stops_no_other(tmp_path, grumbling):
    found = ga.compare(["q-learning", "sarsa"], [grumbling], seeds=4, steps=200, out=tmp_path / "c", jobs=1, episodes=2)
    assert [run.status for run in found.runs] == ["finished", "failed"] * 4
    assert [run.seed for run in found.failures] == [1, 3, 1, 3]
    assert found.failures[0].error.rstrip().endswith("RuntimeError: no more")
    assert found.seeds(grumbling) == [0, 2]
    assert all(len(scores) == 2 for scores in found.scores(grumbling).values())
    assert not found.exact(grumbling)
    header, *rows = csv.reader((tmp_path / "c" / "results.csv").read_text().splitlines())
    failed = dict(zip(header, rows[1], strict=True))
    assert (failed["status"], failed["score"], failed["measure"]) == ("failed", "", "return")
    again = ga.compare(
        ["q-learning", "sarsa"], [grumbling], seeds=4, steps=200, out=tmp_path / "c", jobs=1, episodes=2, resume=True
    )
    assert [run.status for run in again.runs] == ["finished", "failed"] * 4


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"agents": ["q-lerning"]}, "there is no agent 'q-lerning'; did you mean 'q-learning'"),
        ({"envs": ["GridWorld-v9"]}, "the environment GridWorld-v9 cannot be made"),
        ({"envs": ["Pendulum-v1"]}, "q-learning cannot learn on Pendulum-v1: q-learning keeps a table"),
        ({"agents": [{"id": "q-learning", "hyper_parameters": {"alpha": 3}}]}, r"alpha must be in \(0, 1\], got 3"),
        ({"seeds": 0}, "seeds must be an integer >= 1, got 0"),
        ({"jobs": 0}, "jobs must be an integer >= 1, got 0"),
        ({"backend": "dusk"}, "backend must be one of 'joblib', 'dask', got 'dusk'; did you mean 'dask'"),
        ({"backend": "dask"}, "the backend 'dask' needs the address of a cluster"),
        ({"address": "tcp://x:1"}, "address is that of a cluster"),
        ({"max_seeds": 1}, "max_seeds must be at least the 2 seeds that it begins with, got 1"),
    ],
)
def test_mistakes_show_before_the_work_starts(tmp_path, changes, error):
    asked = {"agents": ["q-learning"], "envs": ["GridWorld-v0"], "seeds": 2, "steps": 100, **changes}
    with pytest.raises(ValueError, match=error):
        ga.compare(asked.pop("agents"), asked.pop("envs"), out=tmp_path / "c", **asked)
    assert not (tmp_path / "c").exists()


def test_seeds_are_added_until_it_is_decided(tmp_path):
    asked = {"envs": ["GridWorld-v0"], "seeds": 3, "steps": 400, "jobs": 1, "rows": 2, "gamma": 0.9}
    found = ga.compare(["optimal", "random"], out=tmp_path / "clear", max_seeds=20, **asked)
    assert 6 < len(found.suite.seeds) < 20
    assert not undecided(found, 20, 0.95)
    (said,) = sentences(found, confidence=0.95)
    assert re.search(r"^GridWorld-v0: optimal is better than random at 95% confidence, decided after \d seeds by", said)
    assert found.stopping == (20, 0.95)
    again = run_suite(found.suite, found.folder, resume=True, jobs=1)  # it was decided by the rule, and stays so
    assert again.stopping == found.stopping
    assert sentences(again, confidence=0.95) == [said]
    twins = [{"id": "optimal"}, {"id": "optimal", "label": "twin"}]
    same = ga.compare(twins, out=tmp_path / "same", max_seeds=5, **asked)
    assert len(same.suite.seeds) == 5
    assert (
        "not distinguishable at 95% confidence after 5 seeds, by the stopping rule, which"
        in sentences(same, confidence=0.95)[0]
    )


def test_times_to_the_optimum(tmp_path, suite):
    found = run_suite(suite, tmp_path / "c", jobs=1)
    run = found.of("GridWorld-v0", "q-learning")[0]
    optimum = found.references["GridWorld-v0"].optimum
    within = run.steps[run.gap <= 0.1 * optimum]
    expected = within[0] if len(within) else math.inf
    assert found.times_to("GridWorld-v0", "q-learning", 0.1)[0] == expected
    assert found.references["GridWorld-v0"].uniform < optimum
    scaled = found.references["GridWorld-v0"].normalised([0.0, optimum - found.references["GridWorld-v0"].uniform])
    assert scaled.tolist() == [1.0, 0.0]


def test_how_far_it_is_can_be_seen(tmp_path, suite):
    found = run_suite(suite, tmp_path / "c", jobs=1)
    from gridworld_agents.comparison.folder import ComparisonFolder

    folder = ComparisonFolder(found.folder)
    (found.runs[0].folder / "score.json").unlink()
    now = count_runs(folder, suite)
    assert (now.runs, now.finished, now.failed) == (12, 11, 0)
    assert now.under_way == {"q-learning on GridWorld-v0, seed 0": (600, 600)}
    assert summary(now._replace(steps=now.total - 1000), 500, 2.0) == "11 of 12 runs done, 250 steps/s, about 0:04 left"


def test_the_command(tmp_path, gridworld):
    flags = [
        "--agents",
        "q-learning",
        "sarsa",
        "--env",
        "GridWorld-v0",
        "--seeds",
        "2",
        "--steps",
        "300",
        "--jobs",
        "1",
    ]
    code, out, err = gridworld("compare", *flags, "--out", "c", "--no-report")
    assert code == 0, err
    assert "4 of 4 runs done" in out
    assert "GridWorld-v0: q-learning and sarsa are not distinguishable" in out
    content = json.loads((tmp_path / "c" / "comparison.json").read_text())
    assert content["command"].startswith("gridworld compare --agents q-learning sarsa --env GridWorld-v0 --steps 300")
    code, _, err = gridworld("compare", *flags, "--out", "c", "--no-report")
    assert code == 2
    assert "holds a comparison already: go on with it by --resume" in err
    code, _, err = gridworld("compare", "--agents", "q-learning")
    assert code == 2
    assert "what is to be compared? --env ID, or a suite file" in err


@pytest.fixture
def demo(monkeypatch):
    """Return a function that runs the example with something else as its `run_suite`, and without a report."""
    script = runpy.run_path(str(pathlib.Path(__file__).parents[3] / "examples" / "demo.py"))

    def run(run_suite):
        monkeypatch.setattr("gridworld_agents.comparison.run_suite", run_suite, raising=False)
        monkeypatch.setattr("gridworld_agents.report.write", lambda found: found.folder, raising=False)
        return script["main"]("runs/demo")

    return run


@pytest.mark.parametrize("signal", [Interrupted, KeyboardInterrupt])
def test_the_demo_says_how_to_go_on(demo, capsys, signal):
    def stopped(*_, **__):
        raise signal

    assert demo(stopped) == 130
    out = capsys.readouterr().out
    assert out.endswith("stopped, everything is kept: the same command goes on in runs/demo\n")
    size, optimum = out.index("32 runs, about a minute on two idle cores"), out.index("The optimum, worth 0.5176")
    assert size < optimum  # both stand there before anything is run


def test_the_demo_tells_its_size_as_its_suite_has_it():
    suite = read_suite(pathlib.Path(__file__).parents[3] / "examples" / "suites" / "demo.toml")
    script = runpy.run_path(str(pathlib.Path(__file__).parents[3] / "examples" / "demo.py"))
    runs = len(suite.agents) * len(suite.seeds) * len(suite.envs)
    for fact in (f"{suite.steps:,} steps", f"{len(suite.seeds)} seeds each", f"{runs} runs"):
        assert fact in script["FIRST"]
    assert max(map(len, "\n".join([script["FIRST"], script["SARSA"]]).splitlines())) <= 80


def test_what_the_demo_compares_gets_to_the_optimum():
    suite = read_suite(pathlib.Path(__file__).parents[3] / "examples" / "suites" / "demo.toml")
    tabular = [agent for agent in suite.agents if not agent.id.startswith("sb3/")]
    assert len(tabular) == 3
    for agent in tabular:
        env = gym.make("GridWorld-v0")
        judge = ga.Judge(env, suite.gamma)
        learned = [ga.make(agent.id, env, seed=s, gamma=suite.gamma, **agent.hyper_parameters) for s in suite.seeds]
        gaps = [judge.gap(one.learn(suite.steps)) for one in learned]
        assert np.median(gaps) < 1e-9
        assert max(gaps) < 0.01  # of 0.52


def test_the_demo_says_why_a_run_failed(demo, capsys, grumbling, tmp_path):
    found = ga.compare(["q-learning"], [grumbling], seeds=4, steps=100, out=tmp_path / "c", jobs=1, episodes=2)
    assert demo(lambda *_, **__: found) == 1
    out = capsys.readouterr().out
    assert "failed: q-learning on tests/Grumbling-v0, seed 1: RuntimeError: no more\n" in out
    assert out.count("no more") == 1
