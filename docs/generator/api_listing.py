"""Writes docs/api.txt: every public name with its signature, one a line. What is promised stands there."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from api_names import ROOT, Definition, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api_names import Public, Source

FILE = ROOT / "docs" / "api.txt"
HEAD = "# Every public name and its signature, written by `make api`. What changes here, users see: CHANGELOG.md."
LONGEST = 80
"""Values with more letters than this are left out."""


def listing(source: Source) -> str:
    """Return the whole file."""
    parts = {module: [f"{module}: module"] for module in source.modules()}
    parts |= {name: list(lines_of(source, each)) for name, each in source.names.items()}
    return "\n".join([HEAD, *(line for name in sorted(parts) for line in parts[name])]) + "\n"


def lines_of(source: Source, each: Public) -> Iterator[str]:
    """Yield the lines about one name."""
    if each.deprecated:
        yield f"{each.name}: deprecated, use {each.instead}"
        return
    if each.name != each.instead:
        yield f"{each.name}: another name of {each.instead}"
        return
    found = source.definition(each.place)
    if isinstance(found, ast.ClassDef):
        yield from class_lines(source, each, found)
    elif isinstance(found, ast.FunctionDef):
        yield f"{each.name}{signature(found)}"
    else:
        yield f"{each.name}{value(found)}"


def class_lines(source: Source, each: Public, node: ast.ClassDef) -> Iterator[str]:
    """Yield the lines about a class: itself with its public bases, how it is made, and each public member."""
    line, public = lineage(source, each.place.module, node)
    bases = ", ".join(public)
    yield f"{each.name}: class({bases})" if bases else f"{each.name}: class"
    members: dict[str, str] = {}
    for ancestor in reversed(line):
        members |= dict(members_of(ancestor))
    told = {
        member for kind in ancestors(source, each.place.module, node) if kind not in line for member in members_of(kind)
    }
    if maker := made_by(source, each.place.module, node, line):
        yield f"{each.name}{maker}"
    for name in sorted(members):
        if (name, members[name]) not in told:  # on the line of a public base
            yield f"{each.name}.{name}{members[name]}"


def lineage(source: Source, module: str, node: ast.ClassDef) -> tuple[list[ast.ClassDef], list[str]]:
    """Return a class and those it inherits from that are ours and not public, and the names of its other bases."""
    line, public = [node], []
    by_place = {each.place: each.name for each in source.names.values() if each.name == each.instead}
    for base in node.bases:
        place, found = parent(source, module, base)
        if found is None or place in by_place:
            public.append(by_place.get(place, place.attribute))
        else:
            more, others = lineage(source, place.module, found)
            line += more
            public += others
    return line, public


def parent(source: Source, module: str, base: ast.expr) -> tuple[Place, ast.ClassDef | None]:
    """Return where a base is defined, and the class if it is one of ours."""
    place = source.base(module, ast.unparse(base.value if isinstance(base, ast.Subscript) else base))
    found = source.definition(place) if place.module in source.files else None
    return place, found if isinstance(found, ast.ClassDef) else None


def ancestors(source: Source, module: str, node: ast.ClassDef) -> Iterator[ast.ClassDef]:
    """Yield a class and all of ours that it inherits from, public or not."""
    yield node
    for base in node.bases:
        place, found = parent(source, module, base)
        if found is not None:
            yield from ancestors(source, place.module, found)


def made_by(source: Source, module: str, node: ast.ClassDef, line: list[ast.ClassDef]) -> str:
    """Return a constructor's signature: of `__init__`, or of the fields; empty where a public base has it."""
    if {"Protocol"} & {ast.unparse(base).rpartition(".")[2] for base in node.bases}:
        return ""
    above = list(ancestors(source, module, node))
    if decorator := dataclass_decorator(above):
        texts = {ast.unparse(each.target): field(each) for kind in reversed(above) for each in fields_of(kind)}
        only = ["*"] if texts and "kw_only=True" in decorator else []
        return f"({', '.join([*only, *texts.values()])})"
    if any(ast.unparse(base).endswith("NamedTuple") for base in node.bases):
        return f"({', '.join(field(each) for each in fields_of(node))})"
    for ancestor in line:
        for each in ancestor.body:
            if isinstance(each, ast.FunctionDef) and each.name == "__init__":
                return signature(each, bound=True, returns=False)
    return ""


