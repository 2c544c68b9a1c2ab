"""Every public name is on a page of the Python interface, and its docstring tells what it takes."""

import ast
import importlib
import inspect
import pathlib
import pkgutil
import re
import textwrap

import pytest

import gridworld_agents
import gridworld_env
from gridworld_env import oracle, rendering

ROOT = pathlib.Path(__file__).parents[2]
PUBLIC = {
    "gridworld_env": gridworld_env,
    "gridworld_env.oracle": oracle,
    "gridworld_env.rendering": rendering,
    "gridworld_agents": gridworld_agents,
}


def functions_of(name, thing):
    """Return a function or class, and the public methods that a class has of its own."""
    yield name, thing
    if inspect.isclass(thing):
        for each, method in vars(thing).items():
            function = getattr(method, "__func__", method)  # of a classmethod
            if not each.startswith("_") and inspect.isfunction(function):
                yield f"{name}.{each}", function


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    import interface_pages

    folder = tmp_path_factory.mktemp("api")
    assert interface_pages.write(folder) == list(interface_pages.PAGES)
    return "\n".join(path.read_text() for path in folder.iterdir())


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_on_a_page(module, pages):
    documented = set(re.findall(r"\.\. auto(?:class|function):: (\S+)", pages))
    for name in PUBLIC[module].__all__:
        thing = getattr(PUBLIC[module], name)
        if inspect.ismodule(thing):
            assert f"\n## {thing.__name__}\n" in pages
        else:
            assert f"{module}.{name}" in documented


@pytest.mark.parametrize("module", PUBLIC)
def test_docstrings_name_every_argument(module):
    missing = []
    for name in PUBLIC[module].__all__:
        if inspect.ismodule(getattr(PUBLIC[module], name)):
            continue
        for path, thing in functions_of(name, getattr(PUBLIC[module], name)):
            told = inspect.getdoc(thing) or ""
            fields = " ".join(getattr(thing, "__annotations__", {})) if inspect.isclass(thing) else ""
            arguments = () if made_by_nobody(thing) else inspect.signature(thing).parameters
            missing += [
                f"{path}({argument})"
                for argument in arguments
                if argument not in {"self", "cls", "args"} and not re.search(rf"\b{argument}\b", told + fields)
            ]
            assert len(told) > 15, f"{path} has no docstring"
    assert not missing


def made_by_nobody(thing):
    """Errors are raised, and a protocol has no constructor."""
    return inspect.isclass(thing) and (issubclass(thing, BaseException) or getattr(thing, "_is_protocol", False))


def test_modules_on_the_pages_are_there_and_say_what_they_are():
    import interface_pages

    modules = [name for _, names in interface_pages.PAGES.values() for name in names]
    assert set(PUBLIC) <= set(modules)
    for name in modules:
        assert len(importlib.import_module(name).__doc__) > 20
        assert interface_pages.public(name), name


def test_every_module_is_on_a_page_or_known_to_be_inside():
    import interface_pages

    shown = {name for _, names in interface_pages.PAGES.values() for name in names}
    described = {id(getattr(importlib.import_module(m), name)) for m in shown for name in interface_pages.public(m)}
    unknown, used = [], set()
    for package in (gridworld_env, gridworld_agents):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            inside = [name for name in interface_pages.INSIDE if f"{found.name}.".startswith(f"{name}.")]
            used.update(inside)
            if found.name not in shown and not inside:
                module = importlib.import_module(found.name)
                names = [
                    name for name in interface_pages.public(found.name) if id(getattr(module, name)) not in described
                ]
                unknown += [f"{found.name}.{name}" for name in names]
    assert not unknown, f"add their modules to PAGES of interface_pages.py, or to INSIDE: {unknown}"
    assert used == set(interface_pages.INSIDE)


def imported(text):
    """Return what a piece of code imports from the two packages, as (module, name)."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in (
            "gridworld_env",
            "gridworld_agents",
        ):
            yield from ((node.module, alias.name) for alias in node.names)


def data_of(module, name, shown):
    """Return whether a name is a module, or a constant of one that is on a page."""
    thing = getattr(importlib.import_module(module), name, None)
    return inspect.ismodule(thing) or (module in shown and not inspect.isclass(thing) and not inspect.isroutine(thing))


def shown_code():
    """Return every piece of Python that the documents and the examples show."""
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for code in re.findall(r"^ *```python\n(.*?)^ *```", page.read_text(), re.DOTALL | re.MULTILINE):
            yield page.name, textwrap.dedent(code)
    for script in (ROOT / "examples").rglob("*.py"):
        yield script.name, script.read_text()


def test_what_documents_and_examples_import_is_on_a_page(pages):
    import interface_pages

    shown = {name for _, names in interface_pages.PAGES.values() for name in names}
    documented = set(re.findall(r"\.\. auto(?:class|function):: (\S+)", pages))
    missing = [
        f"{where}: {module}.{name}"
        for where, code in shown_code()
        for module, name in imported(code)
        if f"{module}.{name}" not in documented | shown and not data_of(module, name, shown)
    ]
    assert not missing
