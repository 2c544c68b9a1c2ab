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
from gridworld_agents.core.checkpoint import leaves

torch = pytest.importorskip("torch")
if not torch.distributed.is_available():
    pytest.skip("this torch was built without torch.distributed", allow_module_level=True)

RANK = pathlib.Path(__file__).with_name("averaging_rank.py")
WITHIN = 60
"""Seconds within which the death of a process must end the others."""
SMALL = ["--hidden", "(16, 16)", "--batch-size", "32", "--learning-starts", "50", "--env", "Pendulum-v1"]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def torchrun(*arguments):
    port = str(free_port())
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", port]
    return [*launcher, *map(str, arguments)]


def training(out, *more):
    return "-m", "gridworld_agents.train_distributed", "ddpg", *SMALL, "--out", out, *more


def two_ranks(*arguments):
    """Run Python in two processes that find each other as torchrun's do, without the time that torchrun takes."""
    where = {**os.environ, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "WORLD_SIZE": "2"}
    processes = [
        subprocess.Popen(
            [sys.executable, *map(str, arguments)], env={**where, "RANK": str(rank), "LOCAL_RANK": str(rank)}
        )
        for rank in range(2)
    ]
    return [process.wait(300) for process in processes]


def run(command):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def agents_of(out):
    latest = json.loads((out / "ranks" / "latest.json").read_text())
    env = gym.make("Pendulum-v1")
    return [ga.load(out / "ranks" / str(latest["steps"]) / f"{rank}.zip", env) for rank in range(2)]


def test_the_averaged_gradient_is_that_of_both_batches_together(tmp_path):
    assert two_ranks(RANK, tmp_path) == [0, 0]
    spec = importlib.util.spec_from_file_location("averaging_rank", RANK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    batch = module.problem()[-3:]
    critic, actor = module.gradients(*batch)
    first_half, _ = module.gradients(*(part[:, : module.BATCH] for part in batch))
    assert critic.abs().max() > 0.01
    assert actor.abs().max() > 0.001
    for rank in range(2):
        with np.load(tmp_path / f"{rank}.npz") as found:
            assert np.abs(found["critic"] - critic.numpy()).max() < 1e-6
            assert np.abs(found["actor"] - actor.numpy()).max() < 1e-6
            assert found["found"].tolist() == [0, 1, 0]  # the same gradients; one tensor differed until it was shared
            assert np.abs(found["shared"] - first_half.numpy()).max() < 1e-6


def test_all_ranks_learn_the_same_from_experience_of_their_own(tmp_path):
    out = tmp_path / "run"
    assert two_ranks(*training(out, "--steps", 240, "--checkpoint-every", 100, "--seed", 3)) == [0, 0]
    first, second = agents_of(out)
    for (name, tensor), (_, other) in zip(leaves(first.learner, ""), leaves(second.learner, ""), strict=True):
        assert torch.equal(tensor, other), name
    assert int(first.learner.critic.moments.steps) == 240 - 50
    assert not np.array_equal(first.replay.kept(), second.replay.kept())
    assert [agent.num_timesteps for agent in (first, second)] == [240, 240]
    left = ga.load(out / "agent.zip")
    assert torch.equal(left.learner.actor.params, first.learner.actor.params)
    assert json.loads((out / "run.json").read_text())["status"] == "finished"
    assert (out / "metrics.csv").read_text().count("\n") == 241 // 2 + 1  # 120 rows and their heading


@pytest.fixture
def alone(monkeypatch, tmp_path, capsys):
    """Return a function that trains in this process, by default as rank 0 of 1; it returns status and errors."""
    from gridworld_agents import train_distributed
    from gridworld_agents.runs import rank_training

    def end(text, status):
        sys.stderr.write(text)
        raise SystemExit(status)

    def train(*arguments, rank=0, world=1):
        monkeypatch.setenv("MASTER_PORT", str(free_port()))
        for name, value in {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": world, "MASTER_ADDR": "127.0.0.1"}.items():
            monkeypatch.setenv(name, str(value))
        if rank is None:
            monkeypatch.delenv("RANK")
        with pytest.raises(SystemExit) as ended:
            train_distributed.main(list(map(str, arguments)))
        return ended.value.code, capsys.readouterr().err

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rank_training, "_end", end)
    before = signal.getsignal(signal.SIGTERM)
    yield train
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "usage: torchrun"),
        (["q-learning", "--out", "x"], "q-learning cannot be trained by several processes"),
        (["dpg", "--out", "x"], "there is no agent 'dpg'; did you mean 'ddpg'"),
        (["ddpg", "--out", "x"], "which environment? --env ID"),
        (["ddpg", *SMALL], "Missing option '--out'"),
        (
            ["ddpg", "--env", "CartPole-v1", "--out", "x"],
            "ddpg needs actions in a Box with finite bounds, got Discrete(2); dqn and ppo take them",
        ),
        (["ddpg", *SMALL, "--out", "x", "--tau", "3"], "tau must be in (0, 1], got 3"),
        (["ddpg", *SMALL, "--out", "x", "--compile", "True"], "--compile cannot be used by several processes"),
        (["ddpg", *SMALL, "--out", "x", "--resume"], "x holds no checkpoint to go on from"),
        (["ddpg", *SMALL, "--out", "x", "--device", "cuda"], "device must be one that torch finds here"),
    ],
)
def test_what_cannot_be_done_is_one_line_of_rank_0(arguments, error, alone, tmp_path, monkeypatch):
    if "cuda" in arguments and torch.cuda.is_available():
        pytest.skip("there is such a device")
    status, said = alone(*arguments)
    assert (status, said.count("\n")) == (2, 1)
    assert error in said
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    assert alone(*arguments, rank=1, world=2) == (2, said.replace("cuda:0", "cuda:1"))
    assert len(waited) == 1  # torchrun ends it before it speaks
    assert not list(tmp_path.iterdir())


