"""A grid world as plain text, one character a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridworld_env.layouts import Layout

AGENT = "@"


def draw_text(layout: Layout, cell: int) -> str:
    """Return the map with the agent on it.

    Args:
        layout: The map.
        cell: The agent's cell, numbered row by row from 0.

    Returns:
        One line a row, the agent as `@`.
    """
    rows = layout.to_text().split("\n")
    row, column = divmod(cell, layout.width)
    rows[row] = rows[row][:column] + AGENT + rows[row][column + 1 :]
    return "\n".join(rows)
