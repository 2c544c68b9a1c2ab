"""Comparisons that are gone on with after something went wrong in their folder, and two that want one folder."""

import pytest

import gridworld_agents as ga
from gridworld_agents.comparison.folder import ComparisonFolder


def compared(out, *, resume=False, steps=60):
    return ga.compare(["q-learning"], ["GridWorld-v0"], seeds=2, steps=steps, rows=3, jobs=1, out=out, resume=resume)


@pytest.mark.parametrize("name", ["run.json", "agent.zip"])
@pytest.mark.parametrize("content", [b"\x00\xff\x00", b'{"format": "gridworld-run", "version": 1}'])
def test_a_run_that_cannot_be_read_is_done_again(tmp_path, name, content):
    before = compared(tmp_path)
    place = tmp_path / "GridWorld-v0" / "q-learning" / "seed-1"
    (place / "score.json").unlink()
    (place / name).write_bytes(content)
    after = compared(tmp_path, resume=True)
    assert [run.score for run in after.runs] == [run.score for run in before.runs]
    assert all(run.finished for run in after.runs)
    assert len(after.runs[1].steps) == len(before.runs[1].steps) == 3


def test_of_two_that_want_one_folder_the_second_writes_nothing(tmp_path, monkeypatch):
    out, lock = tmp_path / "out", ComparisonFolder.lock

    def late(folder):  # another makes a comparison there before this one has the lock
        monkeypatch.setattr(ComparisonFolder, "lock", lock)
        compared(out, steps=40)
        lock(folder)

    monkeypatch.setattr(ComparisonFolder, "lock", late)
    with pytest.raises(ValueError, match="holds a comparison already"):
        compared(out)
    assert ComparisonFolder(out).suite().steps == 40
    ComparisonFolder(out).lock()  # it has been let go
