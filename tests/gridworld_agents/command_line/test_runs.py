"""`gridworld train`, `evaluate` and `watch`, and runs that are stopped, killed and gone on with."""

import csv
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import click
import gymnasium as gym
import numpy as np
import pytest
from PIL import Image

import gridworld_agents as ga
from gridworld_agents.command_line.configuration import read_configuration
from gridworld_agents.evaluation.judge import Judge
from gridworld_agents.runs.folder import RunFolder, RunSettings
from gridworld_agents.runs.running import Run
from gridworld_env import TabularMDP, oracle

COMMAND = [sys.executable, "-c", "from gridworld_agents.command_line import main; main()"]


def table(folder):
    return ga.load(pathlib.Path(folder) / "agent.zip").q_values


def metrics(folder):
    with (pathlib.Path(folder) / "metrics.csv").open(newline="") as file:
        return list(csv.reader(file))


def test_a_run_leaves_all_that_it_takes_to_repeat_it(gridworld):
    flags = ("--alpha", 0.5, "--gamma", 0.9, "--env-arg", "slip=0.1", "--seed", 3, "--steps", 20_000)
    status, out, _ = gridworld("train", "q-learning", "--env", "GridWorld-v0", *flags, "--out", "first")
    assert status == 0
    assert "finished: first" in out
    record = json.loads(pathlib.Path("first/run.json").read_text())
    assert record["agent"] == "q-learning"
    assert record["env_arguments"] == {"slip": 0.1}
    assert record["hyper_parameters"] == {"alpha": 0.5, "gamma": 0.9}
    assert (record["seed"], record["status"], record["num_timesteps"]) == (3, "finished", 20_000)
    assert record["versions"]["gridworld-env"]
    assert record["platform"]
    header, *rows = metrics("first")
    assert [int(row[0]) for row in rows] == list(range(200, 20_001, 200))
    assert header[-3:] == ["gap", "value_error", "visited"]
    gap, error, visited = map(float, rows[-1][-3:])
    agent = ga.load("first/agent.zip")
    judge = Judge(gym.make("GridWorld-v0", slip=0.1), 0.9)
    assert (gap, error) == (judge.gap(agent), judge.value_error(agent))
    assert gap >= 0
    assert visited == (agent.visits > 0).mean()
    gridworld("train", "q-learning", "--env", "GridWorld-v0", *flags, "--out", "second")
    np.testing.assert_array_equal(table("first"), table("second"))


def test_evaluate_tells_the_exact_value_and_gap(gridworld):
    gridworld("train", "q-learning", "--env", "GridWorld-v0", "--gamma", 0.9, "--seed", 0, "--out", "run")
    status, out, _ = gridworld("evaluate", "run", "--episodes", 20)
    assert status == 0
    assert "mean return of 20 episodes: 1 " in out
    assert "exact value at discount 0.9: 0.51762257   optimum 0.51762257" in out
    assert "gap to the optimum: 0 (discount 0.9)" in out
    judge = Judge(gym.make("GridWorld-v0"), 0.9)
    soft = oracle.epsilon_optimal(judge.mdp, gamma=0.9, epsilon=0.1)
    assert f"best epsilon-soft {judge.mdp.initial @ soft.v:.6g} (discount 0.9)\n" in out
    gap = float(re.search(r"gap to the best epsilon-soft policy: (\S+) \(discount 0\.9\)", out).group(1))
    exploring = 0.9 * judge.policy(ga.load("run/agent.zip")) + 0.1 / 5
    assert gap == pytest.approx(judge.mdp.initial @ soft.v - judge.value(exploring), abs=1e-3)
    assert max(map(len, out.splitlines())) <= 80


