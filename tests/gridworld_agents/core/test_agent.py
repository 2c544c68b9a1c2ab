"""The contract lists whatever is read from an agent that need not have it."""

import ast
import pathlib
from typing import NamedTuple

import pytest

import gridworld_agents
from gridworld_agents.authoring import Capabilities

PACKAGE = pathlib.Path(gridworld_agents.__file__).parent
AGENTS = {"agent", "factory", "policy", "given", "owner"}
"""What an agent, or what makes one, is called in the code."""

ANY_KIND = {"evaluation", "checking", "data", "core", "runs", "command_line"}
"""Rooms that take agents of every kind."""
ONE_KIND = {("behaviour.py", "memory"), ("behaviour.py", "params")}
"""Reads behind a check that the agent is of a kind which has it."""
OURS = {"base.py", "rank_training.py", "ranks.py"}
"""Files in those rooms that take agents of ours only."""

REQUIRED = {name for name in vars(gridworld_agents.Agent) if not name.startswith("_")}
OPTIONAL = {name for name in {**vars(Capabilities), **Capabilities.__annotations__} if not name.startswith("_")}
OUTDATED = {("outdated.py", "Parameters")}
"""What is looked for to tell that it is called otherwise now."""


class Read(NamedTuple):
    """Something that code wants of an agent."""

    kind: str  # asked: by getattr or hasattr; read: as an attribute; argument: of a method, by its signature
    room: str
    file: str
    name: str


def is_agent(node):
    return ast.unparse(node).rpartition(".")[2] in AGENTS


def wanted(node):
    """Yield what a node of the syntax tree wants of an agent, as kind and name."""
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id in {"agent", "factory"}:
            yield "read", node.attr
    elif isinstance(node, ast.Call):
        if ast.unparse(node.func) in {"getattr", "hasattr"} and is_agent(node.args[0]):
            yield from (("asked", name.value) for name in node.args[1:2] if isinstance(name, ast.Constant))
    elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and isinstance(node.ops[0], ast.In):
        where = ast.unparse(node.comparators[0])
        if where.startswith("inspect.signature(") and any(f"{name}." in where for name in AGENTS):
            yield "argument", node.left.value


@pytest.fixture(scope="module")
def reads():
    """Everything that is wanted of agents, whatever is private to a class or to Python aside."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0]
        text = path.read_text(encoding="utf-8")
        if any(f"{name}." in text or f"{name}," in text for name in AGENTS):
            nodes = ast.walk(ast.parse(text))
            found |= {Read(kind, room, path.name, name) for node in nodes for kind, name in wanted(node)}
    return {one for one in found if not one.name.startswith("_")}


def test_what_is_looked_for_on_agents_is_in_the_contract(reads):
    asked = {one for one in reads if one.kind == "asked"}
    assert {"stochastic", "learns", "bootstraps", "exact_resume", "visits"} <= {one.name for one in asked}
    assert {(one.file, one.name) for one in asked if one.name not in REQUIRED | OPTIONAL} == OUTDATED


def test_what_is_read_from_agents_of_any_kind_is_in_the_contract(reads):
    read = {one for one in reads if one.kind == "read" and one.room in ANY_KIND and one.file not in OURS}
    assert {"recent_episodes", "policy", "values"} <= {one.name for one in read}
    unknown = {(one.file, one.name) for one in read if one.name not in REQUIRED | OPTIONAL}
    assert unknown == ONE_KIND


def test_optional_arguments_of_methods_are_in_the_contract(reads):
    arguments = {one.name for one in reads if one.kind == "argument"}
    assert {"action_masks", "trust"} <= arguments
    assert not {name for name in arguments if name not in Capabilities.__doc__}


def test_nothing_is_in_the_contract_that_nobody_reads(reads):
    assert {one.name for one in reads} >= OPTIONAL
