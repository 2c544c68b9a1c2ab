"""Imports point one way, are light, and the built package holds what it should."""

import ast
import functools
import graphlib
import pathlib
import re
import subprocess
import sys
import zipfile
from typing import NamedTuple

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGES = {"gridworld_env": ROOT / "gridworld_env", "gridworld_agents": ROOT / "agents" / "gridworld_agents"}
HEAVY = ("numba", "torch", "pygame", "matplotlib", "stable_baselines3", "scipy", "pandas")

ROOMS = {
    "gridworld_env": {
        "common": set(),
        "layouts": {"common"},
        "tabular": {"common", "layouts"},
        "protocol": {"common", "tabular"},
        "oracle": {"common", "tabular"},
        "rendering": {"common", "layouts", "tabular"},
        "engine": {"common", "layouts", "tabular", "rendering"},
        "envs": {"common", "layouts", "tabular", "engine"},
        "plugins": {"common"},
        "registration": {"common", "plugins"},
        "authoring": {"common"},
        "version": set(),
    },
    "gridworld_agents": {
        "core": set(),
        "statistics": {"core"},
        "tabular": {"core"},
        "deep": {"core", "tabular"},
        "stochastic": {"core", "tabular"},
        "data": {"core", "tabular"},
        "algorithms": {"core", "tabular", "deep", "stochastic", "data"},
        "baselines": {"core"},
        "evaluation": {"core"},
        "runs": {"core", "deep", "evaluation"},
        "comparison": {"core", "statistics", "evaluation", "runs"},
        "plotting": {"core", "evaluation", "comparison"},
        "report": {"core", "statistics", "evaluation", "runs", "comparison", "plotting"},
        "checking": {"core", "evaluation"},
        "command_line": {"core", "evaluation", "runs", "comparison", "plotting", "report", "checking"},
        "train_distributed": {"core", "deep", "runs", "command_line"},
        **{one: set() for one in ("authoring", "callbacks", "off_policy_evaluation", "stochastic_approximation")},
    },
}
"""Which other rooms of its package each room may import, type-only imports aside; the package itself may import all."""

PUBLIC_ROOMS = ("authoring", "oracle", "protocol", "rendering")
"""Which rooms of environments agents may import, beside the package itself."""

SHARED_ALGORITHMS = {"gridworld_agents.algorithms.reference.fixed"}
"""What several algorithms of a family stand on."""


class Import(NamedTuple):
    """One import statement's module."""

    importer: str  # dotted name of the file
    module: str
    type_only: bool
    inside_function: bool


def dotted(package, path):
    parts = path.relative_to(PACKAGES[package]).with_suffix("").parts
    return ".".join((package, *parts)).removesuffix(".__init__")


FILES = {dotted(package, path): path for package, folder in PACKAGES.items() for path in sorted(folder.rglob("*.py"))}


@functools.cache
def tree(name):
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


def imports_of(name):
    """Return the imports of a file; what is imported is a file's name where it is one of ours."""
    found = []

    def visit(node, type_only, inside):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                continue  # no import stands in one
            only = type_only or (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
            deferred = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            if isinstance(child, ast.Import):
                found.extend(Import(name, alias.name, only, deferred) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                full = [f"{child.module}.{alias.name}" for alias in child.names]
                found.extend(Import(name, one if one in FILES else child.module, only, deferred) for one in full)
            visit(child, only, deferred)

    visit(tree(name), type_only=False, inside=False)
    return found


@functools.cache
def imports():
    return [one for name in FILES for one in imports_of(name)]


def room_of(module):
    """Return the room of its package that a dotted name lies in; empty for the package itself."""
    return [*module.split("."), ""][1]


def top(module):
    return module.split(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_import_only_what_stands_below_them(package):
    rooms = ROOMS[package]
    wrong = [
        f"{one.importer} imports {one.module}"
        for one in imports()
        if top(one.importer) == package == top(one.module) and not one.type_only
        for here, there in [(room_of(one.importer), room_of(one.module))]
        if here and there and here != there and there not in rooms[here]
    ]
    assert not wrong


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_has_its_place_and_none_stands_in_a_circle(package):
    present = {room_of(name) for name in FILES if top(name) == package} - {""}
    assert present == set(ROOMS[package])
    graphlib.TopologicalSorter(ROOMS[package]).prepare()  # raises CycleError


def test_no_files_import_one_another_in_a_circle():
    needs = {name: set() for name in FILES}
    for one in imports():
        if not one.type_only and one.module in FILES and one.module != one.importer:
            needs[one.importer].add(one.module)
    graphlib.TopologicalSorter(needs).prepare()  # raises CycleError and names the files


def test_environments_know_nothing_of_agents():
    wrong = {one for one in imports() if top(one.importer) == "gridworld_env"}
    assert not {one for one in wrong if top(one.module) in {"agents", "gridworld_agents", "stable_baselines3", "torch"}}


def test_agents_use_public_names_of_environments_only():
    inside = {
        one.module
        for one in imports()
        if top(one.importer) == "gridworld_agents" and top(one.module) == "gridworld_env"
    }
    assert inside <= {"gridworld_env", *(f"gridworld_env.{room}" for room in PUBLIC_ROOMS)}


ALGORITHMS = [
    name
    for name, path in FILES.items()
    if name.startswith("gridworld_agents.algorithms.") and path.name != "__init__.py" and name not in SHARED_ALGORITHMS
]


def test_an_algorithm_imports_no_other():
    assert {"q_learning", "sarsa", "mc_epsilon_greedy", "ddpg"} <= {name.rpartition(".")[2] for name in ALGORITHMS}
    wrong = [one for one in imports() if one.importer in ALGORITHMS and one.module in ALGORITHMS]
    assert not wrong


def test_an_algorithm_is_short_and_opens_with_its_steps():
    long = [name for name in ALGORITHMS if len(FILES[name].read_text(encoding="utf-8").splitlines()) > 150]
    assert not long
    assert not [name for name in ALGORITHMS if "\n1  " not in ast.get_docstring(tree(name))]


def test_agents_is_a_folder_not_a_package():
    assert not (ROOT / "agents" / "__init__.py").exists()


@pytest.mark.parametrize("package", PACKAGES)
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
    for name in ("gridworld_env/py.typed", "gridworld_agents/py.typed", "gridworld_agents/authoring.pyi"):
        assert name in names
    assert not [name for name in names if re.match(r"(tests|benchmarks|agents|examples)/", name)]
