"""Docstrings as Markdown."""

from __future__ import annotations

import inspect
import re
from typing import Any

ROLE = re.compile(r":(?:class|func|meth|mod|attr):`~?([^`]+)`")
NUMBERED = re.compile(r"^ *\d+ {2}")


def plain(text: str) -> str:
    """Return a docstring's text with reStructuredText's marks turned into Markdown's."""
    return ROLE.sub(r"`\1`", text).replace("``", "`")


def docstring(thing: Any) -> str:
    """Return the docstring of a module, a class or a function, without its indentation."""
    return plain(inspect.getdoc(thing) or "")


def first_line(thing: Any) -> str:
    """Return the first line of a docstring."""
    return docstring(thing).partition("\n")[0]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text as Markdown: numbered pseudocode becomes a block of code."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return [f"```text\n{block}\n```" if NUMBERED.match(block) else block for block in blocks]


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table; a bar within a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


def slug(name: str) -> str:
    """Return the name of a page: `sb3/ppo` is on `sb3-ppo`."""
    return name.replace("/", "-").lower()
