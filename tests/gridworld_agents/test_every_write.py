"""Training runs and comparisons that are killed at every write: whatever is on the disk, they end as if undisturbed.

The fast tests kill at one write of several, the slow ones at each, of runs with evaluations and with networks too. What
is written in one go, pictures, recordings, episodes, agents, is never there in part.
"""

import csv
import gc
import json
import shutil
import zipfile

import gymnasium as gym
import killing
import pytest

import gridworld_agents as ga
from gridworld_agents.command_line import main
from gridworld_agents.report import writing
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


def kill_resuming(tmp_path, every, *comparison, **options):
    """Kill a comparison that goes on after it was killed; see `kill_comparing`."""
    compared(tmp_path / "whole", *comparison, **options)
    whole = left(tmp_path / "whole")
    with killing.killed_after(None) as disk:
        compared(tmp_path / "counted", *comparison, **options)
    half = tmp_path / "half"
    assert killing.killed(lambda _: compared(half, *comparison, **options), disk.count // 2)
    gc.collect()

    def check(n):
        compared(tmp_path / str(n), *comparison, **options)
        assert left(tmp_path / str(n)) == whole

    def work(n):
        assert (tmp_path / str(n) / "comparison.json").exists()
        compared(tmp_path / str(n), *comparison, **options)

    return killing.every_kill(work, check, every, before=lambda n: shutil.copytree(half, tmp_path / str(n)))


@pytest.mark.slow
def test_a_comparison_that_goes_on(tmp_path):
    assert kill_resuming(tmp_path, 1, ["q-learning", "sarsa"], ["GridWorld-v0"], steps=60) > 50


def kill_writing(tmp_path, name, write, every=1):
    """Kill what writes one file, over an older one: it is that one or the new one, until it is the new one."""
    for folder in ("old", "whole"):
        (tmp_path / folder).mkdir()
    write(tmp_path / "whole" / name)
    whole = (tmp_path / "whole" / name).read_bytes()
    assert [path.name for path in (tmp_path / "whole").iterdir()] == [name]

    def check(n):
        path = tmp_path / str(n) / name
        assert path.read_bytes() in {b"older", whole}
        write(path)
        assert path.read_bytes() == whole

    def before(n):
        (tmp_path / str(n)).mkdir()
        (tmp_path / str(n) / name).write_bytes(b"older")

    return killing.every_kill(lambda n: write(tmp_path / str(n) / name), check, every, before=before)


def command(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(map(str, arguments)))
    assert ended.value.code == 0


@pytest.mark.parametrize("name", ["a.png", pytest.param("a.svg", marks=pytest.mark.slow)])
def test_a_picture_of_the_optimum(tmp_path, name):
    if name.endswith("svg"):
        pytest.importorskip("matplotlib")
    solve = ["solve", "GridWorld-v0", "--size", 64, "--render"]
    assert kill_writing(tmp_path, name, lambda path: command(*solve, path)) > 2


@pytest.mark.slow
def test_a_recording(tmp_path):
    trained(tmp_path / "run", settings())
    watch = ["watch", tmp_path / "run", "--size", 64, "--max-steps", 2, "--record"]
    assert kill_writing(tmp_path, "a.gif", lambda path: command(*watch, path)) > 2


def test_evaluating_writes_nothing(tmp_path):
    trained(tmp_path / "run", settings())
    before = left(tmp_path / "run")
    with killing.killed_after(0) as disk:
        command("evaluate", tmp_path / "run", "--episodes", 2)
    assert disk.count == 0
    assert left(tmp_path / "run") == before


@pytest.mark.slow
def test_episodes(tmp_path):
    logged, other = (ga.collect(gym.make("GridWorld-v0"), "uniform", steps=20, seed=seed) for seed in (0, 1))
    path = tmp_path / "a.npz"

    logged.save(path)
    new = members(path)
    other.save(path)
    old = members(path)

    def check(_):
        assert members(path) in (old, new)
        assert ga.Episodes.load(path).num_episodes

    assert killing.every_kill(lambda _: logged.save(path), check, before=lambda _: other.save(path)) > 10


@pytest.mark.slow
def test_a_report(tmp_path):
    pytest.importorskip("plotly")
    found = compared(tmp_path / "c", ["random"], ["GridWorld-v0"], steps=20)
    whole = writing.write(found).read_text()

    def check(_):
        page = found.folder / "report.html"
        assert page.read_text() == whole
        writing.write(found)
        assert page.read_text() == whole
        assert not list(found.folder.glob("*.tmp"))

    assert killing.every_kill(lambda _: writing.write(found), check) > 2
