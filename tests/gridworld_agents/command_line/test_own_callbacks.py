"""`--callback module:Class`, which only the command line names, and runs that are finished and go on."""

import json
import pathlib
import sys

import numpy as np
import pytest

import gridworld_agents as ga

MODULE = '''
import pathlib

from gridworld_agents.callbacks import Callback

pathlib.Path("imported").touch()


class Logger(Callback):
    """Writes how far each run is."""

    def __init__(self, folder):
        self.file = folder / "mine.txt"

    def __call__(self, agent, progress):
        with self.file.open("a") as file:
            file.write(f"{progress.num_timesteps}\\n")


def enough(agent, progress):
    return progress.num_timesteps < 2_000


NAME = "no callback"
'''


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Return the name of a module in the working folder, which is not on Python's path."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_logger.py").write_text(MODULE)
    assert str(tmp_path) not in sys.path
    yield "my_logger"
    sys.modules.pop("my_logger", None)


RUN = ("train", "q-learning", "--env", "GridWorld-v0", "--seed", 0)


def test_a_class_is_made_for_the_run_and_told_its_folder(gridworld, module):
    assert gridworld(*RUN, "--steps", 3_000, "--out", "run", "--callback", f"{module}:Logger")[0] == 0
    assert pathlib.Path("run/mine.txt").read_text().splitlines()[-1] == "3000"
    assert "Logger" not in pathlib.Path("run/run.json").read_text()  # a folder names nothing that is run


def test_a_function_may_end_the_learning(gridworld, module):
    status, out, _ = gridworld(*RUN, "--steps", 50_000, "--out", "run", "--callback", f"{module}:enough")
    assert status == 0
    assert "stopped: run" in out
    held = json.loads(pathlib.Path("run/run.json").read_text())
    assert held["status"] == "stopped"
    assert 2_000 <= held["num_timesteps"] < 50_000


def test_a_run_that_goes_on_runs_only_what_is_named_again(gridworld, module):
    gridworld(*RUN, "--steps", 1_000, "--out", "run", "--callback", f"{module}:Logger")
    first = pathlib.Path("run/mine.txt").read_text()
    for made in ("imported", f"{module}.py"):
        pathlib.Path(made).unlink()
    sys.modules.pop(module)
    assert gridworld("train", "--resume", "run", "--steps", 2_000)[0] == 0
    assert pathlib.Path("run/mine.txt").read_text() == first
    pathlib.Path(f"{module}.py").write_text(MODULE)
    assert gridworld("train", "--resume", "run", "--steps", 3_000, "--callback", f"{module}:Logger")[0] == 0
    assert pathlib.Path("run/mine.txt").read_text().splitlines()[-1] == "3000"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("my_logger", "must be MODULE:NAME, such as my_logger:Logger, got 'my_logger'"),
        ("my_logger:", "must be MODULE:NAME"),
        ("my_logger:Loger", "the module my_logger has no 'Loger'"),
        ("my_logger:NAME", "must be a class, or a function of agent and progress, got 'no callback'"),
        ("nowhere:Logger", "nowhere cannot be imported: ModuleNotFoundError"),
        ("broken:Logger", "broken cannot be imported: ZeroDivisionError"),
    ],
)
@pytest.mark.usefixtures("module")
def test_what_is_no_callback_is_told_before_a_folder_is_made(gridworld, given, message):
    pathlib.Path("broken.py").write_text("1 / 0")
    status, _, err = gridworld(*RUN, "--out", "run", "--callback", given)
    assert (status, err.count("\n")) == (2, 1)
    assert message in err
    assert not pathlib.Path("run").exists()
    assert "broken" not in sys.modules


def test_the_working_folder_is_no_place_for_anything_else(gridworld, module):
    pathlib.Path("colorsys.py").write_text("raise SystemExit('run')")
    pathlib.Path("yaml.py").write_text("raise SystemExit('run')")
    assert gridworld(*RUN, "--steps", 100, "--out", "run", "--callback", f"{module}:Logger")[0] == 0
    assert str(pathlib.Path.cwd()) not in sys.path


def test_a_finished_run_goes_on_to_what_one_run_of_all_steps_ends_at(gridworld):
    gridworld(*RUN, "--steps", 5_000, "--out", "part")
    gridworld(*RUN, "--steps", 12_000, "--out", "whole")
    status, out, _ = gridworld("train", "--resume", "part", "--steps", 12_000)
    assert status == 0
    assert "finished: part" in out
    np.testing.assert_array_equal(ga.load("part/agent.zip").q_values, ga.load("whole/agent.zip").q_values)
    held = json.loads(pathlib.Path("part/run.json").read_text())
    assert (held["status"], held["total_timesteps"], held["num_timesteps"]) == ("finished", 12_000, 12_000)
    assert "with --steps N it goes on" in gridworld("train", "--resume", "part")[1]
    assert "is finished" in gridworld("train", "--resume", "part", "--steps", 12_000)[1]  # again: nothing is left
    status, _, err = gridworld("train", "--resume", "part", "--steps", 11_000)
    assert status == 2
    assert "has learned for 12,000 steps: it cannot have 11,000 in all" in err


@pytest.mark.parametrize("flags", [("--steps", 10), ("--resume", "run"), ("--callback", "json:dumps")])
def test_what_is_said_of_a_run_comes_after_its_agent(gridworld, flags):
    status, _, err = gridworld("train", *flags, "q-learning")
    assert status == 2
    assert "comes after its agent: train q-learning ..." in err


@pytest.mark.parametrize("jobs", [1, 2])
def test_compare_makes_one_for_each_run_on_workers_too(gridworld, module, jobs):
    status, _, _ = gridworld(
        "compare", "--agents", "q-learning:alpha=0.5", "random", "--env", "GridWorld-v0", "--seeds", 2, "--steps", 300,
        "--jobs", jobs, "--callback", f"{module}:Logger", "--no-report", "--out", "c",
    )  # fmt: skip
    assert status == 0
    told = sorted(pathlib.Path("c").rglob("mine.txt"))
    assert len(told) == 4
    assert {file.read_text().splitlines()[-1] for file in told} == {"300"}
    command = json.loads(pathlib.Path("c/comparison.json").read_text())["command"]
    assert f"--callback {module}:Logger" in command


def test_one_that_ends_a_run_of_a_comparison_makes_it_fail(gridworld, module):
    status, out, err = gridworld(
        "compare", "--agents", "q-learning", "--env", "GridWorld-v0", "--seeds", 1, "--steps", 30_000,
        "--jobs", 1, "--callback", f"{module}:enough", "--no-report", "--out", "c",
    )  # fmt: skip
    assert status == 1
    assert "the callback ended the learning after" in out + err