def test_evaluate_tells_the_error_of_what_was_predicted_in_place_of_a_gap(gridworld):
    gridworld("train", "td0", "--env", "GridWorld-v0", "--gamma", 0.9, "--seed", 0, "--steps", 5_000, "--out", "run")
    status, out, _ = gridworld("evaluate", "run", "--episodes", 5)
    assert status == 0
    agent, judge = ga.load("run/agent.zip"), Judge(gym.make("GridWorld-v0"), 0.9)
    assert f"value error: {judge.value_error(agent):.3g} (discount 0.9; root mean square over 24 states" in out
    assert f"that it values, at discount 0.9: {judge.value(agent):.9g}\n" in out
    assert f"learned of the start, at discount 0.9: {judge.mdp.initial @ agent.values:.9g}\n" in out
    assert "gap" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_evaluate_stands_beside_the_known_optimum(gridworld):
    gridworld(
        "train", "spsa", "--env", "LinearQuadratic-v0", "--steps", 400, "--gamma", 0.9, "--seed", 0, "--out", "run"
    )
    status, out, _ = gridworld("evaluate", "run", "--episodes", 20)
    assert status == 0
    assert "mean return of 20 episodes: " in out
    value, error, optimum = map(
        float, re.search(r"at discount 0\.9: (\S+) \+- (\S+)   optimum (\S+) \(Ricc", out).groups()
    )
    gap, gap_error = map(float, re.search(r"gap to the optimum: (\S+) \+- (\S+)", out).groups())
    assert optimum == pytest.approx(-3.1897, abs=1e-4)
    assert gap > 0
    assert abs(optimum - value - gap) < 4 * error
    assert gap_error < error
    assert "exact [[0.2381, 0.2533]]" in out
    assert "distance " in out


def test_evaluate_says_why_there_is_no_optimum(gridworld):
    gridworld("train", "random", "--env", "ContinuousGridWorld-v0", "--steps", 10, "--out", "grid")
    assert "(fine grid)" in gridworld("evaluate", "grid", "--episodes", 2)[1]
    gridworld("train", "spsa", "--env", "LinearQuadratic-v0", "--steps", 200, "--gamma", 1, "--out", "run")
    status, out, _ = gridworld("evaluate", "run", "--episodes", 2)
    assert status == 0
    assert "exact value: not known, for at gamma 1 noise costs for ever" in out


def test_evaluate_without_a_model_says_so(gridworld):
    gridworld("train", "random", "--env", "CartPole-v1", "--steps", 10, "--out", "run")
    status, out, _ = gridworld("evaluate", "run", "--episodes", 3)
    assert status == 0
    assert "exact value: not known" in out


@pytest.mark.parametrize("ending", ["gif", *(pytest.param(one, marks=pytest.mark.shown) for one in ("mp4", "webp"))])
def test_watch_records(gridworld, ending):
    gridworld("train", "q-learning", "--env", "GridWorld/FourRooms-v0", "--steps", 2000, "--out", "run")
    status, out, _ = gridworld("watch", "run", "--record", f"episode.{ending}", "--size", 200)
    assert status == 0
    assert f"wrote episode.{ending}" in out
    assert pathlib.Path(f"episode.{ending}").stat().st_size > 1000
    if ending == "gif":
        with Image.open("episode.gif") as picture:
            assert picture.n_frames > 2
            assert len(picture.convert("RGB").getcolors(1 << 16)) > 30  # values are drawn


@pytest.mark.parametrize("show", ["learned", "exact", "error", "visits"])
def test_watch_draws_what_is_asked_for(gridworld, show):
    gridworld("train", "q-learning", "--env", "GridWorld-v0", "--steps", 1000, "--out", "run")
    status, out, _ = gridworld("watch", "run", "--show", show, "--record", f"{show}.png", "--size", 200)
    assert (status, out) == (0, f"wrote {show}.png\n")
    with Image.open(f"{show}.png") as picture:
        assert max(picture.size) in range(150, 201)
        assert len(picture.convert("RGB").getcolors(1 << 16)) > 30


def test_watch_shows_a_training_as_an_animation_and_as_a_strip(gridworld):
    gridworld("train", "sarsa", "--env", "GridWorld-v0", "--steps", 2000, "--seed", 3, "--out", "run")
    how = ("watch", "run", "--training", "--moments", 4, "--size", 160)
    assert gridworld(*how, "--record", "training.gif")[1] == "wrote training.gif\n"
    with Image.open("training.gif") as picture:
        assert picture.n_frames == 4
        assert picture.width > picture.height  # values on the left, errors on the right
    for ending, begin in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")):
        assert gridworld(*how, "--record", f"training.{ending}")[1] == f"wrote training.{ending}\n"
        assert pathlib.Path(f"training.{ending}").read_bytes().startswith(begin)
    assert pathlib.Path("training.svg").read_text().count("RMS error") == 4


