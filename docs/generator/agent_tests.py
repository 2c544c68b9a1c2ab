"""What an agent was checked against: the tests of its own family that name it.

It is read from the test files each time, so that the list cannot say more, or less, than is tested.
"""

from __future__ import annotations

import ast
import functools
import pathlib

import gridworld_agents as ga

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "gridworld_agents"
BESIDE = dict.fromkeys(("actor_critic", "policy_gradient", "value_function"), ("deep",))
"""Further folders with tests of a family, where what its agents share is tested in one of its own."""


def section(agent_id: str, family: str) -> str:
    """Return what the tests say about an agent, as Markdown: those in a file of its own first."""
    text = []
    own = f"test_{agent_id.replace('-', '_')}.py"
    for path, about, tests in sorted(files(family), key=lambda file: not file[0].endswith(own)):
        mine = tests.get(agent_id)
        if mine is not None:
            text += [f"`{path}`: {about}", "\n".join(f"- {line}" for line in mine)]
    return "\n\n".join([*(text or [NONE]), CONTRACT])


NONE = "No test of its own yet."

CONTRACT = """\
Like every agent, it is also held to [the contract](../plugin.md): seeds, saving, resuming, truncation and learning, by
`gridworld check`."""


@functools.cache
def files(family: str) -> list[tuple[str, str, dict[str, list[str]]]]:
    """Return the test files of a family: path, what the file is about, and the tests for each agent that it names."""
    found = []
    folders = (family, *BESIDE.get(family, ()))
    inside = {path.name: path for path in (TESTS / "algorithms").iterdir()}
    places = [inside.get(folder, TESTS / folder) for folder in folders]
    for path in (path for place in places for path in sorted(place.glob("test_*.py"))):
        tree = ast.parse(path.read_text())
        about = " ".join((ast.get_docstring(tree) or "").split("\n\n", maxsplit=1)[0].split())
        found.append((str(path.relative_to(ROOT)), about, tests_of(tree)))
    return found


def tests_of(tree: ast.Module) -> dict[str, list[str]]:
    """Return the tests for each string in a file.

    A test is for an agent if it names it; where no test of the file does, since a fixture or a constant names it for
    all, every test is that names none of the others which are named there.
    """
    tests = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    inside = [(title(test), strings(test)) for test in tests]
    titles = [name for name, _ in inside]
    naming = {word: [name for name, words in inside if word in words] for word in strings(tree)}
    outside = set().union(*(strings(node) for node in tree.body if node not in tests)) if tree.body else set()
    of_none = [name for name, words in inside if not words & outside & agent_ids()]
    found = {}
    for word, names in naming.items():
        if word in outside:
            found[word] = [name for name in titles if name in names or name in of_none]
        else:
            found[word] = names or titles
    return found


@functools.cache
def agent_ids() -> frozenset[str]:
    """Return the ids of all agents."""
    return frozenset(spec.id for spec in ga.specs())


def strings(node: ast.AST) -> set[str]:
    """Return the string constants beneath a node."""
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def title(test: ast.FunctionDef) -> str:
    """Return what a test says it shows: its name in words, and the first line of its docstring."""
    words = test.name.removeprefix("test_").replace("_", " ")
    told = " ".join((ast.get_docstring(test) or "").split("\n\n", maxsplit=1)[0].split())
    return f"{words}: {told}" if told else words
