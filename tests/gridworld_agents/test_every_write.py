"""Training runs and comparisons that are killed at every write: whatever is on the disk, they end as if undisturbed.

The fast tests kill at one write of several, the slow ones at each, of runs with evaluations and with networks too.
"""

import csv
import json
import zipfile

import killing
import pytest

import gridworld_agents as ga
from gridworld_agents.runs.folder import RunFolder, RunSettings
from gridworld_agents.runs.running import Run


def rows(path):
    """Return the rows of a table but for its seconds, which no two runs share."""
    header, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    kept = [i for i, name in enumerate(header) if name != "seconds"]
    return [[row[i] for i in kept] for row in (header, *rows)]


def members(path):
    """Return what a zip holds; its own bytes tell the time."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def left(folder, *, agents=True):
    """Return all that must be the same however often a run was killed, by file; a draft that was left fails."""
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = str(path.relative_to(folder))
        assert not name.endswith(".tmp"), name
        if path.name == "run.json":
            found[name] = {key: json.loads(path.read_text())[key] for key in ("status", "num_timesteps", "agent")}
        elif path.suffix == ".csv" and path.name != "timing.csv":
            found[name] = rows(path)
        elif path.name == "score.json" or (path.name == "agent.zip" and agents):
            found[name] = members(path) if path.suffix == ".zip" else path.read_bytes()
        elif path.name not in {"comparison.json", ".owner", ".lock", "timing.csv", "results.parquet", "agent.zip"}:
            found[name] = None
    return found


def settings(agent="q-learning", env="GridWorld-v0", steps=60, **hyper_parameters):
    return RunSettings(agent, env, steps, 7, {}, hyper_parameters, steps // 2, steps // 3)


def trained(folder, given, *, trust=False):
    """Begin a run or go on with it, as the command line does."""
    place = RunFolder(folder)
    run = Run(place, trust=trust) if place.record.is_file() else Run(place, given)
    if run.finished:
        run.settle()
    else:
        run.learn()
    run.env.close()


def kill_training(tmp_path, given, every, *, same=True, **options):
    trained(tmp_path / "whole", given, **options)
    whole = left(tmp_path / "whole")
    assert whole["run.json"]["status"] == "finished"

    def check(n):
        trained(tmp_path / str(n), given, **options)
        ended = left(tmp_path / str(n))
        assert ended["run.json"] == whole["run.json"]
        numbers = [[row[0] for row in one["metrics.csv"]] for one in (ended, whole)]
        assert numbers[0] == numbers[1]  # no row is missing or twice there
        assert ended == whole or not same

    return killing.every_kill(lambda n: trained(tmp_path / str(n), given, **options), check, every)


def compared(folder, agents, envs, **options):
    resume = (folder / "comparison.json").exists()
    return ga.compare(agents, envs, seeds=1, jobs=1, out=folder, resume=resume, rows=3, **options)


def kill_comparing(tmp_path, every, *comparison, **options):
    agents = options.pop("agents_too", True)
    assert all(run.finished for run in compared(tmp_path / "whole", *comparison, **options).runs)
    whole = left(tmp_path / "whole", agents=agents)

    def check(n):
        compared(tmp_path / str(n), *comparison, **options)
        assert left(tmp_path / str(n), agents=agents) == whole

    return killing.every_kill(lambda n: compared(tmp_path / str(n), *comparison, **options), check, every)


def test_training_at_some_writes(tmp_path):
    assert kill_training(tmp_path, settings(), 37) > 50


@pytest.mark.slow
def test_training(tmp_path):
    assert kill_training(tmp_path, settings(), 1) > 50


@pytest.mark.slow
def test_training_a_network(tmp_path):
    pytest.importorskip("torch")
    given = settings("ddpg", "LinearQuadratic-v0", learning_starts=20, batch_size=8)
    assert kill_training(tmp_path, given, 1, same=False) > 50


@pytest.mark.slow
def test_training_of_stable_baselines(tmp_path):
    pytest.importorskip("stable_baselines3")
    given = settings("sb3/ppo", "LinearQuadratic-v0", 64, n_steps=32, batch_size=16)
    assert kill_training(tmp_path, given, 1, same=False, trust=True) > 50


def test_a_comparison_at_some_writes(tmp_path):
    assert kill_comparing(tmp_path, 97, ["q-learning"], ["GridWorld-v0"], steps=60) > 100


DDPG = {"id": "ddpg", "hyper_parameters": {"learning_starts": 20, "batch_size": 8}}
SB3_PPO = {"id": "sb3/ppo", "hyper_parameters": {"n_steps": 32, "batch_size": 16}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("agents", "env", "options", "needed"),
    [
        (["q-learning", "sarsa"], "GridWorld-v0", {"steps": 60}, None),
        (["random"], "LinearQuadratic-v0", {"steps": 60, "evaluations": 3, "episodes": 1}, None),
        ([DDPG], "LinearQuadratic-v0", {"steps": 40}, "torch"),
        ([SB3_PPO], "LinearQuadratic-v0", {"steps": 64}, "stable_baselines3"),
    ],
)
def test_a_comparison(tmp_path, agents, env, options, needed):
    if needed is not None:
        pytest.importorskip(needed)
    ours = needed != "stable_baselines3"  # whose files hold times
    assert kill_comparing(tmp_path, 1, agents, [env], agents_too=ours, **options) > 100