def test_watch_shows_no_training_but_that_of_the_run(gridworld):
    gridworld("train", "sarsa", "--env", "GridWorld-v0", "--steps", 500, "--seed", 3, "--out", "run")
    assert "--moments are those of --training" in gridworld("watch", "run", "--moments", 4)[2]
    ga.make("sarsa", gym.make("GridWorld-v0"), seed=4).learn(500).save("run/agent.zip")
    status, _, err = gridworld("watch", "run", "--training", "--record", "training.gif")
    assert status != 0
    assert "led to another agent than the run's" in err
    assert not pathlib.Path("training.gif").exists()
    gridworld("train", "random", "--env", "GridWorld-v0", "--steps", 10, "--out", "bare")
    status, _, err = gridworld("watch", "bare", "--training", "--record", "training.gif")
    assert status != 0
    assert "keeps no values of states" in err


def test_watch_needs_a_display_or_a_file(gridworld, monkeypatch):
    gridworld("train", "random", "--env", "GridWorld-v0", "--steps", 10, "--out", "run")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    status, _, err = gridworld("watch", "run")
    assert status == 2
    assert "no window can be opened here: --record FILE.gif" in err


def test_a_configuration_file_says_what_flags_say(gridworld):
    pathlib.Path("run.toml").write_text(
        'agent = "q-learning"\nenv = "GridWorld-v0"\nsteps = 5000\nseed = 1\n'
        "[hyper_parameters]\nalpha = 0.3\n[env_args]\nslip = 0.2\n"
    )
    pathlib.Path("run.yaml").write_text(
        "agent: q-learning\nenv: GridWorld-v0\nsteps: 5000\nseed: 1\n"
        "hyper_parameters: {alpha: 0.3}\nenv_args: {slip: 0.2}\n"
    )
    flags = ("--env", "GridWorld-v0", "--steps", 5000, "--seed", 1, "--alpha", 0.3, "--env-arg", "slip=0.2")
    assert gridworld("train", "q-learning", *flags, "--out", "flags")[0] == 0
    assert gridworld("train", "q-learning", "--config", "run.toml", "--out", "toml")[0] == 0
    assert gridworld("train", "q-learning", "--config", "run.yaml", "--out", "yaml")[0] == 0
    for folder in ("toml", "yaml"):
        np.testing.assert_array_equal(table("flags"), table(folder))
    assert gridworld("train", "--config", "run.toml")[0] == 0
    np.testing.assert_array_equal(table("flags"), table("runs/q-learning-1"))
    assert gridworld("train", "q-learning", "--config", "run.toml", "--alpha", 0.9, "--out", "other")[0] == 0
    assert (table("other") != table("flags")).any()
    named = gridworld("train", "--config", "run.toml", "--alpha", 0.9, "--out", "named")  # the file names the agent
    assert named[0] == 0, named
    np.testing.assert_array_equal(table("named"), table("other"))


