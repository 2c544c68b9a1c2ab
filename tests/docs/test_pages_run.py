"""The code on every page of docs/ runs, in the order in which it stands there."""

import os
import pathlib
import re
import subprocess
import sys
import tomllib

import pytest

from gridworld_agents.command_line.configuration import KEYS

pytestmark = pytest.mark.shown

ROOT = pathlib.Path(__file__).parents[2]
RUNNER = pathlib.Path(__file__).parent / "page_runner.py"
PAGES = sorted(
    path
    for path in [ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").glob("*.md")]
    if any(fence in path.read_text() for fence in ("\n```python\n", "\n```console\n"))
)


def run(page, folder):
    environment = {**os.environ, "COLUMNS": "160", "SDL_VIDEODRIVER": "dummy"}
    return subprocess.run(
        [sys.executable, "-W", "error", RUNNER, page],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )


def test_there_are_pages_with_code():
    guides = {"using-environments", "exact-answers", "training", "compare", "plugin", "quick-start", "theory"}
    assert {"README", "index", *guides} <= {page.stem for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_runs(page, tmp_path):
    done = run(page, tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_configuration_file_of_the_quick_start_shows_every_entry():
    block = re.search(r"```toml\n(# run.toml\n.*?)```", (ROOT / "docs/quick-start.md").read_text(), re.DOTALL)
    assert tomllib.loads(block[1]).keys() == KEYS.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n", "AssertionError"),
        ("```python\nprint(1)\n```\n\n```text\n2\n```\n", "does not print"),
        ("```console\n$ gridworld solve Nowhere-v0\n```\n", "ended with status"),
        ("```console\n$ gridworld list layouts\nno such line\n```\n", "does not print"),
    ],
)
def test_a_page_that_is_wrong_is_noticed(text, said, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(text)
    done = run(page, tmp_path)
    assert done.returncode != 0
    assert said in done.stderr
