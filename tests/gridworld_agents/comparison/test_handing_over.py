"""Environments that only this process has registered: workers get them, by value where they cannot import them."""

import sys
import types

import gymnasium as gym
import pytest

import gridworld_agents as ga
from gridworld_agents.comparison import AllRunsFailedError
from gridworld_agents.comparison.handing_over import packed, unpack
from gridworld_agents.comparison.suite import AgentChoice, EnvChoice, Suite

BONUS = 2.0


class Coins(gym.Env):
    """Pays for heads what stands in this module."""

    observation_space, action_space = gym.spaces.Discrete(2), gym.spaces.Discrete(2)

    def __init__(self, pays=1.0):
        self.pays = pays

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        return 0, {}

    def step(self, action):
        return int(action), BONUS * self.pays * float(action), True, False, {}


class Failing(Coins):
    """Raises as soon as it is stepped."""

    def step(self, action):  # noqa: ARG002
        raise RuntimeError("the coin is lost")


class Pinned(Coins):
    """Cannot be pickled."""

    def __reduce__(self):
        raise TypeError("no pickles")


@pytest.fixture
def registered():
    """Return a function that registers environments for a test."""
    ids = []

    def register(env_id, entry_point, **how):
        ids.append(env_id)
        gym.register(env_id, entry_point, **how)
        return env_id

    yield register
    for env_id in ids:
        gym.registry.pop(env_id, None)


def suite_of(*envs):
    return Suite(agents=(AgentChoice("random"),), envs=tuple(map(EnvChoice, envs)), seeds=(0,), steps=1)


def from_nowhere():
    """Return a class of a module that stands in no file."""
    module = types.ModuleType("typed_in_by_hand")
    source = "import gymnasium as gym\nWAGE = 5.0\nclass Env(gym.Env):\n    def wage(self):\n        return WAGE\n"
    exec(source, module.__dict__)  # noqa: S102 - as a notebook does
    sys.modules[module.__name__] = module
    return module.Env


@pytest.mark.parametrize(
    ("entry_point", "asked", "shows"),
    [
        (Coins, "tests/Handed-v3", lambda env: env.step(1)[1] == 2.0),
        (Coins, "tests/Handed", lambda env: env.step(1)[1] == 2.0),  # the latest version
        (lambda: Coins(3.0), "tests/Handed-v3", lambda env: env.step(1)[1] == 6.0),
        (from_nowhere, "tests/Handed-v3", lambda env: env.wage() == 5.0),
        ("gridworld_env.envs.grid_world:GridWorldEnv", "tests/Handed-v3", lambda env: env.mdp.num_states == 25),
    ],
)
def test_what_is_handed_over_is_made_where_nothing_is_registered(registered, entry_point, asked, shows):
    if entry_point is from_nowhere:
        entry_point = from_nowhere()
    env_id = registered("tests/Handed-v3", entry_point)
    content = packed(suite_of(asked))
    del gym.registry[env_id]
    sys.modules.pop("typed_in_by_hand", None)
    unpack(content)
    env = gym.make(env_id, disable_env_checker=True).unwrapped
    assert shows(env)


def test_an_id_that_means_something_else_there_is_replaced(registered):
    env_id = registered("tests/Handed-v0", Coins, kwargs={"pays": 7.0})
    content = packed(suite_of(env_id))
    gym.registry[env_id].kwargs["pays"] = 1.0
    unpack(content)
    assert gym.make(env_id).unwrapped.pays == 7.0


def test_workers_run_what_this_process_registered(registered, tmp_path):
    env_id = registered("tests/Coins-v0", Coins, kwargs={"pays": 4.0})
    found = ga.compare(["random"], [env_id], seeds=2, steps=20, out=tmp_path / "c", jobs=2, episodes=30)
    assert [run.status for run in found.runs] == ["finished"] * 2
    assert all(0 < run.score < 8 for run in found.runs)
    assert repr(found) == f"<Comparison of random on {env_id}, 2 seeds: 2 finished; in {tmp_path / 'c'}>"
    assert repr(found.runs[0]) == f"<RunResult: random on {env_id}, seed 0, score {found.runs[0].score:.6g}>"


def test_what_cannot_be_handed_over_is_refused_before_any_work(registered, tmp_path):
    pinned = Pinned()
    env_id = registered("tests/Pinned-v0", lambda: pinned)
    asked = {"agents": ["random"], "envs": [env_id], "seeds": 1, "steps": 5, "episodes": 2, "out": tmp_path / "c"}
    with pytest.raises(
        ValueError, match=r"tests/Pinned-v0 .* cannot be handed to workers \(.*no pickles\): jobs=1 runs"
    ):
        ga.compare(**asked, jobs=2)
    assert not (tmp_path / "c").exists()
    assert ga.compare(**asked, jobs=1).runs[0].finished


def test_when_every_run_fails_that_is_an_error(registered, tmp_path, gridworld):
    env_id = registered("tests/Failing-v0", Failing)
    asked = {"agents": ["random"], "envs": [env_id], "seeds": 2, "steps": 5, "jobs": 1, "max_seeds": 40}
    with pytest.raises(
        AllRunsFailedError, match="all 2 runs failed, random on tests/Failing-v0 with seed 0 by Runtime"
    ) as told:
        ga.compare(**asked, out=tmp_path / "c")
    assert "the coin is lost" in str(told.value)
    assert len(told.value.comparison.failures) == 2
    assert (tmp_path / "c" / "results.csv").exists()
    flags = ["--agents", "random", "--env", env_id, "--seeds", 3, "--steps", 5, "--jobs", 1]
    status, _, err = gridworld("compare", *flags, "--out", "d")
    assert status == 1
    assert "all 3 runs failed" in err.splitlines()[-1]
    assert "the coin is lost" in err
