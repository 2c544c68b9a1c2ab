"""`Displayed`: what notebooks show of a thing, as a picture or as a table.

The thing says as plain data what there is to see of it, a `Shown` or a `Sheet`. What draws these is looked up by name
when a notebook asks, so that a model or a solution stands below the rendering and loads none of it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_ROWS = 40
"""Rows of a table in a notebook; how many there are in all is said beneath it."""
export("gridworld_env.authoring.MOST_ROWS").constant("MOST_ROWS")

RENDERER = "gridworld_env.rendering.notebook"
"""The module that draws."""


@export("gridworld_env.authoring.Shown")
class Shown(NamedTuple):
    """A model, and what is known of its states: a picture where they lie on a map, else a table of them."""

    model: Any
    """A `Layout`, or a `TabularMDP` with S states and A actions."""
    tables: Mapping[str, Any] = {}
    """`values` (S,), `action_values` (S, A), `policy` (S, A), `visits` (S,) or (S, A)."""
    caption: str = ""
    """A line above."""


@export("gridworld_env.authoring.Sheet")
class Sheet(NamedTuple):
    """A table of texts."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    """The first `MOST_ROWS` at least; not all need be there."""
    total: int
    """How many rows there are in all."""
    of: str = "rows"
    """What a row is, in the plural."""


@export("gridworld_env.authoring.Displayed")
class Displayed:
    """Something that notebooks show as a picture, or as a table. A subclass gives `_shown`."""

    def _shown(self) -> Any:
        """Return what there is to see: a `Shown`, a `Sheet`, or a scene; None: nothing but the thing's `repr`."""
        raise NotImplementedError

    def _repr_png_(self) -> bytes | None:
        """Return a picture as a PNG file, None where there is none: IPython's protocol."""
        shown = self._shown()
        nothing = shown is None or isinstance(shown, Sheet)
        return None if nothing else importlib.import_module(RENDERER).png(shown)

    def _repr_html_(self) -> str | None:
        """Return a table as HTML, None where there is a picture, or nothing: IPython's protocol."""
        shown = self._shown()
        if isinstance(shown, Shown):
            shown = importlib.import_module(RENDERER).sheet(shown)
        return as_html(shown) if isinstance(shown, Sheet) else None


@export("gridworld_env.authoring.as_html")
def as_html(sheet: Sheet) -> str:
    """Return a `sheet` as a table of HTML, all its texts escaped."""
    import html

    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    rows = sheet.rows[:MOST_ROWS]
    parts = ["<table>", f"<caption>{html.escape(sheet.caption)}</caption>" if sheet.caption else ""]
    parts += ["<thead>", row(sheet.headings, "th"), "</thead>", "<tbody>", *(row(each, "td") for each in rows)]
    parts += ["</tbody>", "</table>"]
    if sheet.total > len(rows):
        parts.append(f"<p>{len(rows)} of {sheet.total:,} {html.escape(sheet.of)}</p>")
    return "\n".join(part for part in parts if part)
