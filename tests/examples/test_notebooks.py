"""The notebooks run from their first cell to their last, and hold no outputs."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

pytestmark = pytest.mark.shown

FOLDER = pathlib.Path(__file__).parents[2] / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def cells(path, kind):
    return [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == kind]


def test_there_is_one_for_each_reader():
    assert {path.stem for path in NOTEBOOKS} == {"student", "teacher", "researcher"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_holds_no_outputs(path):
    assert path.stat().st_size < 20_000
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(path, "code"))
    assert cells(path, "markdown")[0]["source"][0].startswith("# ")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, tmp_path):
    """Cells are plain Python, one after the other, so that no kernel is needed to run them."""
    program = "\n\n".join("".join(cell["source"]) for cell in cells(path, "code"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "SDL_VIDEODRIVER": "dummy"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
