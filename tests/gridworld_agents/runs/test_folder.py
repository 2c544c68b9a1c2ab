"""A run's folder: one process begins what is in it, and what a kill has left there is put right."""

import errno
import json

import pytest

from gridworld_agents.core import files
from gridworld_agents.core.locks import FolderLock
from gridworld_agents.runs.folder import RunFolder, RunSettings, drop_rows_after
from gridworld_agents.runs.running import Run


def settings(agent="q-learning", steps=60, **hyper_parameters):
    return RunSettings(agent, "GridWorld-v0", steps, 7, {}, hyper_parameters, max(1, steps // 2), 20)


def test_who_comes_second_writes_nothing(tmp_path):
    other = FolderLock(tmp_path)
    other.acquire()
    with pytest.raises(ValueError, match="is being run by another process"):
        Run(RunFolder(tmp_path), settings())
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_who_waited_for_the_lock_looks_again(tmp_path, monkeypatch):
    lock = RunFolder.lock

    def late(folder):  # another begins a run, and ends, before this one has the lock
        folder.record.write_text("theirs")
        lock(folder)

    monkeypatch.setattr(RunFolder, "lock", late)
    with pytest.raises(ValueError, match="holds a run already"):
        Run(RunFolder(tmp_path), settings())
    assert (tmp_path / "run.json").read_text() == "theirs"
    FolderLock(tmp_path).acquire()  # it has been let go


def test_a_run_whose_end_was_not_written_is_finished_when_it_is_gone_on_with(gridworld, tmp_path):
    gridworld("train", "q-learning", "--env", "GridWorld-v0", "--steps", 60, "--seed", 1, "--out", "run")
    folder = RunFolder(tmp_path / "run")
    folder.note(folder.settings(), "running", 57)
    status, out, _ = gridworld("train", "--resume", "run")
    assert (status, "is finished" in out) == (0, True)
    assert json.loads(folder.record.read_text())["num_timesteps"] == 60
    assert folder.status() == "finished"


@pytest.mark.slow
def test_steps_of_a_roll_out_that_was_killed_are_taken_again(tmp_path):
    pytest.importorskip("stable_baselines3")
    run = Run(RunFolder(tmp_path), settings("sb3/ppo", 96, n_steps=32, batch_size=16))

    def keep(agent, progress):
        if progress.num_timesteps == 48:  # a checkpoint within the second roll-out
            agent.save(tmp_path / "kept.zip")

    assert run.learn(keep) == "finished"
    assert run.agent.steps_unlearned == 0
    (tmp_path / "kept.zip").replace(tmp_path / "agent.zip")
    run.folder.note(run.settings, "running", 48)
    again = Run(RunFolder(tmp_path), trust=True)
    assert again.agent.num_timesteps == 32
    assert again.learn() == "finished"
    assert again.agent.num_timesteps == 96
    assert json.loads(run.folder.record.read_text())["num_timesteps"] == 96


def test_drafts_of_writers_that_were_killed_are_removed(tmp_path):
    draft = tmp_path / ".agent.zip.0123456789abcdef.tmp"
    for path in (draft, tmp_path / ".mine.tmp", tmp_path / "agent.tmp"):
        path.write_text("half")
    RunFolder(tmp_path).lock()
    assert {path.name for path in tmp_path.iterdir()} == {".lock", ".mine.tmp", "agent.tmp"}


def test_a_file_and_its_name_are_synced_before_it_counts(tmp_path, monkeypatch):
    done = []
    replace, fsync = files.os.replace, files.os.fsync
    monkeypatch.setattr(files.os, "replace", lambda *paths: (done.append("replace"), replace(*paths)))
    monkeypatch.setattr(files.os, "fsync", lambda descriptor: (done.append("sync"), fsync(descriptor)))
    with files.atomic(tmp_path / "x") as file:
        file.write(b"all of it")
    assert done[:2] == ["sync", "replace"]
    files.sync(tmp_path / "x")
    files.sync(tmp_path / "absent")
    assert done.count("sync") == (3 if hasattr(files.os, "O_DIRECTORY") else 2)


def test_a_header_that_was_cut_off_is_written_again(tmp_path):
    table = tmp_path / "metrics.csv"
    table.write_text("n,seconds,ga")
    drop_rows_after(table, ("n", "seconds"), 10)
    assert not table.exists()
    table.write_text("n,seconds\r\n10,1\r\n20,2\r\n3")
    drop_rows_after(table, ("n", "seconds"), 10)
    assert table.read_bytes() == b"n,seconds\r\n10,1\r\n"


def test_a_file_system_without_locks_is_named_as_such(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match="gives no locks") as caught:
        RunFolder(tmp_path).lock()
    assert caught.value.errno == errno.ENOLCK
    assert "another process" not in str(caught.value)


def test_a_run_from_elsewhere_does_not_write_elsewhere(gridworld, tmp_path):
    """Of a run that has no agent yet nothing needs trust, but for where its record would have it write."""
    folder, elsewhere = RunFolder(tmp_path / "run"), tmp_path / "elsewhere"
    folder.begin(settings("sb3/ppo", tensorboard_log=str(elsewhere)))
    folder.unlock()
    status, _, err = gridworld("train", "--resume", folder.path)
    assert status == 2
    assert "run.json has the agent write to" in err
    assert "--trust" in err
    assert not elsewhere.exists()


@pytest.mark.parametrize("name", ["run.json", "settings.toml", "settings.yaml"])
def test_files_of_settings_have_a_largest_size(gridworld, tmp_path, monkeypatch, name):
    monkeypatch.setattr("gridworld_agents.runs.folder.LARGEST_RECORD", 1 << 20)
    path = tmp_path / name
    path.write_bytes(b"#" * ((1 << 20) + 1))
    flags = ["--resume", tmp_path] if name == "run.json" else ["--config", path, "--out", tmp_path / "out"]
    status, _, err = gridworld("train", *flags)
    assert status == 2
    assert f"{name} cannot be read: it is larger than the 1,048,576 bytes that are read" in err
