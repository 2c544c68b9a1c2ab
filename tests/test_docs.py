"""The code in the documents runs, and what they name is there."""

import pathlib
import re
import textwrap

import numpy as np
import pytest
from PIL import Image

from gridworld_agents.command_line import main

ROOT = pathlib.Path(__file__).parent.parent
BLOCKS = [
    pytest.param(textwrap.dedent(code), id=f"{name}-{i}")
    for name in ("README.md", "CONTRIBUTING.md")
    for i, code in enumerate(
        re.findall(r"^ *```python\n(.*?)^ *```", (ROOT / name).read_text(), re.DOTALL | re.MULTILINE)
    )
]


@pytest.mark.shown
@pytest.mark.parametrize("code", BLOCKS)
def test_code_blocks_run(code, run_python, tmp_path):
    check = "\nif 'MyEnv' in dir(): print(MyEnv().reset(seed=0)[0], MyVectorEnv(num_envs=2).reset(seed=0)[0].tolist())"
    out = run_python(code + check, cwd=tmp_path)
    assert "MyEnv(" not in code or out == "0 [0, 0]"


def test_pictures_of_readme_and_pages_are_there_and_small():
    shown = set(re.findall(r'<img src="([^"]+)"', (ROOT / "README.md").read_text()))
    assert len(shown) == 1
    for page in (ROOT / "docs").glob("*.md"):
        shown |= {f"docs/{name}" for name in re.findall(r"!\[[^\]]*\]\((images/[^)]+)\)", page.read_text())}
    assert shown == {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/images").iterdir()}
    for picture in shown:
        assert 1_000 < (ROOT / picture).stat().st_size < 500_000, picture


@pytest.mark.parametrize(
    "page", ["README.md", "README.zh-CN.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
)
def test_links_to_files_of_the_repository_lead_somewhere(page):
    generated = re.compile(r"(agents|api|environments)/")
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (ROOT / page).read_text()):
        if not link.startswith("http") and not generated.match(link):
            assert ((ROOT / page).parent / link).exists(), link


def test_the_readme_is_for_newcomers():
    assert len((ROOT / "README.md").read_text().splitlines()) < 200


def test_the_first_picture_is_what_the_command_draws(tmp_path):
    with pytest.raises(SystemExit):
        main(["solve", "GridWorld-v0", "--gamma", "0.9", "--render", str(tmp_path / "optimum.png")])
    stored, drawn = (
        np.asarray(Image.open(path).convert("RGB"), dtype=int)
        for path in (ROOT / "docs/images/values.png", tmp_path / "optimum.png")
    )
    assert stored.shape == drawn.shape
    assert np.abs(stored - drawn).mean() < 2  # of 255; letters may differ by a pixel elsewhere


def test_there_are_code_blocks():
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_named_in_the_documents_exist(name):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(
        re.findall(
            r"`?make ([a-z-]+)", "\n".join(re.findall(r"`[^`]*`|```.*?```", (ROOT / name).read_text(), re.DOTALL))
        )
    )
    assert named
    assert named <= targets, named - targets


@pytest.mark.shown
def test_the_plugin_of_the_readme_learns(run_python):
    block = next(code.values[0] for code in BLOCKS if "class MyAgent(" in code.values[0])
    learns = """
import gymnasium as gym
import gridworld_agents as ga

env = gym.make("gridworld_env:GridWorld-v0")
print(ga.Judge(env, gamma=0.9).gap(MyAgent(env, seed=0, gamma=0.9).learn(100_000)) < 1e-9)
"""
    assert run_python(block + learns) == "True"


def test_the_plugin_of_its_page_is_the_package():
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/plugin.md").read_text(), re.DOTALL | re.MULTILINE)
    block = next(code for code in blocks if "class CountBonus(" in code)
    package = (ROOT / "examples/third_party_agent/src/count_bonus_agent/__init__.py").read_text()
    said = {re.sub(r"\s*#.*", "", line).strip() for line in block.splitlines()}
    # What the package says longer: types, and arguments one a line.
    own = {line for line in said if not re.match(r"(import|from|def|q:|visits:|u:|act, observe|return greedy)", line)}
    written = {re.sub(r"\s*#.*", "", line).strip() for line in package.splitlines()}
    assert len(own) > 20
    assert own <= written, own - written
