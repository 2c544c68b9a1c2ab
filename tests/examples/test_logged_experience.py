"""The example of logged experience: it keeps its log, and every interval is around the exact value."""

import pathlib
import re
import subprocess
import sys

import pytest

import gridworld_agents as ga

pytestmark = pytest.mark.shown

SCRIPT = pathlib.Path(__file__).parents[2] / "examples" / "logged_experience.py"


def test_it_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    command = [sys.executable, "-W", "error", str(SCRIPT), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    exact = float(re.search(r"│ exact +│ (\d\.\d+)", done.stdout).group(1))
    intervals = re.findall(r"(-?\d\.\d+) to (-?\d\.\d+)", done.stdout)
    assert len(intervals) == 5
    # Its seed is fixed; of five 95% intervals that depend on one another, none misses.
    assert all(float(low) <= exact <= float(high) for low, high in intervals)
    assert ga.Episodes.load(tmp_path / "log").num_episodes == 2000
