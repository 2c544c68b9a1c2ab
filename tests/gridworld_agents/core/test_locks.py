"""A folder's lock: one holder, given back at its release, its collection, or the death of its process."""

import subprocess
import sys

import pytest

from gridworld_agents.core.locks import FolderLock, abandoned

HOLD = (
    "import pathlib, sys, time; from gridworld_agents.core.locks import FolderLock;"
    "lock = FolderLock(pathlib.Path(sys.argv[1])); lock.acquire(); print('held', flush=True); time.sleep(60)"
)


def test_one_holds_it_and_another_may_when_it_is_released(tmp_path):
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    assert abandoned(tmp_path)
    first.acquire()
    first.acquire()  # a second time means nothing, and takes no second release
    assert not abandoned(tmp_path)
    with pytest.raises(ValueError, match=f"{tmp_path} is being run by another process"):
        second.acquire()
    first.release()
    first.release()
    second.acquire()
    assert not abandoned(tmp_path)


def test_it_goes_with_the_object_that_holds_it(tmp_path):
    lock = FolderLock(tmp_path)
    lock.acquire()
    del lock
    assert abandoned(tmp_path)


def test_it_is_given_back_when_its_process_is_killed(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        assert not abandoned(tmp_path)
        with pytest.raises(ValueError, match="is being run by another process"):
            FolderLock(tmp_path).acquire()
    finally:
        holder.kill()
        holder.communicate()
    assert abandoned(tmp_path)
    FolderLock(tmp_path).acquire()


def test_a_folder_that_is_gone_is_not_said_to_be_abandoned(tmp_path):
    assert not abandoned(tmp_path / "gone")
    with pytest.raises(OSError, match="gone"):
        FolderLock(tmp_path / "gone").acquire()
    assert not (tmp_path / "gone").exists()
