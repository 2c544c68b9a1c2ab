"""Reads which names are public from the declarations `export(...)` in the source; imports nothing of it."""

from __future__ import annotations

import ast
import dataclasses
import functools
import itertools
import pathlib
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = {"gridworld_env": ROOT / "gridworld_env", "gridworld_agents": ROOT / "agents" / "gridworld_agents"}

Definition = ast.ClassDef | ast.FunctionDef
_DECLARES = re.compile(r"^ *@?export\(", re.MULTILINE)
_LAZY = re.compile(r"^__getattr__, __dir__, __all__ = lazy\(", re.MULTILINE)


class Place(NamedTuple):
    """Where a thing is defined: a module and its name there; no name for the module itself."""

    module: str
    attribute: str


@dataclasses.dataclass(frozen=True)
class Public:
    """One public name."""

    name: str
    """Dotted and whole."""
    place: Place
    """Where it is defined."""
    instead: str
    """The name that documentation shows: another than `name` for a second or a deprecated one."""
    deprecated: bool
    file: pathlib.Path
    line: int
    """Of the declaration."""

    @property
    def parent(self) -> str:
        """The module that has it."""
        return self.name.rpartition(".")[0]

    @property
    def last(self) -> str:
        """Its name there."""
        return self.name.rpartition(".")[2]


