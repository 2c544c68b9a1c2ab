"""What the commands print of files and plugins commands no terminal, and is short; what files hold has limits."""

import io
import json
import types

import numpy as np
import pytest
from rich.table import Table

from gridworld_agents.command_line import list_command
from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.plugin_trials import Found
from gridworld_agents.comparison.printing import failures
from gridworld_agents.comparison.results import RunResult
from gridworld_agents.core import registry
from gridworld_agents.report.assembling import _failure
from gridworld_env import Plugin

ESCAPE = "\x1b[2J\x1b]0;title\x07"


def test_run_json(gridworld, tmp_path):
    run = {"format": "gridworld-run", "version": 2, "status": "running", "num_timesteps": 0, "agent": "q-learning"}
    run |= {"env": f"{ESCAPE}World-v0", "total_timesteps": 1, "seed": 0, "env_arguments": {}, "hyper_parameters": {}}
    run |= {"checkpoint_every": 1, "metrics_every": 1}
    (tmp_path / "run.json").write_text(json.dumps(run))
    for command in ("evaluate", "watch"):
        status, out, error = gridworld(command, tmp_path)
        assert status == 2
        assert "World-v0" in error
        assert "\x1b" not in out + error
    (tmp_path / "run.json").write_text(json.dumps({**run, "version": "x" * 1_000_000}))
    status, out, error = gridworld("evaluate", tmp_path)
    assert status == 2
    assert len(error) < 5000
    (tmp_path / "run.json").write_text(json.dumps({**run, "env": ["x"]}))
    assert "env must be an id" in gridworld("evaluate", tmp_path)[2]


def test_an_error_of_many_lines(gridworld, monkeypatch):
    def fail(_agent_id):
        raise ValueError(ESCAPE + "\n".join(["no"] * 400_000))

    monkeypatch.setattr(registry, "find", fail)
    status, _, error = gridworld("train", "q-learning", "--env", "GridWorld-v0")
    assert status == 2
    assert len(error) < 5000
    assert "\x1b" not in error


def test_a_table(capsys):
    table = Table("heading" + ESCAPE, title=ESCAPE)
    table.add_row("cell" + ESCAPE)
    out = console()
    out.print(table)
    out.print(f"text{ESCAPE}", soft_wrap=True)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert r"text\x1b[2J" in shown


def test_what_is_listed_for_programs_commands_no_terminal(gridworld, monkeypatch):
    monkeypatch.setattr(list_command, "trials", lambda plugins, **_: [Found(ESCAPE)] * len(plugins))
    status, out, _ = gridworld("list", "--json")
    assert status == 0
    assert "\x1b" not in out


def test_plugins():
    class Odd(Plugin):
        group, noun, failure = "odd", "oddity", ImportError

    plugin = Odd(f"acme/{ESCAPE}", "acme", "1", "json:dumps")
    text = plugin.reason(RuntimeError(ESCAPE + "x" * 1_000_000))
    assert "\x1b" not in text
    assert len(text) < 2000
    spec = types.SimpleNamespace(id=f"acme/{ESCAPE}", distribution="acme", version="1", value=ESCAPE, ours=False)
    out = console()
    out.file = io.StringIO()
    out.print(list_command._agents([list_command._agent(spec, Found("y" * 10**6 + ESCAPE))]))
    assert "\x1b" not in out.file.getvalue()
    assert len(out.file.getvalue()) < 10_000


def test_a_run_that_failed(tmp_path):
    none = np.empty(0)
    run = RunResult(
        env="env",
        agent=f"a{ESCAPE}",
        seed=0,
        folder=tmp_path,
        status="failed",
        error=f"Traceback\nValueError: {ESCAPE}" + "x" * 1_000_000,
        score=float("nan"),
        steps=none,
        seconds=none,
        gap=none,
        mean_return=none,
        evaluated_return=none,
        metrics={},
    )
    (line,) = failures(types.SimpleNamespace(failures=[run]))
    told = _failure(run)
    for text, most in ((line, 2000), (told.reason, 2000), (told.traceback, 30_000)):
        assert "\x1b" not in text
        assert len(text) < most
    assert run.reason.startswith(r"ValueError: \x1b[2J")


YAML = {
    "bomb": "a: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"b{i}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(9))
    + "hyper_parameters: {alpha: *a9}\n",
    "ring": "hyper_parameters: &a {alpha: *a}\n",
    "depth": "hyper_parameters: {alpha: " + "[" * 1000 + "]" * 1000 + "}\n",
    "integer": "agent: q-learning\nenv: GridWorld-v0\nhyper_parameters: {1: 2}\n",
    "integer within": "agent: q-learning\nenv: GridWorld-v0\nenv_args: {a: {1: 2}}\n",
}


@pytest.mark.parametrize("text", YAML.values(), ids=YAML)
def test_configurations_that_expand_without_end(gridworld, tmp_path, monkeypatch, text):
    pytest.importorskip("yaml")
    monkeypatch.setattr("gridworld_agents.core.checks.MOST_VALUES", 10_000)  # which takes less time
    (tmp_path / "c.yaml").write_text(text)
    status, _, error = gridworld("train", "--config", tmp_path / "c.yaml", "--out", tmp_path / "run")
    assert status == 2
    assert error.startswith("gridworld: ")
    assert len(error.splitlines()) == 1
    assert any(word in error for word in ("holds more than 10,000", "deep", "recursion", "must be text"))
    assert not (tmp_path / "run").exists()
