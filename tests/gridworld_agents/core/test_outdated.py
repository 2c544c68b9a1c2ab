"""What was written for version 0.1 is told in one line, with what to write now.

The folder `version_0_1` holds a plugin as that version's README and its example had it, word for word.
"""

import dataclasses
import json
import pathlib
import re
import sys
import zipfile

import gymnasium as gym
import pytest

import gridworld_agents as ga
from gridworld_agents.comparison.folder import ComparisonFolder
from gridworld_agents.core.base import BaseAgent
from gridworld_agents.core.outdated import moved, other_version, outdated
from gridworld_agents.runs.folder import RunFolder

OLD = pathlib.Path(__file__).parent / "version_0_1"
NOW = "from gridworld_agents.authoring import TabularAgent, finite_number, greedy, kernel, largest, probability\n"
"""What the plugins import from this project, as it is written today."""


@pytest.fixture
def plugin(distribution, tmp_path):
    """Return a function that installs a plugin's code as acme/old, in place of what it was before."""
    distribution("acme-agents", {"acme/old": "acme_old:CountBonus"})

    def install(code):
        sys.modules.pop("acme_old", None)
        (tmp_path / "acme_old.py").write_text(f"# {len(code)} characters\n{code}")
        return next(spec for spec in ga.specs() if spec.id == "acme/old")

    yield install
    sys.modules.pop("acme_old", None)


def refused(spec):
    """Return the one line with which an agent is refused: the same wherever one meets it."""
    env = gym.make("GridWorld-v0")
    with pytest.raises(ga.AgentPluginError) as caught:
        ga.make(spec.id, env)
    assert spec.problem() in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("source", ["readme", "package"])
def test_a_plugin_of_version_0_1_is_led_to_this_one(plugin, source):
    code = (OLD / f"{source}.txt").read_text()
    said = refused(plugin(code))
    assert "earlier version of gridworld-env" in said
    assert "gridworld_agents.authoring" in said
    assert "is not installed" not in said

    code = re.sub(r"(?:^from gridworld_agents.*\n)+", NOW, code, flags=re.MULTILINE)
    said = refused(plugin(code))
    assert "(memory, t, params, rng)" in said

    code = re.sub(
        r"^def observe\((.|\n)*?\)( -> None)?:", "def observe(memory, t, params, rng):", code, flags=re.MULTILINE
    )
    said = refused(plugin(code))
    assert "rename its `Parameters` to `Config`" in said

    code = code.replace("    Parameters = ", "    Config = ")
    assert plugin(code).problem() is None


def test_the_list_tells_it_too(plugin, gridworld):
    plugin((OLD / "readme.txt").read_text())
    status, out, _ = gridworld("list", "agents")
    assert status == 0
    assert "gridworld_agents.authoring" in " ".join(out.split())


@dataclasses.dataclass
class HyperParameters:
    """Of the agents below."""


class Old:
    Parameters = HyperParameters


class Renamed(Old):
    Config = HyperParameters


class OfOurs(BaseAgent):
    Parameters = HyperParameters


@pytest.mark.parametrize(("factory", "is_old"), [(Old, True), (OfOurs, True), (Renamed, False), (len, False)])
def test_hyper_parameters_have_another_name(factory, is_old):
    assert (outdated(factory) is not None) is is_old


def test_parameters_that_are_no_hyper_parameters_are_somebodys_own():
    class Own:
        Parameters = dict

    assert outdated(Own) is None


@pytest.mark.parametrize(
    ("module", "ours"),
    [("gridworld_agents.tabular.nowhere", True), ("gridworld_env.envs.nowhere", True), ("gridworld_agentsx", False)],
)
def test_an_import_is_ours_by_its_package(module, ours):
    assert (moved(ImportError("gone", name=module)) is not None) is ours
    assert moved(ImportError("gone")) is None


def test_a_name_of_ours_that_is_gone_is_told_like_a_module(plugin):
    assert "gridworld_agents.authoring" in refused(plugin("from gridworld_agents.tabular.agent import NoSuchThing\n"))


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (1, "written by an earlier version (format 1, this program reads 2): do it again"),
        (3, "written by a later version (format 3, this program reads 2): upgrade gridworld-env"),
        (None, "its format has the version None, this program reads 2"),
        (True, "its format has the version True, this program reads 2"),
    ],
)
def test_versions_of_formats(version, said):
    assert other_version(version, 2, "do it again") == said


EARLIER = "written by an earlier version (format 1, this program reads 2): train again or use gridworld-env 0.1.0"


def rewrite(path, **changes):
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_run_of_version_0_1_is_refused(gridworld, tmp_path):
    status, _, _ = gridworld("train", "q-learning", "--env", "GridWorld-v0", "--steps", 100, "--out", "run")
    assert status == 0
    rewrite(tmp_path / "run/run.json", version=1)
    for command in (("train", "--resume", "run"), ("evaluate", "run"), ("watch", "run", "--record", "a.gif")):
        status, _, err = gridworld(*command)
        assert (status, err.count("\n")) == (2, 1)
        assert err.endswith(f"{EARLIER}\n")
    rewrite(tmp_path / "run/run.json", format="another")
    with pytest.raises(ValueError, match="is not the record of a run"):
        RunFolder(tmp_path / "run").settings()


def test_an_agent_of_version_0_1_is_refused(tmp_path):
    ga.make("q-learning", gym.make("GridWorld-v0"), seed=0).learn(10).save(tmp_path / "new.zip")
    with zipfile.ZipFile(tmp_path / "new.zip") as new, zipfile.ZipFile(tmp_path / "old.zip", "w") as old:
        for name in new.namelist():
            content = new.read(name)
            if name == "agent.json":
                content = json.dumps({**json.loads(content), "version": 1}).encode()
            old.writestr(name, content)
    with pytest.raises(ga.AgentFileError) as caught:
        ga.load(tmp_path / "old.zip")
    assert str(caught.value).endswith(EARLIER)


def test_a_comparison_of_version_0_1_is_refused(gridworld, tmp_path):
    flags = (
        "--agents",
        "q-learning",
        "--env",
        "GridWorld-v0",
        "--seeds",
        1,
        "--steps",
        10,
        "--out",
        "both",
        "--no-report",
    )
    assert gridworld("compare", *flags, "--jobs", 1)[0] == 0
    rewrite(tmp_path / "both/comparison.json", version=1)
    status, _, err = gridworld("compare", *flags, "--resume")
    assert (status, err.endswith(f"{EARLIER}\n")) == (2, True)
    rewrite(tmp_path / "both/comparison.json", format="another")
    with pytest.raises(ValueError, match="is not the record of a comparison"):
        ComparisonFolder(tmp_path / "both").read()
