"""The code on every page of docs/ runs, in the order in which it stands there."""

import importlib.util
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
RECIPES = ROOT / "docs" / "recipes.md"
NEEDED = re.findall(r"^<!-- needs (\w+) -->$", RECIPES.read_text(), re.MULTILINE)
OFFLINE = {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "HF_HUB_OFFLINE": "1", "TRACKIO_DIR": "trackio"}


def run(page, folder, *module):
    environment = {**os.environ, "COLUMNS": "160", "SDL_VIDEODRIVER": "dummy", **OFFLINE}
    strict = [] if module else ["-W", "error"]  # the warnings of other packages are theirs
    return subprocess.run(
        [sys.executable, *strict, RUNNER, page, *module],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )


def test_there_are_pages_with_code():
    guides = {
        "using-environments",
        "exact-answers",
        "training",
        "compare",
        "plugin",
        "quick-start",
        "theory",
        "recipes",
    }
    assert {"README", "index", *guides} <= {page.stem for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_runs(page, tmp_path):
    done = run(page, tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_recipes_that_need_other_packages_are_known():
    assert sorted(NEEDED) == ["optuna", "stable_baselines3", "trackio", "wandb"]


@pytest.mark.parametrize("module", NEEDED)
def test_the_recipe_runs(module, tmp_path):
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    done = run(RECIPES, tmp_path, module)
    assert done.returncode == 0, done.stderr


def test_the_configuration_file_of_the_quick_start_shows_every_entry():
    block = re.search(r"```toml\n(# run.toml\n.*?)```", (ROOT / "docs/quick-start.md").read_text(), re.DOTALL)
    assert tomllib.loads(block[1]).keys() == KEYS.keys()


def test_blocks_that_need_a_module_are_run_with_it_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1)\n```\n\n<!-- needs json -->\n```python\nraise OSError('asked')\n```\n")
    assert run(page, tmp_path).returncode == 0
    asked = run(page, tmp_path, "json")
    assert asked.returncode != 0
    assert "OSError: asked" in asked.stderr


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
