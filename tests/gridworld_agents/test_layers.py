"""Who may import whom among the agents."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[2] / "agents" / "gridworld_agents"
FAMILIES = {path.name for path in ROOT.iterdir() if path.is_dir()} - {
    "__pycache__",
    "approximation",
    "baselines",
    "checking",
    "command_line",
    "comparison",
    "deep",
    "experience",
    "off_policy",
    "report",
    "statistics",
    "tabular",
}
ALGORITHMS = sorted(path for family in FAMILIES for path in (ROOT / family).glob("*.py"))
SHARED = {ROOT / "reference" / name for name in ("fixed.py",)}


def imports_of(path):
    """Return the modules of this package that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("gridworld_agents.")}


def module(path):
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)


def test_there_are_algorithms():
    assert {"q_learning", "sarsa", "mc_epsilon_greedy"} <= {path.stem for path in ALGORITHMS}


@pytest.mark.parametrize("path", [path for path in ALGORITHMS if path.stem != "__init__"], ids=lambda path: path.stem)
def test_an_algorithm_imports_no_other(path):
    others = {module(other) for other in ALGORITHMS if other not in {path, *SHARED} and other.stem != "__init__"}
    assert not imports_of(path) & others


@pytest.mark.parametrize("path", sorted(set(ROOT.rglob("*.py")) - set(ALGORITHMS)), ids=lambda path: str(path.name))
def test_nothing_shared_imports_an_algorithm(path):
    assert not {name.split(".")[1] for name in imports_of(path)} & FAMILIES


@pytest.mark.parametrize("path", [path for path in ALGORITHMS if path not in SHARED], ids=lambda path: path.stem)
def test_an_algorithm_is_short_and_opens_with_its_steps(path):
    text = path.read_text()
    if path.stem != "__init__":
        assert len(text.splitlines()) <= 150
        assert "\n1  " in ast.get_docstring(ast.parse(text))
