"""Writes the modules whose names are public: their lazy tables, and type stubs that type checkers and editors read."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathlib

    from api_names import Public, Source

BANNER = "# Written by `make api` from the declarations `export(...)` in the source."
WIDTH = 120


def written(source: Source) -> dict[pathlib.Path, str]:
    """Return what every public module and its stub have to hold."""
    made = {}
    for module in sorted(source.lazy):
        path = source.files[module]
        made[path] = with_table(source, module)
        made[path.with_suffix(".pyi")] = stub(source, module)
    return made


def with_table(source: Source, module: str) -> str:
    """Return a module with its table as it has to be; the rest of the file is left alone."""
    [node] = [each for each in source.tree(module).body if _is_lazy(each)]
    lines = source.texts[module].splitlines(keepends=True)
    return "".join([*lines[: node.lineno - 1], table(source, module), *lines[node.end_lineno :]])


def table(source: Source, module: str) -> str:
    """Return the assignment that makes a module lazy, formatted as `ruff format` does."""
    names = source.of(module)
    entries = {each.last: where(each) for each in names if not each.deprecated}
    entries |= {last: source.real(f"{module}.{last}") for last in source.submodules(module)}
    lines = ["__getattr__, __dir__, __all__ = lazy(  # written by `make api`", "    __name__,", "    {"]
    lines += [f'        "{name}": "{entries[name]}",' for name in sorted(entries)]
    lines += ["    },"]
    earlier = [f'        "{each.last}": ("{where(each)}", "{each.instead}"),' for each in names if each.deprecated]
    lines += ["    {", *earlier, "    },"] if earlier else []
    return "\n".join([*lines, ")", ""])


def where(each: Public) -> str:
    """Return a place as `lazy` reads it."""
    return f"{each.place.module}:{each.place.attribute}"


def stub(source: Source, module: str) -> str:
    """Return a module's type stub: every name is imported from where it is defined, so that it has its signature."""
    names = source.of(module)
    imports = [(each.place.module, each.place.attribute, each.last) for each in names]
    for last in source.submodules(module):
        place, _, attribute = source.real(f"{module}.{last}").rpartition(".")
        imports.append((place, attribute, last))
    listed = [each.last for each in names if not each.deprecated] + source.submodules(module)
    lines = [BANNER, ""]
    lines += [imported(*each) for each in sorted(imports, key=lambda each: (each[0], _order(each[1]), each[2]))]
    lines += ["", "__all__ = [", *(f'    "{name}",' for name in sorted(listed, key=_order)), "]"]
    lines += ["__version__: str"] if "__version__" in source.texts[module] else []
    return "\n".join([*lines, ""])


def imported(module: str, attribute: str, name: str) -> str:
    """Return an import that hands a name on, formatted as `ruff format` does."""
    line = f"from {module} import {attribute} as {name}"
    return line if len(line) <= WIDTH else f"from {module} import (\n    {attribute} as {name},\n)"


def _order(name: str) -> tuple[int, str]:
    """Sort names as ruff does: constants, classes, functions."""
    constant = name.isupper() and len(name) > 1
    return (0 if constant else 1 if name[:1].isupper() else 2), name


def _is_lazy(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node).lstrip("(").startswith("__getattr__, __dir__, __all__")
