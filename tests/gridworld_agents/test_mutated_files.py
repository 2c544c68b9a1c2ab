"""Files of every format, damaged and edited by the thousand.

What holds of each:

- Nothing in it is run, whatever it is made of; a file of Stable-Baselines3's is read only where `trust` says so.
- It is read, or refused by the one error that is documented, whose message is one printable line with the file's name.
- Reading takes no more time and memory than the file itself warrants.
- Damage, which no check sum was made to fit, is never taken for another content where there are check sums, in agents
  and episodes: what is read is then exactly what was written. JSON, CSV and TOML have none: there values are read that
  are in range and of the right type, and fit the rest of the file and its folder.
"""

import json
import random
import resource
import time
import zlib
from collections import Counter

import click
import gymnasium as gym
import mutating
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.command_line.configuration import read_configuration
from gridworld_agents.comparison import read, read_suite
from gridworld_agents.core import checkpoint
from gridworld_agents.runs.folder import RunFolder, RunSettings

FEW, MANY = 40, 10_000
LONGEST_MESSAGE = 1_000
SECONDS = 5.0
"""Of this process, for one file: none takes a tenth of it."""
MEBIBYTES = 400
"""By how much the most memory in use may grow over all files of a format."""

SMALL = {"layout": ["S.", ".T"]}
AGENTS = {
    "q-learning": {},
    "mc-epsilon-greedy": {},
    "dyna-q": {},
    "td-lambda": {},
    "value-iteration": {},
    "spsa": {},
    "optimal": {},
}
DEEP = {
    "ddpg": {"learning_starts": 20, "batch_size": 8, "hidden": (4,), "buffer_size": 32},
    "ppo": {"num_steps": 16, "batch_size": 8, "hidden": (4,)},
}
SB3 = {"sb3/ppo": {"n_steps": 16, "batch_size": 8}}


class Format:
    """A format: what makes a file of it, and what reads one.

    Args:
        make: `make(folder, seed)` writes a file, and returns its path.
        load: `load(path)` reads one, and returns what it holds, so that it can be compared.
        edits: What changes its content within the format.
        checked: Whether damage is found by check sums.
        error: What refuses a file.
    """

    def __init__(self, make, load, edits, *, checked=False, error=ValueError):
        self.make, self.load, self.edits, self.checked, self.error = make, load, edits, checked, error


def agent_made(agent_id, env_id, arguments, hyper_parameters, steps=40):
    def make(folder, seed):
        env = gym.make(env_id, **arguments)
        path = folder / "agent.zip"
        ga.make(agent_id, env, seed=seed, **hyper_parameters).learn(steps).save(path)
        return path

    return make


def agent_held(path):
    """Return all that an agent is, after it has acted."""
    agent = ga.load(path)
    arrays = {name: (str(x.dtype), x.shape, x.tobytes()) for name, x in checkpoint.flatten(agent.trees()).items()}
    state = json.dumps([agent.notes(), agent.spaces_to_json(), agent.id, agent.seed, repr(agent.config)])
    seen = agent.observations
    action, _ = agent.predict(seen.observation(0) if seen.size else np.zeros(seen.leaves[0].shape), deterministic=True)
    assert np.isfinite(action).all()
    return arrays, state


def baseline_trusted(path):
    agent = ga.load(path, trust=True)
    weights = {name: part.numpy().tobytes() for name, part in agent.model.policy.state_dict().items()}
    return weights, agent.seed, repr(agent.config), agent.num_timesteps, agent.log.to_json(), agent.steps_unlearned


def logged(folder, seed):
    path = folder / "logged.npz"
    ga.collect(gym.make("GridWorld-v0", **SMALL), "uniform", steps=12, seed=seed).save(path)
    return path


def logged_held(path):
    found = ga.Episodes.load(path)
    assert found.num_episodes >= 1
    assert np.isfinite(found.returns(0.9)).all()
    columns = [getattr(found, name) for name in ("observations", "actions", "rewards", "next_observations")]
    columns += [found.terminated, found.truncated, found.probabilities]
    arrays = [None if x is None else (str(x.dtype), x.shape, x.tobytes()) for x in columns]
    return arrays, found.env, repr(found.observation_space), repr(found.action_space)


def record(folder, seed):
    place = RunFolder(folder)
    place.begin(RunSettings("q-learning", "GridWorld-v0", 100, seed, {"layout": ["S.", ".T"]}, {"alpha": 0.1}, 50, 20))
    place.unlock()
    return place.record


def record_held(path):
    place = RunFolder(path.parent)
    settings, status = place.settings(), place.status()
    assert RunSettings(**{name: getattr(settings, name) for name in settings.__dataclass_fields__}) == settings
    assert status in {"running", "stopped", "finished"}
    return repr(settings), status


def compared(name):
    def make(folder, seed):
        agents = [{"id": "q-learning", "hyper_parameters": {"alpha": 0.1 + seed / 10}}]
        ga.compare(agents, ["GridWorld-v0"], out=folder / "c", seeds=1, steps=20, rows=4, gamma=0.9, jobs=1)
        return folder / "c" / name

    return make


def compared_held(path):
    folder = next(parent for parent in path.parents if parent.name == "c")
    found = read(folder)
    for run in found.runs:
        assert run.steps.shape == run.gap.shape == run.seconds.shape == run.mean_return.shape
        assert (np.diff(run.steps) > 0).all()
    return (
        repr(found.suite),
        found.references,
        [(run.score, run.steps.tobytes(), run.gap.tobytes()) for run in found.runs],
    )


