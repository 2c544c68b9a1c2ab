"""A run's folder from elsewhere: what is missing here is told, and which versions were others."""

import importlib.metadata
import json
import platform
import sys
import textwrap

import gymnasium as gym
import numpy as np
import pytest

from gridworld_agents.runs.folder import RunFolder
from gridworld_agents.runs.provenance import MadeWith, other_versions
from gridworld_agents.runs.running import Run

ENV = """
import gymnasium as gym
from gridworld_env.authoring import TabularEnv, grid_world


def corridor_world(**rules):
    return grid_world(["S..T"], **rules)


class Corridor(TabularEnv, world=corridor_world):
    '''Walk to the right.'''


gym.register("Corridor21-v0", "corridor21:Corridor", max_episode_steps=50)
"""
AGENT = """
from gridworld_agents.algorithms.temporal_difference.q_learning import QLearning


class Learner(QLearning):
    '''Q-learning by another name.'''

    id = "acme21/learner"
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder on the path, whose modules are forgotten at the end."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    yield folder
    for module in ("corridor21", "acme21"):
        sys.modules.pop(module, None)
    gym.registry.pop("Corridor21-v0", None)


def distribution(site, name, group, entry_point):
    info = site / f"{name.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{entry_point}\n")


def train(gridworld, agent="q-learning", env="GridWorld-v0"):
    status, _, err = gridworld("train", agent, "--env", env, "--steps", 60, "--seed", 1, "--out", "run")
    assert status == 0, err


def change_record(folder, **entries):
    path = folder / "run" / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **entries}))


WAYS = (("evaluate", "run", "--episodes", 1), ("watch", "run", "--record", "run.gif"), ("train", "--resume", "run"))


def test_the_package_of_an_agent_that_is_not_installed_is_named(site, gridworld, tmp_path, monkeypatch):
    (site / "acme21.py").write_text(AGENT)
    distribution(site, "acme-agents21", "gridworld.agents", "acme21/learner = acme21:Learner")
    train(gridworld, "acme21/learner")
    assert json.loads((tmp_path / "run" / "run.json").read_text())["sources"] == {
        "agent": {"package": "acme-agents21", "version": "1.2"},
        "env": {},
    }
    assert gridworld(*WAYS[0])[0] == 0
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(site)])
    for way in WAYS:
        status, _, err = gridworld(*way)
        assert status == 2
        assert "'acme21/learner' of run is not installed: install the package acme-agents21 1.2" in err
    with pytest.raises(ValueError, match=r"install the package acme-agents21 1\.2"):
        Run(RunFolder(tmp_path / "run"))


def test_the_module_of_an_environment_that_is_not_registered_is_named(site, gridworld, tmp_path):
    (site / "corridor21.py").write_text(textwrap.dedent(ENV))
    train(gridworld, env="corridor21:Corridor21-v0")
    change_record(tmp_path, env="Corridor21-v0")  # as where a script has imported the module first
    folder = RunFolder(tmp_path / "run")
    assert folder.made_with().sources == {"agent": {}, "env": {"module": "corridor21"}}
    del sys.modules["corridor21"], gym.registry["Corridor21-v0"]
    for way in WAYS:
        status, _, err = gridworld(*way)
        assert status == 2
        assert "by --import corridor21" in err
        assert "corridor21" not in sys.modules
    assert gridworld(*WAYS[0], "--import", "corridor21")[0] == 0


def test_the_package_of_an_environment_that_is_not_installed_is_named(gridworld, tmp_path):
    train(gridworld)
    change_record(tmp_path, env="acme21/Maze-v0", sources={"env": {"package": "acme-envs21", "version": "0.3"}})
    status, _, err = gridworld(*WAYS[0])
    assert status == 2
    assert "'acme21/Maze-v0' of run is not registered here: install the package acme-envs21 0.3" in err


def test_the_package_of_an_environment_is_written_down(tmp_path, gridworld, monkeypatch):
    kwargs = {"plugin_id": "acme21/Maze-v0", "plugin_distribution": "numpy"}  # any package that is installed
    spec = gym.spec("GridWorld-v0")
    train(gridworld)
    folder = RunFolder(tmp_path / "run")
    settings = folder.settings()
    monkeypatch.setitem(
        gym.registry, "GridWorld-v0", gym.envs.registration.EnvSpec(spec.id, spec.entry_point, kwargs=kwargs)
    )
    folder.note(settings, "finished", 60)
    assert folder.made_with().sources["env"] == {"package": "numpy", "version": np.__version__}
    monkeypatch.setitem(gym.registry, "GridWorld-v0", gym.envs.registration.EnvSpec(spec.id, lambda: None))
    folder.note(settings, "finished", 60)
    assert folder.made_with().sources["env"]["module"] == __name__


def test_other_versions_are_told_and_equal_ones_are_not(gridworld, tmp_path):
    train(gridworld)
    for way in WAYS:
        status, _, err = gridworld(*way)
        assert (status, "was made with" in err) == (0, False)
    versions = {"python": "3.1.0", "numpy": "1.0", "click": importlib.metadata.version("click"), "no-such-21": "4"}
    change_record(tmp_path, versions=versions)
    told = f"run was made with python 3.1.0 (here {platform.python_version()}), numpy 1.0 (here {np.__version__}): "
    for way in WAYS:
        status, _, err = gridworld(*way)
        assert (status, told in err) == (0, True)


def test_a_plugin_of_another_version_is_told():
    made = MadeWith.of({"sources": {"agent": {"package": "numpy", "version": "1.0"}}})
    assert other_versions(made) == f"numpy 1.0 (here {np.__version__})"


@pytest.mark.parametrize(
    "odd", [None, 5, [], "text", {"agent": 3, "env": [], "numpy": 4, "": "1", "a b": "\x1b[2J", "py": "x" * 101}]
)
def test_of_an_odd_record_nothing_is_read(odd):
    made = MadeWith.of({"versions": odd, "sources": odd})
    assert made == MadeWith({}, {"agent": {}, "env": {}})
    assert other_versions(made) is None