def dataclass_decorator(above: list[ast.ClassDef]) -> str:
    """Return what makes a class a dataclass: its own decorator, or that of a base which makes its subclasses such."""
    for each in above:
        marks = [ast.unparse(mark) for mark in each.decorator_list]
        if each is above[0] or any("dataclass_transform" in mark for mark in marks):
            for mark in marks:
                if "dataclass" in mark and "dataclass_transform" not in mark:
                    return mark
    return ""


def fields_of(node: ast.ClassDef) -> Iterator[ast.AnnAssign]:
    """Yield what a class annotates and does not mark as its own."""
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and "ClassVar" not in ast.unparse(each.annotation):
            yield each


def field(node: ast.AnnAssign) -> str:
    """Return a field as an argument."""
    return f"{ast.unparse(node.target)}: {ast.unparse(node.annotation)}{value(node.value)}"


def members_of(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Yield the public members of one class: methods, properties, what its body assigns and what `__init__` sets."""
    for each in node.body:
        if isinstance(each, ast.FunctionDef):
            if each.name == "__init__":
                yield from ((name, ": attribute") for name in attributes_set(each) if not name.startswith("_"))
            elif each.name == "__call__" or not each.name.startswith("_"):
                yield from method(each)
        elif isinstance(each, ast.AnnAssign):
            name = ast.unparse(each.target)
            if not name.startswith("_"):
                yield name, f": {ast.unparse(each.annotation)}{value(each.value)}"
        elif isinstance(each, ast.Assign):
            names = [name.id for target in each.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
            yield from ((name, value(each.value)) for name in names if not name.startswith("_"))


def attributes_set(node: ast.FunctionDef) -> Iterator[str]:
    """Yield the attributes of `self` that a method assigns."""
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store) and ast.unparse(each.value) == "self":
            yield each.attr


def method(node: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Yield the line of a method or a property; setters belong to their property."""
    marks = [ast.unparse(each) for each in node.decorator_list]
    if any(mark.endswith((".setter", ".deleter")) for mark in marks):
        return
    if any(mark.endswith("property") for mark in marks):
        yield node.name, f": property -> {ast.unparse(node.returns) if node.returns else 'Any'}"
    else:
        kind = next((f"  ({mark})" for mark in marks if mark in {"classmethod", "staticmethod"}), "")
        yield node.name, f"{signature(node, bound='staticmethod' not in marks)}{kind}"


def signature(node: ast.FunctionDef, *, bound: bool = False, returns: bool = True) -> str:
    """Return arguments and result as they are written; without the first argument where it is bound."""
    arguments = copy.deepcopy(node.args)
    if bound:
        (arguments.posonlyargs or arguments.args).pop(0)
    for defaults in (arguments.defaults, arguments.kw_defaults):
        defaults[:] = [each and _short(each) for each in defaults]
    result = f" -> {ast.unparse(node.returns)}" if returns and node.returns else ""
    return f"({ast.unparse(arguments)}){result}"


def value(node: Definition | ast.expr | None) -> str:
    """Return what a constant is, where that is short; of a field that a call declares, its default."""
    declared = node.keywords if isinstance(node, ast.Call) else []
    node = next((each.value for each in declared if each.arg == "default"), node)
    return "" if node is None else f" = {shortened(node)}"


def shortened(node: ast.AST) -> str:
    """Return an expression as it is written, or dots where it is long."""
    text = ast.unparse(node)
    return text if len(text) <= LONGEST else "..."


def _short(node: ast.expr) -> ast.expr:
    return node if len(ast.unparse(node)) <= LONGEST else ast.Constant(...)