@pytest.mark.parametrize("written", ["1e-1", "1E-1", "+1e-1", "1.e-1", "1.0e-01", ".1", "0.1", "10e-2", ".1e0"])
@pytest.mark.parametrize("ending", ["yaml", "toml"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_numbers_in_files_are_numbers_and_marks_before_them_are_none(tmp_path, written, ending, mark):
    path, line = tmp_path / f"run.{ending}", f"hyper_parameters: {{alpha: {written}, name: '1e-1'}}\n"
    if ending == "toml":
        if written in {"1.e-1", ".1", ".1e0"}:  # no numbers of TOML
            path.write_text(f"steps = {written}", encoding="utf-8")
            with pytest.raises(click.UsageError, match="cannot be read"):
                read_configuration(path)
            return
        line = f"[hyper_parameters]\nalpha = {written}\nname = '1e-1'\n"
    path.write_text(mark + line, encoding="utf-8")
    assert read_configuration(path) == {"hyper_parameters": {"alpha": 0.1, "name": "1e-1"}}


def test_evaluate_takes_a_discount(gridworld):
    gridworld("train", "q-learning", "--env", "GridWorld-v0", "--gamma", 0.9, "--seed", 0, "--out", "run")
    _, own, _ = gridworld("evaluate", "run", "--episodes", 2)
    status, out, _ = gridworld("evaluate", "run", "--episodes", 2, "--gamma", 0.5)
    assert status == 0
    assert "exact value at discount 0.9: 0.51762257" in own
    mdp = TabularMDP.from_env(gym.make("GridWorld-v0"))
    mean = float(mdp.initial @ oracle.optimal(mdp, gamma=0.5).v)
    assert f"exact value at discount 0.5: {mean:.9g}   optimum {mean:.9g}" in out


class Slow(gym.Wrapper):
    """Is interrupted in the middle of a roll-out that takes longer than the callbacks are waited for."""

    steps = 0

    def step(self, action):
        type(self).steps += 1
        if type(self).steps == 25:
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        return super().step(action)


@pytest.fixture
def slow():
    gym.register("tests/Slow-v0", lambda: Slow(gym.make("GridWorld-v0", max_episode_steps=20)))
    Slow.steps = 0
    yield "tests/Slow-v0"
    del gym.registry["tests/Slow-v0"]


@pytest.mark.parametrize(("id_", "total", "whole"), [("sb3/ppo", 10, 64), ("sb3/dqn", 28, 40)])
def test_a_run_whose_roll_out_was_cut_has_not_finished(gridworld, slow, id_, total, whole):
    """`timeout -s INT` on a slow environment: the steps of a roll-out that is cut off teach nothing."""
    pytest.importorskip("stable_baselines3")
    flags = ["--train-freq", 40, "--learning-starts", 5] if id_ == "sb3/dqn" else ["--n-steps", 64, "--batch-size", 64]
    status, out, err = gridworld("train", id_, "--env", slow, "--steps", total, "--seed", 0, *flags, "--out", "run")
    assert (status, "stopped: run" in out) == (130, True), err
    record = json.loads(pathlib.Path("run/run.json").read_text())
    taken = record["num_timesteps"]
    assert record["status"] == "stopped"
    assert taken == Slow.steps  # every step is counted, and once
    assert taken >= 25, "it was stopped by a signal from elsewhere, before its own: by `timeout`, or a terminal"
    assert taken < 64
    assert f"{taken} steps, {taken} of them in roll-outs cut off before they were learned from" in out
    status, out, err = gridworld("train", "--resume", "run", "--trust")
    assert (status, "finished: run" in out) == (0, True), err
    assert json.loads(pathlib.Path("run/run.json").read_text())["num_timesteps"] == whole  # they are taken again
    assert "is finished" in gridworld("train", "--resume", "run", "--trust")[1]


def test_tensorboard_that_is_missing_leaves_no_folder(gridworld, monkeypatch):
    for name in ("torch", "torch.utils.tensorboard"):
        monkeypatch.setitem(sys.modules, name, None)
    status, _, err = gridworld("train", "random", "--env", "GridWorld-v0", "--out", "run", "--tensorboard")
    assert (status, "pip install" in err) == (2, True)
    assert not pathlib.Path("run").exists()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its reader leaves the file open
def test_tensorboard_events_hold_the_gap(gridworld):
    loading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    flags = ("--env", "GridWorld-v0", "--steps", 4000, "--metrics-every", 1000, "--out", "run", "--tensorboard")
    assert gridworld("train", "q-learning", *flags)[0] == 0
    events = loading.EventAccumulator("run")
    events.Reload()
    assert [event.step for event in events.Scalars("exact/gap")] == [1000, 2000, 3000, 4000]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train"], "which agent?"),
        (["train", "q-learnin"], "did you mean 'q-learning'?"),
        (["train", "q-learning"], "which environment?"),
        (["train", "q-learning", "--env", "GridWorld/Clif-v0"], "did you mean 'GridWorld/Cliff-v0'?"),
        (["train", "q-learning", "--env", "GridWorld-v0", "--alpha", "3"], "alpha must be in (0, 1], got 3"),
        (["train", "q-learning", "--env", "GridWorld-v0", "--alhpa", "3"], "No such option '--alhpa'"),
        (["train", "q-learning", "--env", "CartPole-v1"], "q-learning keeps a table"),
        (["train", "--resume", "nowhere"], "holds no run"),
        (["train", "q-learning", "--config", "nothing.toml"], "nothing.toml cannot be read"),
        (["train", "q-learning", "--config", "wrong.toml"], "unknown entry 'stepps'; did you mean 'steps'?"),
        (["train", "q-learning", "--config", "misplaced.toml"], "'alpha'. It may hold agent, env"),
        (["train", "q-learning", "--config", "misplaced.toml"], "belongs under [hyper_parameters]"),
        (["train", "q-learning", "--config", "type.toml"], "steps in type.toml must be int, got 1.5"),
        (["evaluate", "nowhere"], "does not exist"),
        (["watch", "empty"], "holds no run"),
        (["evaluate", "damaged"], "cannot be read"),
    ],
)
def test_errors_are_one_line(gridworld, arguments, message):
    pathlib.Path("wrong.toml").write_text("stepps = 1\n")
    pathlib.Path("type.toml").write_text("steps = 1.5\n")
    pathlib.Path("misplaced.toml").write_text("alpha = 0.1\n")
    pathlib.Path("empty").mkdir()
    pathlib.Path("damaged").mkdir()
    pathlib.Path("damaged/run.json").write_text("{")
    status, _, err = gridworld(*arguments)
    assert status == 2
    assert message in err
    assert err.count("\n") == 1
    assert not pathlib.Path("runs").exists()


