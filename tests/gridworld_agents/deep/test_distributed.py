"""Several processes train one network: their gradients, their checkpoints, and what happens when one dies."""

import importlib.util
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga

torch = pytest.importorskip("torch")
if not torch.distributed.is_available():
    pytest.skip("this torch was built without torch.distributed", allow_module_level=True)

RANK = pathlib.Path(__file__).with_name("averaging_rank.py")
WITHIN = 60
"""Seconds within which the death of a process must end the others."""
SMALL = ["--hidden", "(16, 16)", "--batch-size", "32", "--learning-starts", "50", "--env", "Pendulum-v1"]


def torchrun(*arguments):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(port)]
    return [*launcher, *map(str, arguments)]


def training(out, *more):
    return torchrun("-m", "gridworld_agents.train_distributed", "ddpg", *SMALL, "--out", out, *more)


def run(command):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def agents_of(out):
    latest = json.loads((out / "ranks" / "latest.json").read_text())
    env = gym.make("Pendulum-v1")
    return [ga.load(out / "ranks" / str(latest["steps"]) / f"{rank}.zip", env) for rank in range(2)]


def test_the_averaged_gradient_is_that_of_both_batches_together(tmp_path):
    done = run(torchrun(RANK, tmp_path))
    assert done.returncode == 0, done.stderr
    spec = importlib.util.spec_from_file_location("averaging_rank", RANK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    critic, actor = module.gradients(torch.func.grad_and_value, *module.problem()[-3:])
    assert critic.abs().max() > 0.01
    assert actor.abs().max() > 0.001
    for rank in range(2):
        with np.load(tmp_path / f"{rank}.npz") as found:
            assert np.abs(found["critic"] - critic.numpy()).max() < 1e-6
            assert np.abs(found["actor"] - actor.numpy()).max() < 1e-6
            assert found["found"].tolist() == [0, 1, 0]  # the same gradients; one tensor differed until it was shared
            assert found["shared"].tolist() == [0, 0, 0]


def test_all_ranks_learn_the_same_from_experience_of_their_own(tmp_path):
    out = tmp_path / "run"
    done = run(training(out, "--steps", 240, "--checkpoint-every", 100, "--seed", 3))
    assert done.returncode == 0, done.stderr
    first, second = agents_of(out)
    for name, tensor in first.learner._asdict().items():
        other = getattr(second.learner, name)
        pairs = [(tensor, other)] if isinstance(tensor, torch.Tensor) else zip(tensor, other, strict=True)
        assert all(torch.equal(a, b) for a, b in pairs), name
    assert int(first.learner.critic_moments.steps) == 240 - 50
    assert not np.array_equal(first.replay.kept(), second.replay.kept())
    assert [agent.num_timesteps for agent in (first, second)] == [240, 240]
    left = ga.load(out / "agent.zip")
    assert torch.equal(left.learner.actor, first.learner.actor)
    assert json.loads((out / "run.json").read_text())["status"] == "finished"
    assert (out / "metrics.csv").read_text().count("\n") == 241 // 2 + 1  # 120 rows and their heading


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["q-learning", "--env", "Pendulum-v1", "--out", "x"], "q-learning cannot be trained by several processes"),
        (["ddpg", "--env", "Pendulum-v1", "--out", "x"], "start it by torchrun"),
        ([], "usage: torchrun"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments, error, tmp_path):
    alone = {name: value for name, value in os.environ.items() if name not in {"RANK", "WORLD_SIZE"}}
    command = [sys.executable, "-m", "gridworld_agents.train_distributed", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=alone)
    assert done.returncode != 0
    assert error in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.skipif(not pathlib.Path("/proc/self/task").exists(), reason="finds the processes in /proc")
@pytest.mark.parametrize("victim", [0, 1])
def test_a_rank_that_is_killed_ends_the_others_and_the_run_goes_on(tmp_path, victim):
    out = tmp_path / "run"
    command = training(out, "--steps", 3000, "--checkpoint-every", 100)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    deadline = time.monotonic() + 120
    while not (out / "ranks" / "latest.json").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    os.kill(sorted(map(int, children.split()))[victim], signal.SIGKILL)
    begin = time.monotonic()
    said, _ = process.communicate(timeout=WITHIN)
    assert time.monotonic() - begin < WITHIN
    assert process.returncode != 0
    assert "--resume goes on from the last checkpoint" in said
    assert "Signal 9 (SIGKILL)" in said
    steps = json.loads((out / "ranks" / "latest.json").read_text())["steps"]
    assert 0 < steps < 3000
    refused = run(command)
    assert refused.returncode != 0
    assert "holds a run already" in refused.stderr
    done = run([*command, "--resume"])
    assert done.returncode == 0, done.stderr
    first, second = agents_of(out)
    assert torch.equal(first.learner.actor, second.learner.actor)
    assert first.num_timesteps == 3000
