"""Imports point one way, are light, and the built package holds what it should."""

import ast
import pathlib
import re
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).parent.parent
ENVIRONMENTS = ROOT / "gridworld_env"
AGENTS = ROOT / "agents" / "gridworld_agents"
HEAVY = ("numba", "torch", "pygame", "matplotlib", "stable_baselines3", "scipy", "pandas")

ALLOWED = {
    "arrays": set(),
    "checks": set(),
    "matrices": {"arrays"},
    "parallel": set(),
    "map_text": {"arrays"},
    "named_layouts": set(),
    "random_layouts": {"arrays", "checks", "map_text"},
    "layouts": {"arrays", "checks", "map_text", "named_layouts", "random_layouts"},
    "outcomes": {"arrays"},
    "snapshots": {"arrays", "checks"},
    "exploration": {"arrays", "checks", "snapshots"},
    "tabular": {"arrays", "checks", "outcomes", "exploration"},
    "rules": {"checks"},
    "dynamics": {"arrays", "layouts", "outcomes", "rules", "tabular"},
    "oracle": {"arrays", "checks", "matrices", "parallel", "tabular", "oracle"},
    "rendering": {"arrays", "checks", "layouts", "rules", "rendering"},
    "envs": {
        "arrays",
        "checks",
        "dynamics",
        "layouts",
        "matrices",
        "outcomes",
        "parallel",
        "rendering",
        "rules",
        "tabular",
    }
    | {"envs"},
    "registration": set(),
    "": {"layouts", "tabular", "oracle", "registration"},
}
"""Which parts of `gridworld_env` each part may import; "" is the package itself."""


def part_of(module):
    """Return the part of `gridworld_env` that a dotted module name lies in."""
    return [*module.split("."), ""][1]


def imports_of(path):
    """Return the modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "gridworld_env":
            parts = {file.stem for file in ENVIRONMENTS.iterdir()}
            found |= {f"gridworld_env.{alias.name}" if alias.name in parts else "gridworld_env" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
    return found


def environment_files():
    return sorted(path for path in ENVIRONMENTS.rglob("*.py"))


@pytest.mark.parametrize("path", environment_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    relative = path.relative_to(ENVIRONMENTS)
    part = "" if relative.name == "__init__.py" and len(relative.parts) == 1 else relative.parts[0].removesuffix(".py")
    imported = imports_of(path)
    inside = {part_of(module) for module in imported if module.split(".")[0] == "gridworld_env"}
    assert inside <= ALLOWED[part], f"{relative} may not import {sorted(inside - ALLOWED[part])}"
    assert not {module.split(".")[0] for module in imported} & {
        "agents",
        "gridworld_agents",
        "stable_baselines3",
        "torch",
    }


def test_the_allowed_imports_have_no_cycle():
    order = list(ALLOWED)
    for part, allowed in ALLOWED.items():
        for other in allowed - {part}:
            assert order.index(other) < order.index(part), f"{part} must stand below {other}"


@pytest.mark.parametrize("path", sorted(AGENTS.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_agents_use_public_names_of_environments_only(path):
    inside = {module for module in imports_of(path) if module.split(".")[0] == "gridworld_env"}
    assert inside <= {"gridworld_env", "gridworld_env.oracle", "gridworld_env.rendering"}


def test_agents_is_a_folder_not_a_package():
    assert not (ROOT / "agents" / "__init__.py").exists()


@pytest.mark.parametrize("package", ["gridworld_env", "gridworld_agents"])
def test_imports_are_light(package, run_python):
    loaded = run_python(f"import {package}, sys; print(*[m for m in {HEAVY} if m in sys.modules])")
    assert loaded == ""


def test_a_single_environment_loads_no_compiler(run_python):
    code = "import gymnasium as gym, sys; e = gym.make('gridworld_env:GridWorld-v0'); e.reset(seed=0); e.step(0)"
    assert run_python(f"{code}; print(*[m for m in {HEAVY} if m in sys.modules])") == ""


@pytest.mark.slow
def test_the_wheel_holds_both_packages(tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    for name in ("gridworld_env/py.typed", "gridworld_agents/py.typed", "gridworld_env/envs/windy.py"):
        assert name in names
    assert not [name for name in names if re.match(r"(tests|benchmarks|agents|examples)/", name)]
