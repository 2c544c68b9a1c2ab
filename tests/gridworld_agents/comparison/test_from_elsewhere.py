"""Folders that somebody else has written or changed: nothing of theirs runs, and nothing outside of them is touched."""

import json
import pickle
import shutil
import zipfile

import pytest

import gridworld_agents as ga
from gridworld_agents.comparison import results, written
from gridworld_agents.core.episode_log import EpisodeLog
from gridworld_agents.report.runs_in_pictures import pictures_on
from gridworld_agents.runs.folder import RunFolder
from gridworld_agents.runs.running import Run

ENV = "GridWorld-v0"
ASKED = {"seeds": 1, "steps": 20, "rows": 1, "gamma": 0.9, "jobs": 1}


def run_in(folder):
    return folder / ENV / "q-learning" / "seed-0"


class Runs:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        import os

        return os.mkdir, (str(self.path),)


def hostile(path, ran, agent_id):
    """Write a zip as Stable-Baselines3 reads them, with a pickle that runs."""
    import base64

    pickled = base64.b64encode(pickle.dumps(Runs(ran))).decode()
    header = {"format": "gridworld-agent", "version": 2, "id": agent_id, "seed": 0, "config": {}, "device": "cpu"}
    log = EpisodeLog.new().to_json()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("agent.json", json.dumps({**header, "episodes": log, "steps_unlearned": 0}))
        archive.writestr("data", json.dumps({"policy_class": {":type:": "x", ":serialized:": pickled}}))


def test_a_file_does_not_choose_its_loader(folder, tmp_path):
    hostile(run_in(folder) / "agent.zip", tmp_path / "ran", "sb3/ppo")
    found = ga.compare(["q-learning"], [ENV], out=folder, resume=True, **ASKED)
    pictures, (reason,) = pictures_on(found, found.suite.envs[0], trust=True)
    assert not pictures
    assert "holds the agent 'sb3/ppo'" in reason
    assert "'q-learning'" in reason
    with pytest.raises(ga.AgentFileError, match="holds the agent 'sb3/ppo'"):
        Run(RunFolder(run_in(folder)), trust=True)
    assert not (tmp_path / "ran").exists()


def test_what_this_process_wrote(small, folder):
    """It is known by its path and by what is in it."""
    assert written.by_this_process(run_in(small) / "agent.zip")
    assert not written.by_this_process(run_in(folder) / "agent.zip")
    assert not written.by_this_process(folder / "nothing.zip")
    ga.compare(["q-learning"], [ENV], out=folder, resume=True, **ASKED)  # there is nothing left to do
    assert not written.by_this_process(run_in(folder) / "agent.zip")
    (run_in(folder) / "score.json").unlink()
    ga.compare(["q-learning"], [ENV], out=folder, resume=True, **ASKED)
    assert written.by_this_process(run_in(folder) / "agent.zip")
    (run_in(folder) / "agent.zip").write_bytes(b"another")
    assert not written.by_this_process(run_in(folder) / "agent.zip")


@pytest.mark.slow
def test_an_agent_that_can_carry_code_is_drawn_where_this_process_wrote_it(tmp_path):
    pytest.importorskip("stable_baselines3")
    agents = [{"id": "sb3/ppo", "hyper_parameters": {"n_steps": 8, "batch_size": 8}}]
    found = ga.compare(agents, [ENV], out=tmp_path / "ours", **ASKED)
    assert [one.agent for one in pictures_on(found, found.suite.envs[0], trust=False)[0]] == ["sb3/ppo, seed 0"]
    shutil.copytree(tmp_path / "ours", tmp_path / "theirs")
    hostile(tmp_path / "theirs" / ENV / "sb3-ppo" / "seed-0" / "agent.zip", tmp_path / "ran", "sb3/ppo")
    theirs = ga.compare(agents, [ENV], out=tmp_path / "theirs", resume=True, **ASKED)
    pictures, (reason,) = pictures_on(theirs, theirs.suite.envs[0], trust=False)
    assert not pictures
    assert "can carry code" in reason
    assert not (tmp_path / "ran").exists()
    pictures_on(theirs, theirs.suite.envs[0], trust=True)
    assert (tmp_path / "ran").exists()  # the pickle is one that runs where it is read


def test_a_module_that_an_environment_names(folder, tmp_path, monkeypatch, gridworld):
    (tmp_path / "strange_module.py").write_text(f"import os\nos.mkdir({str(tmp_path / 'ran')!r})\n")
    monkeypatch.syspath_prepend(tmp_path)
    for record in (folder / "comparison.json", run_in(folder) / "run.json"):
        record.write_text(record.read_text().replace('"GridWorld-v0"', '"strange_module:GridWorld-v0"'))
    place = run_in(folder)
    for command in (["evaluate", place], ["watch", place, "--record", "x.gif"], ["train", "--resume", place]):
        status, _, error = gridworld(*command)
        assert status == 2
        assert "--import strange_module" in error
    record = json.loads((folder / "comparison.json").read_text())
    record["suite"]["envs"][0]["label"] = ENV
    record["references"] = {ENV: [None, None, None, ""]}
    (folder / "comparison.json").write_text(json.dumps(record))
    found = results.read(folder)
    pictures, (reason,) = pictures_on(found, found.suite.envs[0], trust=False)
    assert not pictures
    assert "strange_module" in reason
    assert not (tmp_path / "ran").exists()
    status, out, _ = gridworld("evaluate", place, "--episodes", 1, "--import", "strange_module")
    assert status == 0
    assert "gap to the optimum" in out
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("link", [ENV, f"{ENV}/q-learning", f"{ENV}/q-learning/seed-0"])
def test_a_folder_that_is_a_link(folder, tmp_path, link):
    strange = tmp_path / "strange"
    (folder / link).rename(strange)
    (folder / link).symlink_to(strange)
    for path in list(strange.rglob("score.json")):
        path.unlink()
    before = sorted(strange.rglob("*"))
    with pytest.raises(ValueError, match=r"is a symbolic link.*remove it"):
        ga.compare(["q-learning"], [ENV], out=folder, resume=True, **ASKED)
    with pytest.raises(ValueError, match="is a symbolic link"):
        results.read(folder)
    assert sorted(strange.rglob("*")) == before


@pytest.mark.parametrize("name", [".lock", f"{ENV}/q-learning/seed-0/.lock", f"{ENV}/q-learning/seed-0/progress.csv"])
def test_a_file_that_is_a_link(folder, tmp_path, name):
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(tmp_path / "elsewhere")
    (run_in(folder) / "score.json").unlink()
    with pytest.raises(ValueError, match="is a symbolic link"):
        ga.compare(["q-learning"], [ENV], out=folder, resume=True, **ASKED)
    assert not (tmp_path / "elsewhere").exists()


def test_a_run_that_holds_a_link(folder, tmp_path):
    place = RunFolder(run_in(folder))
    place.metrics.unlink()
    place.metrics.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match="is a symbolic link"):
        Run(place)
    assert not (tmp_path / "elsewhere").exists()


def test_figures_that_are_a_link(folder, tmp_path):
    pytest.importorskip("jinja2")
    pytest.importorskip("plotly")
    from gridworld_agents.report.writing import write

    (tmp_path / "strange").mkdir()
    (folder / "figures").symlink_to(tmp_path / "strange")
    with pytest.raises(ValueError, match="is a symbolic link"):
        write(results.read(folder))
    assert not list((tmp_path / "strange").iterdir())
