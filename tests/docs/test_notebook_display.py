"""Cells of a notebook that end with one of our things show pictures and tables, as nbconvert renders them."""

import base64
import json
import os
import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.shown

CELLS = {
    "layout": "import gymnasium as gym, gridworld_env, gridworld_agents as ga\n"
    "from gridworld_env import Layout, TabularMDP, oracle, rendering\n"
    "Layout.named('book')",
    "model": "env = gym.make('GridWorld-v0')\nmdp = TabularMDP.from_env(env)\nmdp",
    "solution": "best = oracle.optimal(mdp, gamma=0.9)\nbest",
    "horizon": "oracle.finite_horizon(mdp, gamma=0.9, horizon=5)",
    "lake": "oracle.optimal(TabularMDP.from_env(gym.make('FrozenLake-v1')), gamma=0.99)",
    "agent": "ga.make('q-learning', env, seed=0, gamma=0.9).learn(500)",
    "judge": "ga.Judge(env, gamma=0.9)",
    "picture": "rendering.draw('book', values=best.v)",
    "recording": "rendering.record('short.gif', [rendering.draw('book')] * 2, progress=False)",
    "robot": "oracle.optimal(TabularMDP.from_env(gym.make('Tabular-v0')), gamma=0.9)",
    "taxi": "oracle.optimal(TabularMDP.from_env(gym.make('Taxi-v4')), gamma=0.9)",
    "episodes": "ga.collect(env, 'uniform', episodes=3, seed=0)",
    "comparison": "ga.compare(['random'], ['GridWorld-v0'], out='c', seeds=2, steps=50, jobs=1, progress_bar=True)",
    "evaluation": "ga.evaluate(ga.make('random', env, seed=0), env, 2, seed=0)",
    "figure": "from gridworld_agents import plotting\nplotting.policy(env, best).figure.savefig('policy.png')",
}
PICTURES = ("layout", "model", "solution", "horizon", "lake", "agent", "judge", "picture")
TABLES = {"robot": "recharge", "taxi": "40 of 500 states", "episodes": "3 episodes", "comparison": "random"}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Run a notebook by its kernel, and return its outputs by cell and the page that nbconvert makes of it."""
    for library in ("nbconvert", "ipykernel"):
        pytest.importorskip(library, reason="pip install --group dev")
    folder = tmp_path_factory.mktemp("notebook")
    cells = [
        {"cell_type": "code", "id": name, "source": code, "metadata": {}, "outputs": [], "execution_count": None}
        for name, code in CELLS.items()
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}
    (folder / "shown.ipynb").write_text(json.dumps(notebook))
    surroundings = {**os.environ, "SDL_VIDEODRIVER": "dummy", "JUPYTER_PLATFORM_DIRS": "1", "IPYTHONDIR": str(folder)}
    for form in ("notebook", "html"):
        command = [sys.executable, "-m", "nbconvert", "--execute", "--to", form, "--output", f"made-{form}"]
        done = subprocess.run(
            [*command, "shown.ipynb"], cwd=folder, env=surroundings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        (folder / "c").rename(folder / f"c-{form}")
    made = json.loads((folder / "made-notebook.ipynb").read_text())
    outputs = {cell["id"]: cell["outputs"] for cell in made["cells"]}
    return outputs, (folder / "made-html.html").read_text()


def data_of(outputs):
    """Return what a cell shows, by its type."""
    (shown,) = (each["data"] for each in outputs if each["output_type"] == "execute_result")
    return {kind: "".join(data) for kind, data in shown.items()}


@pytest.mark.parametrize("cell", PICTURES)
def test_a_picture_is_shown(rendered, cell):
    shown = data_of(rendered[0][cell])
    assert base64.b64decode(shown["image/png"]).startswith(b"\x89PNG")
    assert "text/html" not in shown
    assert len(shown["text/plain"]) < 200


@pytest.mark.parametrize("cell", TABLES)
def test_a_table_is_shown(rendered, cell):
    shown = data_of(rendered[0][cell])
    assert "<table>" in shown["text/html"]
    assert TABLES[cell] in shown["text/html"]
    assert "image/png" not in shown


def test_what_has_neither_is_a_line(rendered):
    assert data_of(rendered[0]["evaluation"]).keys() == {"text/plain"}


def test_a_recording_is_played(rendered):
    assert data_of(rendered[0]["recording"])["text/html"].startswith('<img src="data:image/gif')


def test_the_page_has_them_all(rendered):
    page = rendered[1]
    assert len(re.findall(r'<img[^>]*src="data:image/png', page)) == len(PICTURES) + 1  # that of the figure
    assert page.count("<table>") == len(TABLES)
    assert "2 of 2 runs done" in page
