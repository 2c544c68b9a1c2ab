"""Every public name is on a page of the Python interface, and its docstring tells what it takes."""

import importlib
import inspect
import re

import pytest

import gridworld_agents
import gridworld_env
from gridworld_env import oracle, rendering

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
