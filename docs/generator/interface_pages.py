"""Pages of the Python interface: every public module has one, with every public name, from its docstring."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from api_listing import shortened
from api_names import Source
from docstrings import paragraphs, plain

if TYPE_CHECKING:
    import pathlib

    from api_names import Public


CONTRACT = "gridworld_agents.core.agent"
"""The module whose docstring is a page of its own, `contract`: what an agent is."""


def write(folder: pathlib.Path) -> list[str]:
    """Write the pages into a folder and return their names: those of the modules, environments before agents."""
    folder.mkdir(parents=True, exist_ok=True)
    source = Source()
    modules = sorted(source.modules(), key=lambda module: [list(source.packages).index(module.split(".")[0]), module])
    for module in modules:
        (folder / f"{module}.md").write_text("\n\n".join(page(source, module)) + "\n")
    (folder / "contract.md").write_text("\n\n".join(contract(source)) + "\n")
    return [*modules, "contract"]


def page(source: Source, module: str) -> list[str]:
    """Return the paragraphs of one page."""
    text = [f"# {module}", *(fenced(block) for block in paragraphs(told(source.tree(source.real(module)))))]
    rows = [f"- [`{module}.{last}`]({module}.{last}.md)" for last in source.submodules(module)]
    text += ["\n".join(rows)] if rows else []
    return text + [entry(source, each) for each in ordered(source, module) if not each.deprecated]


def ordered(source: Source, module: str) -> list[Public]:
    """Return the public names of a module as its page has them: what is called, then classes, then constants."""
    kinds = {ast.FunctionDef: 0, ast.ClassDef: 1}
    return sorted(source.of(module), key=lambda each: kinds.get(type(source.definition(each.place)), 2))


def contract(source: Source) -> list[str]:
    """Return the paragraphs of the page on what an agent is."""
    names = [each.name for each in source.names.values() if each.place.module == CONTRACT]
    links = [f"{{py:obj}}`{name}`" for name in names]
    return ["# The contract of agents", f"In full: {', '.join(links)}.", *paragraphs(told(source.tree(CONTRACT)))]


def entry(source: Source, each: Public) -> str:
    """Return what stands on a page about one name."""
    if each.name != each.instead:
        return f"`{each.name}` is another name of {{py:obj}}`{each.instead}`."
    found = source.definition(each.place)
    if isinstance(found, ast.ClassDef):
        error = found.name.endswith("Error")
        lines = [f".. autoclass:: {each.name}", *([] if error else ["   :members:", "   :exclude-members: Config"])]
    elif isinstance(found, ast.FunctionDef):
        lines = [f".. autofunction:: {each.name}"]
    else:
        value = [] if found is None else [f"   :value: {shortened(found)}"]
        lines = [f".. py:data:: {each.name}", *value, "", f"   {plain(source.told(each.place))}"]
    return "```{eval-rst}\n" + "\n".join(lines) + "\n```"


def told(tree: ast.Module) -> str:
    """Return a module's docstring."""
    return plain(ast.get_docstring(tree) or "")


def fenced(block: str) -> str:
    """Return a paragraph as Markdown; one of examples is code."""
    return f"```pycon\n{block}\n```" if block.startswith(">>>") else block