RUN = "GridWorld-v0/q-learning/seed-0"
SUITE = """seeds = {seed}
steps = 500
gamma = 0.9
agents = ["sarsa", {{ id = "q-learning", label = "quick", hyper_parameters = {{ alpha = 0.5 }} }}]
environments = ["GridWorld-v0", {{ id = "GridWorld/Maze-v0", arguments = {{ size = 9 }}, steps = 1000 }}]
"""
CONFIGURATION = {
    "toml": """agent = "q-learning"
env = "GridWorld-v0"
steps = 100
seed = {seed}

[hyper_parameters]
alpha = 0.5
""",
    "yaml": """agent: q-learning
env: GridWorld-v0
steps: 100
seed: {seed}
hyper_parameters:
  alpha: &a 0.5
  epsilon: *a
""",
}


def text(name, content):
    def make(folder, seed):
        path = folder / name
        path.write_text(content.format(seed=seed + 1))
        return path

    return make


def policy(folder, seed):
    path = folder / "policy.npy"
    np.save(path, np.random.default_rng(seed).dirichlet(np.ones(5), 4))
    return path


def policy_held(path):
    agent = ga.make("td0", gym.make("GridWorld-v0", **SMALL), policy=str(path), seed=0)
    assert np.allclose(agent.policy.sum(axis=1), 1)
    return agent.policy.tobytes()


ZIP, JSON, CSV, TEXT, NPY = (
    mutating.edited_zip,
    mutating.edited_json,
    mutating.edited_csv,
    mutating.edited_text,
    mutating.edited_npy,
)
FORMATS = {
    **{
        name: Format(agent_made(name, "GridWorld-v0", SMALL, given), agent_held, ZIP, checked=True)
        for name, given in AGENTS.items()
    },
    **{
        name: Format(agent_made(name, "LinearQuadratic-v0", {}, given), agent_held, ZIP, checked=True)
        for name, given in DEEP.items()
    },
    **{
        f"{name}{suffix}": Format(agent_made(name, "GridWorld-v0", SMALL, given, 16), load, edits, checked=True)
        for name, given in SB3.items()
        for suffix, load, edits in ((", not trusted", ga.load, ZIP), (", trusted", baseline_trusted, None))
    },
    "episodes": Format(logged, logged_held, ZIP, checked=True),
    "run.json": Format(record, record_held, JSON),
    "comparison.json": Format(compared("comparison.json"), compared_held, JSON),
    "score.json": Format(compared(f"{RUN}/score.json"), compared_held, JSON),
    "metrics.csv": Format(compared(f"{RUN}/metrics.csv"), compared_held, CSV),
    "progress.csv": Format(compared(f"{RUN}/progress.csv"), compared_held, CSV),
    "suite.toml": Format(text("suite.toml", SUITE), lambda path: repr(read_suite(path)), TEXT),
    **{
        f"configuration.{kind}": Format(
            text(f"configuration.{kind}", content), read_configuration, TEXT, error=click.UsageError
        )
        for kind, content in CONFIGURATION.items()
    },
    "policy.npy": Format(policy, policy_held, NPY),
}
NEEDED = {"ddpg": "torch", "ppo": "torch", "configuration.yaml": "yaml"}


def mutate(tmp_path, name, count):
    """Read `count` files of a format that were changed, and return how many were refused, the same, and others."""
    chosen = FORMATS[name]
    for module in [NEEDED.get(name), "stable_baselines3" if name.startswith("sb3/") else None]:
        if module is not None:
            pytest.importorskip(module)
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    path, other = chosen.make(tmp_path / "one", 0), chosen.make(tmp_path / "other", 1)
    content, others = path.read_bytes(), other.read_bytes()
    trusted = not name.endswith("not trusted")
    wholes = [chosen.load(path), chosen.load(other)] if trusted else []
    rng = random.Random(zlib.crc32(name.encode()))
    told, before = Counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    mutating.executed.clear()
    for _ in range(count):
        damage = chosen.edits is None or rng.random() < 0.5
        changed = mutating.damaged(content, others, rng) if damage else chosen.edits(content, rng)
        path.write_bytes(changed)
        began = time.process_time()
        try:
            found = chosen.load(path)
        except chosen.error as error:
            check_message(str(error) if chosen.error is ValueError else error.message, path)
            told["refused"] += 1
        else:
            told["the same" if found in wholes else "another"] += 1
            if chosen.checked and damage:
                assert found in wholes  # of two files spliced in a head that both have alike, either
        assert time.process_time() - began < SECONDS
        assert not mutating.executed
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < MEBIBYTES
    assert trusted or told["refused"] == count
    return told


def check_message(message, path):
    assert path.name in message
    assert "\n" not in message
    assert message.isprintable()
    assert len(message) < LONGEST_MESSAGE


@pytest.mark.parametrize("name", FORMATS)
def test_some_mutated_files(tmp_path, name):
    told = mutate(tmp_path, name, FEW)
    assert told["refused"] > FEW / 10


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_mutated_files(tmp_path, name):
    told = mutate(tmp_path, name, MANY)
    assert told["refused"] > MANY / 10