def test_without_torchrun_its_command_is_told(alone):
    status, said = alone("ddpg", *SMALL, "--out", "x", rank=None)
    assert (status, said.count("\n")) == (2, 1)
    assert "start it by torchrun" in said


def test_a_run_goes_on_as_it_was_begun(alone, gridworld):
    """LinearQuadratic-v0 begins within 1 of the origin unless told otherwise."""
    task = ["ddpg", "--env", "LinearQuadratic-v0", "--hidden", "(8, 8)", "--learning-starts", 1000, "--out", "run"]
    begun = [*task, "--env-arg", "start=1e5", "--seed", 1, "--checkpoint-every", 20]
    assert alone(*begun, "--steps", 20)[0] == 0
    for flags, error in {
        ("ddpg", "--env", "Pendulum-v1"): "env LinearQuadratic-v0, got Pendulum-v1",
        ("td3",): "agent ddpg, got td3",
        ("ddpg", "--env-arg", "start=1"): "start 100000.0, got 1",
        ("ddpg", "--env-arg", "goal=1"): "goal its default, got 1",
        ("ddpg", "--hidden", "(8,)"): "hidden [8, 8], got (8,)",
        ("ddpg", "--gamma", "0.9"): "gamma 0.99, got 0.9",
        ("ddpg", "--seed", 2): "seed 1, got 2",
        ("ddpg", "--checkpoint-every", 5): "checkpoint_every 20, got 5",
    }.items():
        status, said = alone(*flags, "--out", "run", "--resume")
        assert (status, said.count("\n")) == (2, 1)
        assert f"the run was begun with {error}: leave it out" in said
    status, said = alone("ddpg", "--out", "run", "--resume", world=2)
    assert (status, "was run by 1 processes: go on by --nproc-per-node 1, got 2" in said) == (2, True)
    assert "run is finished: 20 steps" in alone("ddpg", "--out", "run", "--resume")[1]
    status, said = alone(*task, "--steps", 40, "--gamma", 0.99, "--resume")
    assert (status, "40 of 40 steps" in said) == (0, True)
    assert np.abs(ga.load("run/agent").replay.kept()[0][[0, 39], 0]).min() > 1000
    record = json.loads(pathlib.Path("run/run.json").read_text())
    assert (record["env_arguments"], record["seed"], record["total_timesteps"]) == ({"start": 1e5}, 1, 40)
    way = (
        "run holds a run already: go on with it by `torchrun ... -m gridworld_agents.train_distributed AGENT --out run "
    )
    for status, said in (alone(*begun), gridworld("train", "q-learning", "--env", "GridWorld-v0", "--out", "run")[::2]):
        assert (status, f"{way}--resume`, or choose another --out" in said) == (2, True)


def test_a_run_of_one_process_is_not_taken(alone, gridworld):
    gridworld("train", "q-learning", "--env", "GridWorld-v0", "--steps", 10, "--out", "run")
    status, said = alone("ddpg", *SMALL, "--out", "run")
    assert (status, "go on with it by `gridworld train --resume run`, or choose" in said) == (2, True)


@pytest.mark.slow
@pytest.mark.skipif(not pathlib.Path("/proc/self/task").exists(), reason="finds the processes in /proc")
@pytest.mark.parametrize("victim", [0, 1])
def test_a_rank_that_is_killed_ends_the_others_and_the_run_goes_on(tmp_path, victim):
    out = tmp_path / "run"
    command = torchrun(*training(out, "--steps", 3000, "--checkpoint-every", 100))
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
    assert torch.equal(first.learner.actor.params, second.learner.actor.params)
    assert first.num_timesteps == 3000
