"""Workers and main processes that are killed: the comparison goes on, and ends as if nothing had happened."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest

import gridworld_agents
import gridworld_env
from gridworld_agents.comparison import results

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not pathlib.Path("/proc/self/task").exists(), reason="finds the processes in /proc"),
]

SUITE = """
seeds = {seeds}
steps = {steps}
gamma = 0.9
rows = 20
agents = [
  "q-learning",
  "sarsa",
  "expected-sarsa",
  {{ id = "sarsa", label = "slow", hyper_parameters = {{ alpha = 0.01 }} }},
]
environments = ["GridWorld-v0", "FrozenLake-v1", "GridWorld/Cliff-v0"]
"""


def command(suite, out, *more):
    arguments = ["compare", str(suite), "--out", str(out), "--no-report", *map(str, more)]
    return [sys.executable, "-c", "from gridworld_agents.command_line import main; main()", *arguments]


def children(pid):
    """Return the processes that a process has started, and those that these have."""
    with contextlib.suppress(FileNotFoundError):
        own = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [*map(int, own), *(one for child in own for one in children(int(child)))]
    return []


def busiest(pids):
    """Return the process that has used most time: a worker, not one of those that only look after it."""

    def used(pid):
        with contextlib.suppress(FileNotFoundError):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return int(fields[11]) + int(fields[12])
        return -1

    return max(pids, key=used)


def finished(out):
    with contextlib.suppress(ValueError):
        return sum(run.finished for run in results.read(out).runs)
    return 0


def wait_for(condition, process, seconds=300):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def tables(folder):
    return [(folder / name).read_bytes() for name in ("results.csv", "curves.csv")]


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "suite.toml"
    path.write_text(SUITE.format(seeds=10, steps=30_000))
    return path


@pytest.fixture
def undisturbed(tmp_path, suite):
    subprocess.run(command(suite, tmp_path / "whole"), check=True, capture_output=True)
    found = results.read(tmp_path / "whole")
    assert len(found.runs) == 120
    assert all(run.finished for run in found.runs)
    return tables(tmp_path / "whole")


def disturbed(out, suite, *more, workers=None):
    """Run the suite, kill a worker, then the main process, and go on."""
    process = subprocess.Popen(command(suite, out, *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: finished(out) >= 5, process)
    os.kill(busiest(children(process.pid) if workers is None else workers()), signal.SIGKILL)
    so_far = finished(out)
    wait_for(lambda: finished(out) >= min(so_far + 15, 90), process)
    process.kill()
    process.communicate()
    assert finished(out) < 120
    done = subprocess.run(command(suite, out, *more, "--resume"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_on_processes_of_this_machine(tmp_path, suite, undisturbed):
    disturbed(tmp_path / "killed", suite, "--jobs", 2)
    assert tables(tmp_path / "killed") == undisturbed


@contextlib.contextmanager
def dask_cluster(tmp_path, **environ):
    """Yield the processes of a scheduler and of its two workers, and its address."""
    pytest.importorskip("distributed")
    scheduler_file = tmp_path / "scheduler.json"
    launch = [sys.executable, "-m", "dask"]
    flags = ["--dashboard-address", ":0", "--scheduler-file", str(scheduler_file)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    cluster = [subprocess.Popen([*launch, "scheduler", "--port", "0", *flags], **quiet)]
    try:
        wait_for(scheduler_file.exists, cluster[0])
        two = [*launch, "worker", "--nworkers", "2", "--nthreads", "1", *flags]
        cluster.append(subprocess.Popen(two, env={**os.environ, **environ}, **quiet))
        yield *cluster, json.loads(scheduler_file.read_text())["address"]
    finally:
        for process in reversed(cluster):
            process.terminate()
            process.wait(30)


def test_on_a_dask_cluster(tmp_path, suite, undisturbed):
    with dask_cluster(tmp_path) as (_, workers, address):
        more = ("--backend", "dask", "--address", address)
        disturbed(tmp_path / "killed", suite, *more, workers=lambda: children(workers.pid))
    assert tables(tmp_path / "killed") == undisturbed


def test_a_scheduler_that_is_killed_is_told_in_one_line(tmp_path, suite):
    with dask_cluster(tmp_path) as (scheduler, _, address):
        out = tmp_path / "lost"
        more = ("--backend", "dask", "--address", address)
        process = subprocess.Popen(command(suite, out, *more), stderr=subprocess.PIPE, text=True)
        wait_for(lambda: finished(out) >= 5, process)
        scheduler.kill()
        _, said = process.communicate(timeout=300)
    assert process.returncode == 2
    *_, last = said.splitlines()
    assert last.startswith(f"gridworld: the dask cluster at {address} cannot be reached")
    assert "Traceback" not in said
    assert finished(out) >= 5


def test_workers_with_other_code_are_refused(tmp_path, suite):
    other = tmp_path / "other"
    for package in (gridworld_agents, gridworld_env):
        folder = pathlib.Path(package.__file__).parent
        shutil.copytree(folder, other / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "gridworld_agents/evaluation/judge.py").open("a") as file:
        file.write("\n# which may count otherwise\n")
    with dask_cluster(tmp_path, PYTHONPATH=str(other)) as (_, _, address):
        more = ("--backend", "dask", "--address", address)
        done = subprocess.run(command(suite, tmp_path / "c", *more), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "has other sources of gridworld_agents:" in done.stderr.splitlines()[-1]
    assert finished(tmp_path / "c") == 0


def test_ctrl_c_keeps_everything(tmp_path, suite, undisturbed):
    out = tmp_path / "stopped"
    process = subprocess.Popen(command(suite, out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: finished(out) >= 5, process)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped, everything is kept: the same command with --resume goes on" in said
    assert finished(out) < 120
    subprocess.run(command(suite, out, "--resume"), check=True, capture_output=True)
    assert tables(out) == undisturbed


IDLE = """
import sys, time, gridworld_agents as ga
ga.compare(["q-learning"], ["GridWorld-v0"], seeds=4, steps=500, jobs=2, out=sys.argv[1])
print("done", flush=True)
time.sleep(600)
"""


def gone(pids):
    """Return whether no process is left of these; one that nobody has asked for its status is none."""

    def runs(pid):
        with contextlib.suppress(OSError):
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        return False

    return not any(runs(pid) for pid in pids)


@pytest.mark.parametrize("idle", [True, False])
def test_workers_end_with_a_main_process_that_is_killed(tmp_path, suite, idle):
    out = tmp_path / "out"
    begun = [sys.executable, "-c", IDLE, str(out)] if idle else command(suite, out, "--jobs", 2)
    process = subprocess.Popen(begun, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        if idle:
            assert process.stdout.readline() == "done\n"
        else:
            wait_for(lambda: finished(out) >= 2, process)
        left = children(process.pid)
        assert len(left) >= 2
    finally:
        process.kill()
        process.communicate()
    deadline = time.monotonic() + 30
    while not gone(left):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