def test_a_run_is_not_overwritten(gridworld):
    flags = ("train", "q-learning", "--env", "GridWorld-v0", "--steps", 100, "--out", "run")
    assert gridworld(*flags)[0] == 0
    before = {file: file.read_bytes() for file in pathlib.Path("run").iterdir()}
    status, _, err = gridworld(*flags)
    assert status == 2
    assert "holds a run already: go on with it by `gridworld train --resume run`, or choose another --out" in err
    assert before == {file: file.read_bytes() for file in pathlib.Path("run").iterdir()}


def test_a_damaged_checkpoint_is_refused_and_nothing_is_lost(gridworld):
    gridworld("train", "q-learning", "--env", "GridWorld-v0", "--steps", 1000, "--out", "run")
    file = pathlib.Path("run/agent.zip")
    file.write_bytes(file.read_bytes()[:-100])
    before = {file: file.read_bytes() for file in pathlib.Path("run").iterdir()}
    status, _, err = gridworld("train", "--resume", "run")
    assert status == 2
    assert "agent.zip cannot be read as an agent" in err
    assert err.count("\n") == 1
    assert before == {file: file.read_bytes() for file in pathlib.Path("run").iterdir()}


def test_a_folder_that_cannot_be_written_to_is_one_line(gridworld):
    pathlib.Path("file").write_text("")
    status, _, err = gridworld("train", "q-learning", "--env", "GridWorld-v0", "--out", "file/run")
    assert status == 2
    assert err.count("\n") == 1


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_loses_no_checkpoint(gridworld, monkeypatch):
    gridworld("train", "q-learning", "--env", "GridWorld-v0", "--steps", 1000, "--out", "run")
    record = json.loads(pathlib.Path("run/run.json").read_text())
    pathlib.Path("run/run.json").write_text(json.dumps({**record, "total_timesteps": 100_000}))
    before = pathlib.Path("run/agent.zip").read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    status, _, err = gridworld("train", "--resume", "run")
    assert status == 2
    assert "No space left on device" in err
    assert pathlib.Path("run/agent.zip").read_bytes() == before
    assert not [file for file in pathlib.Path("run").iterdir() if file.suffix == ".tmp"]


