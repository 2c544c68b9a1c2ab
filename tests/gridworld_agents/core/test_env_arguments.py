"""Maps among the arguments of environments: named by their files, and kept as text."""

import pathlib

import gymnasium as gym
import pytest

from gridworld_agents.comparison.suite import EnvChoice
from gridworld_agents.comparison.suite_files import read_suite
from gridworld_agents.core.env_arguments import with_files, with_texts
from gridworld_agents.runs.folder import RunSettings
from gridworld_env import Layout

TEXT = "S.\n.T"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "map.txt"
    path.write_text(TEXT)
    return path


def test_only_a_layout_names_a_file(file):
    assert with_files({"layout": "@map.txt", "name": "@map.txt"}, file.parent) == {"layout": file, "name": "@map.txt"}
    assert with_files({"layout": "book"}) == {"layout": "book"}
    with pytest.raises(ValueError, match=r"layout=@nap\.txt: there is no file"):
        with_files({"layout": "@nap.txt"}, file.parent)


def test_maps_are_kept_as_text(file):
    for given in (file, Layout.parse(TEXT)):
        assert with_texts({"layout": given, "slip": 0.1}) == {"layout": TEXT, "slip": 0.1}
        settings = RunSettings("q-learning", "GridWorld-v0", 1, 0, {"layout": given}, {}, 1, 1)
        assert settings.env_arguments == {"layout": TEXT}
    # What a run or a comparison has kept names no file, whatever it looks like.
    assert with_texts({"layout": "@map.txt"}) == {"layout": "@map.txt"}


def test_a_label_has_the_name_of_a_maps_file(file):
    one, other = EnvChoice("GridWorld-v0", arguments={"layout": file}), EnvChoice("x", arguments={"layout": TEXT})
    assert (one.label, one.arguments) == ("GridWorld-v0(layout=map.txt)", {"layout": TEXT})
    assert (other.label, other.arguments) == ("x(layout=S./.T)", {"layout": TEXT})


def test_a_suite_finds_maps_in_its_own_folder(file, monkeypatch):
    suite = file.with_name("suite.toml")
    env = '{ id = "GridWorld-v0", arguments = { layout = "@map.txt", slip = 0.1 } }'
    suite.write_text(f'agents = ["q-learning"]\nenvironments = [{env}]\nseeds = 1\nsteps = 10\n')
    monkeypatch.chdir("/")
    (choice,) = read_suite(suite).envs
    assert choice.arguments == {"layout": TEXT, "slip": 0.1}
    suite.write_text(suite.read_text().replace("map", "nap"))
    with pytest.raises(ValueError, match=r"suite\.toml cannot be used: layout=@nap\.txt: there is no file"):
        read_suite(suite)


@pytest.mark.parametrize("env_id", ["GridWorld-v0", "ContinuousGridWorld-v0"])
def test_environments_take_a_path(file, env_id):
    with gym.make(env_id, layout=pathlib.Path(file)) as env:
        assert env.unwrapped.world.layouts[0] == Layout.parse(TEXT) if env_id == "GridWorld-v0" else env.reset(seed=0)