class Source:
    """The files of some packages, parsed when they are asked for.

    Args:
        packages: Where each lies.

    Raises:
        ValueError: If the declarations contradict each other.
    """

    def __init__(self, packages: dict[str, pathlib.Path] = PACKAGES) -> None:
        self.packages = packages
        self.files = {
            module_of(package, path.relative_to(folder)): path
            for package, folder in packages.items()
            for path in sorted(folder.rglob("*.py"))
        }
        self.texts = {module: path.read_text(encoding="utf-8") for module, path in self.files.items()}
        self.lazy = {module for module, text in self.texts.items() if _LAZY.search(text)}
        """Modules whose names are all exported."""
        self._imported: dict[str, dict[str, tuple[str, str]]] = {}
        self.whole: dict[str, str] = {}
        """Modules that are exported as they are: by public name, the module."""
        self.names = self._names()

    def tree(self, module: str) -> ast.Module:
        """Return a module's syntax tree."""
        return _parsed(self.texts[module], str(self.files[module]))

    def of(self, module: str) -> list[Public]:
        """Return the public names of a module, the deprecated ones too, in order."""
        return sorted((each for each in self.names.values() if each.parent == module), key=lambda each: each.name)

    def modules(self) -> list[str]:
        """Return the public modules: those that have public names, and their parents."""
        parents = {each.parent for each in self.names.values()}
        return sorted(parents | {name.rpartition(".")[0] for name in self.whole})

    def real(self, module: str) -> str:
        """Return the module that a public module is: itself, but for one that is exported as it is."""
        return self.whole.get(module, module)

    def submodules(self, module: str) -> list[str]:
        """Return the public modules directly in another, by their last names."""
        return [each.rpartition(".")[2] for each in self.modules() if each.rpartition(".")[0] == module]

    def _names(self) -> dict[str, Public]:
        names: dict[str, Public] = {}
        for module, text in self.texts.items():
            if not _DECLARES.search(text):
                continue
            for each in self._declared(module):
                if each.name in names:
                    there = names[each.name]
                    raise ValueError(
                        f"the public name {each.name!r} is given twice: in {there.file}, line {there.line}, and in "
                        f"{each.file}, line {each.line}; take one away"
                    )
                names[each.name] = each
        for name, each in list(names.items()):
            self._check(each)
            if not each.place.attribute:
                self.whole[name] = each.place.module
                names |= {one.name: one for one in self._defined(names.pop(name))}
        return {name: dataclasses.replace(each, place=self._home(each.place, names)) for name, each in names.items()}

    def _declared(self, module: str) -> Iterator[Public]:
        for call, attribute in declarations(self.tree(module)):
            given = [_text(each, self.files[module]) for each in call.args]
            earlier = [
                _text(each, self.files[module])
                for keyword in call.keywords
                if isinstance(keyword.value, ast.Tuple)
                for each in keyword.value.elts
            ]
            for name in (*given, *earlier):
                place = Place(module, attribute)
                yield Public(name, place, given[0], name in earlier, self.files[module], call.lineno)

    def _defined(self, module: Public) -> Iterator[Public]:
        """Yield what a module that is exported as it is defines."""
        for node in self.tree(module.place.module).body:
            if isinstance(node, Definition) and not node.name.startswith("_"):
                name, place = f"{module.name}.{node.name}", Place(module.place.module, node.name)
                yield dataclasses.replace(module, name=name, instead=name, place=place, line=node.lineno)

    def _check(self, each: Public) -> None:
        """Refuse what `lazy` could not serve."""
        where = f"{each.file}, line {each.line}"
        if each.parent not in self.lazy:
            raise ValueError(
                f"{each.name!r} ({where}) needs a module {each.parent} with the line `__getattr__, __dir__, __all__ = "
                "lazy(__name__, {})`"
            )
        if f"{each.parent}.{each.last}" in self.files:
            raise ValueError(
                f"{each.name!r} ({where}) has the name of a file, {self.files[each.name]}: importing that file would "
                "put the module in its place; give the file another name"
            )

    def _home(self, place: Place, names: dict[str, Public]) -> Place:
        """Return where a thing is defined, following imports and public names."""
        known = f"{place.module}.{place.attribute}"
        if known in names:
            return self._home(names[known].place, names)
        head, _, rest = place.attribute.partition(".")
        if head not in self._imports(place.module):
            return place
        module, name = self._imports(place.module)[head]
        inside = f"{module}.{name}"
        return self._home(Place(inside, rest) if inside in self.files else Place(module, name), names)

    def _imports(self, module: str) -> dict[str, tuple[str, str]]:
        """Return what a module imports from these packages: by its name there, the module and the name it has in it."""
        if module not in self._imported:
            self._imported[module] = {
                alias.asname or alias.name: (node.module, alias.name)
                for statement in self.tree(module).body
                for node in (statement.body if isinstance(statement, ast.If) else [statement])  # under TYPE_CHECKING
                if isinstance(node, ast.ImportFrom) and node.module in self.files
                for alias in node.names
            }
        return self._imported[module]

    def definition(self, place: Place) -> Definition | ast.expr | None:
        """Return the class or function of that name, or the value that is assigned to it; None if there is neither."""
        for node in self.tree(place.module).body:
            if isinstance(node, Definition) and node.name == place.attribute:
                return node
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == place.attribute for target in targets):
                return node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        return None

    def told(self, place: Place) -> str:
        """Return the string below a constant: what it is."""
        body = self.tree(place.module).body
        for node, after in itertools.pairwise(body):
            names = [
                each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            ]
            if place.attribute in names and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                return str(after.value.value)
        return ""

    def base(self, module: str, name: str) -> Place:
        """Return where a name that a module uses is defined: there, or where it is imported from."""
        return self._home(Place(module, name), self.names)


def declarations(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls of `export` at the top of a module, and the names there of what they export, "" for itself."""
    for node in tree.body:
        if isinstance(node, Definition):
            yield from ((call, node.name) for call in map(_export, node.decorator_list) if call)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            made, given = node.value.func, node.value.args
            if (call := _export(made)) and len(given) == 1:
                yield call, ast.unparse(given[0])
            elif isinstance(made, ast.Attribute) and (call := _export(made.value)):
                yield call, ast.literal_eval(given[0]) if made.attr == "constant" else ""


def module_of(package: str, path: pathlib.Path) -> str:
    """Return the dotted name of a file of a package."""
    return ".".join((package, *path.with_suffix("").parts)).removesuffix(".__init__")


def _export(node: ast.expr) -> ast.Call | None:
    """Return a call of `export`, else None."""
    is_one = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "export"
    return node if is_one and isinstance(node, ast.Call) else None


def _text(node: ast.expr, file: pathlib.Path) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"{file}, line {node.lineno}: public names must be plain strings, got {ast.unparse(node)}")


@functools.cache
def _parsed(text: str, file: str) -> ast.Module:
    return ast.parse(text, file)
