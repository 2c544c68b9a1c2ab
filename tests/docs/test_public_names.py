"""Every public name is on a page of the Python interface, and its docstring tells what it takes."""

import importlib
import inspect
import re

import pytest

from gridworld_agents.core import agent as contract

AUTHORING = "gridworld_agents.authoring"
"""Its functions may also take what the glossary of the contract, or their own module, tells of: s, a, q, `out`."""


@pytest.fixture(scope="module")
def source():
    from api_names import Source

    return Source()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    import interface_pages

    folder = tmp_path_factory.mktemp("api")
    names = interface_pages.write(folder)
    assert {path.stem for path in folder.iterdir()} == set(names)
    return {path.stem: path.read_text() for path in folder.iterdir()}


def test_every_public_name_is_on_the_page_of_its_module(source, pages):
    for module in source.modules():
        documented = re.findall(r"\.\. (?:autoclass|autofunction|py:data):: (\S+)", pages[module])
        assert sorted(documented) == [each.name for each in source.of(module) if each.name == each.instead]
        for last in source.submodules(module):
            assert f"({module}.{last}.md)" in pages[module]


def test_functions_come_before_the_classes_that_they_return(pages):
    oracle = pages["gridworld_env.oracle"]
    assert oracle.index("autofunction:: gridworld_env.oracle.optimal\n") < oracle.index("autoclass::")


def test_constants_are_told_in_words(pages):
    for text in pages.values():
        for block in re.findall(r"\.\. py:data::[^`]*", text):
            assert len(block.strip().splitlines()[-1]) > 20, block


def test_the_contract_of_agents_is_a_page(pages):
    assert "| terminated |" in pages["contract"]
    assert "gridworld_agents.authoring.Capabilities" in pages["contract"]


def functions_of(name, thing):
    """Yield a function or class, and the public methods that a class has of its own and no other class tells of."""
    yield name, thing
    if inspect.isclass(thing):
        for each, method in vars(thing).items():
            function = getattr(method, "__func__", method)  # of a classmethod
            inherited = any(hasattr(base, each) for base in thing.__mro__[1:])
            if not each.startswith("_") and inspect.isfunction(function) and not inherited:
                yield f"{name}.{each}", function


def made_by_nobody(thing):
    """Errors are raised, a protocol has no constructor, and that of a list or a named tuple is Python's."""
    if not inspect.isclass(thing):
        return False
    is_protocol = getattr(thing, "_is_protocol", False)
    return is_protocol or issubclass(thing, BaseException) or not inspect.isfunction(thing.__init__)


def untold(path, thing, elsewhere):
    """Yield what a docstring does not name; the fields of a class are told where they are declared."""
    told = inspect.getdoc(thing) or ""
    assert len(told) > 12, f"{path} has no docstring"
    told = f"{told} {elsewhere} "
    kinds = thing.__mro__ if inspect.isclass(thing) else ()
    told += " ".join(name for kind in kinds for name in vars(kind).get("__annotations__", {}))
    for name in inspect.signature(thing).parameters if not made_by_nobody(thing) else ():
        if name not in {"self", "cls", "args"} and not re.search(rf"\b{name}\b", told):
            yield f"{path}({name})"


def test_docstrings_name_every_argument(source):
    missing, seen = [], 0
    for each in source.names.values():
        thing = getattr(importlib.import_module(source.real(each.parent)), each.last)
        if inspect.isclass(thing) or inspect.isfunction(thing) or hasattr(thing, "py_func"):  # compiled
            for path, part in functions_of(each.name, thing):
                glossary = [contract, inspect.getmodule(part)] if each.parent.startswith(AUTHORING) else []
                missing += untold(path, part, " ".join(inspect.getdoc(module) or "" for module in glossary))
                seen += 1
    assert seen > 200
    assert not missing