def settings(steps):
    return RunSettings("sarsa", "GridWorld-v0", steps, 7, {"slip": 0.2}, {}, steps // 10, steps // 10)


def test_only_of_tabular_agents_an_exact_end_is_promised(gridworld):
    _, out, _ = gridworld("train", "--help")
    said = " ".join(out.split())
    assert "Tabular agents on environments of this project then end exactly as if they had never stopped" in said


def test_settings_may_be_numbers_of_numpy(tmp_path):
    whole, real = np.int64(10), np.float32(0.5)
    given = RunSettings("sarsa", "GridWorld-v0", whole, whole, {"slip": real}, {"gamma": real}, whole, whole)
    RunFolder(tmp_path).begin(given)
    assert RunFolder(tmp_path).settings() == given


def test_a_stopped_run_goes_on_to_the_same_end(tmp_path):
    whole = Run(RunFolder(tmp_path / "whole"), settings(20_000))
    assert whole.learn() == "finished"
    broken = Run(RunFolder(tmp_path / "broken"), settings(20_000))
    assert broken.learn(lambda _agent, progress: progress.num_timesteps < 7_000) == "stopped"
    assert broken.folder.status() == "stopped"
    resumed = Run(RunFolder(tmp_path / "broken"))
    assert 7_000 <= resumed.agent.num_timesteps < 20_000
    assert resumed.learn() == "finished"
    np.testing.assert_array_equal(table(whole.folder.path), table(broken.folder.path))
    whole_rows, broken_rows = ([row[:4] + row[5:] for row in metrics(tmp_path / name)] for name in ("whole", "broken"))
    assert whole_rows == broken_rows  # but for the seconds


def kill_and_resume(folder, whole, times, wait, steps):
    """Kill a run so many times after `wait(folder, process)`, let it end, and compare it with an uninterrupted one."""
    start = [*COMMAND, "train", "sarsa", "--env", "GridWorld-v0", "--env-arg", "slip=0.2", "--seed", "7"]
    start += ["--steps", str(steps), "--checkpoint-every", str(steps // 200), "--metrics-every", str(steps // 200)]
    start += ["--out", str(folder)]
    kills = 0
    for _ in range(times):
        again = (folder / "run.json").exists()
        process = subprocess.Popen(
            [*COMMAND, "train", "--resume", str(folder)] if again else start,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait(folder, process)
        kills += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
    if not (folder / "run.json").exists():
        subprocess.run(start, check=True, capture_output=True)
    subprocess.run([*COMMAND, "train", "--resume", str(folder)], check=True, capture_output=True)
    np.testing.assert_array_equal(table(folder), table(whole))
    return kills


def rows_and_a_moment(rng):
    """Return what waits until a process has written some more rows, and for a random moment more."""

    def wait(folder, process):
        file = folder / "metrics.csv"
        before = file.stat().st_size if file.exists() else 0
        deadline = time.monotonic() + 300
        while not (file.exists() and file.stat().st_size > before) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.1))

    return wait


def test_a_killed_run_ends_as_if_it_never_was(tmp_path):
    steps = 8_000_000
    whole = Run(RunFolder(tmp_path / "whole"), settings(steps))
    whole.learn()
    moments = rows_and_a_moment(np.random.default_rng(0))
    assert kill_and_resume(tmp_path / "killed", whole.folder.path, 2, moments, steps) >= 1


@pytest.mark.slow
def test_fifty_kills_change_nothing(tmp_path):
    steps = 400_000_000
    whole = Run(RunFolder(tmp_path / "whole"), settings(steps))
    whole.learn()
    rng = np.random.default_rng(1)
    any_moment = lambda *_: time.sleep(rng.uniform(0.7, 2.0))  # noqa: E731
    assert kill_and_resume(tmp_path / "killed", whole.folder.path, 50, any_moment, steps) == 50


def test_a_polite_request_to_end_saves_the_agent(tmp_path):
    folder = tmp_path / "run"
    command = [*COMMAND, "train", "q-learning", "--env", "GridWorld-v0", "--steps", "2000000000", "--out", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (folder / "metrics.csv").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "stopped" in out
    assert json.loads((folder / "run.json").read_text())["status"] == "stopped"
    assert ga.load(folder / "agent.zip").num_timesteps > 0


def test_two_processes_do_not_run_one_run(gridworld, tmp_path):
    gridworld("train", "q-learning", "--env", "GridWorld-v0", "--steps", 1000, "--out", "run")
    code = (
        "import sys, time; from gridworld_agents.runs.running import Run;"
        "from gridworld_agents.runs.folder import RunFolder;"
        "run = Run(RunFolder(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "run")], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        status, _, err = gridworld("train", "--resume", "run")
        assert status == 2
        assert "run is being run by another process: wait for it to end, or stop it" in err
    finally:
        holder.kill()
        holder.communicate()
    status, out, _ = gridworld("train", "--resume", "run")  # the lock went with the process
    assert (status, "is finished" in out) == (0, True)


def test_episodes_without_an_end_are_left(gridworld):
    flags = ("--env-arg", "continuing=True", "--env-arg", "max_episode_steps=-1", "--gamma", 0.9)
    gridworld("train", "q-learning", "--env", "GridWorld-v0", *flags, "--steps", 2000, "--out", "run")
    status, out, _ = gridworld("evaluate", "run", "--episodes", 2, "--max-steps", 50)
    assert status == 0
    assert "2 of them had not ended after 50 steps and were left there" in out
    status, _, _ = gridworld("watch", "run", "--record", "a.gif", "--max-steps", 5, "--size", 100)
    with Image.open("a.gif") as picture:
        assert picture.n_frames == 6
