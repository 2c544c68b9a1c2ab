"""A scene as plain text: a character a cell, and beside it what is believed about the cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.common.public import export
from gridworld_env.layouts.map_text import SYMBOLS
from gridworld_env.rendering.beliefs import number
from gridworld_env.tabular.rules import DOWN, DOWN_LEFT, DOWN_RIGHT, LEFT, RIGHT, STAY, UP, UP_LEFT, UP_RIGHT

if TYPE_CHECKING:
    from gridworld_env.rendering.scene import Scene

AGENT = "@"
ARROWS = {
    UP: "↑",
    RIGHT: "→",
    DOWN: "↓",
    LEFT: "←",
    STAY: "○",
    UP_RIGHT: "↗",
    DOWN_RIGHT: "↘",
    DOWN_LEFT: "↙",
    UP_LEFT: "↖",
}
SIGNS = {ARROWS[STAY]: f"{ARROWS[STAY]} stay", "?": "? an action without a direction"}
"""What stands beside arrows for actions, and what each means."""


@export("gridworld_env.rendering.draw_text")
def draw_text(scene: Scene) -> str:
    """Return a scene as text.

    Args:
        scene: Of its tables, the policy and the values (without them the greatest action values) are shown.

    Returns:
        One line a row: the map's characters, agents as `@`, each followed by the arrows of the cell's likeliest
        actions and its value where the scene has those. The caption stands above, the heads-up line below.
    """
    layout = scene.layout
    symbols = list(layout.to_text().replace("\n", ""))
    for s in scene.agents:
        symbols[s] = AGENT
    columns = [symbols, *([_arrows(scene)] if scene.policy is not None else []), *_numbers(scene)]
    cells = ["".join(parts).rstrip() for parts in zip(*columns, strict=True)]
    width = max(map(len, cells))
    gap = "" if len(columns) == 1 else "  "
    rows = [cells[row * layout.width : (row + 1) * layout.width] for row in range(layout.height)]
    board = [gap.join(cell.ljust(width) for cell in row).rstrip() for row in rows]
    return "\n".join(line for line in (scene.caption, *board, scene.heads_up) if line)


@export("gridworld_env.rendering.text_legend")
def text_legend(scene: Scene) -> str:
    """Return what a cell is shown by in `draw_text` of a scene, in its order: only characters that are there count.

    Args:
        scene: The same.
    """
    symbols = set(scene.layout.to_text())
    shown = [f"{symbol} {meaning}" for symbol, meaning in SYMBOLS.items() if symbol in symbols]
    parts = [f"what it is ({', '.join([*shown, *([f'{AGENT} agent'] if scene.agents else [])])})"]
    if scene.policy is not None:
        arrows = "".join(_arrows(scene))
        signs = ["arrows", *(meaning for sign, meaning in SIGNS.items() if sign in arrows)]
        parts.append(f"its best actions ({', '.join(signs)})")
    if _numbers(scene):
        parts.append("its value")
    return ", ".join(parts)


def _arrows(scene: Scene) -> list[str]:
    """Return the arrows of each cell's likeliest actions, all equally wide."""
    table = scene.policy
    assert table is not None  # noqa: S101 - asked of scenes with a policy only
    names = [ARROWS.get(move, "?") if move is not None else "?" for move in scene.moves]
    walls = scene.layout.walls
    arrows = []
    for s, row in enumerate(table):
        best = row.max()
        likely = [] if walls[s] or not best > 0 else [names[a] for a in np.flatnonzero(row >= 0.999 * best)]
        arrows.append("".join(likely))
    width = max(map(len, arrows))
    return [arrow.ljust(width) for arrow in arrows]


def _numbers(scene: Scene) -> list[list[str]]:
    """Return a list of each cell's value, or nothing where a scene has no values."""
    values = scene.values
    if values is None and scene.action_values is not None:
        values = np.fmax.reduce(scene.action_values, axis=1)  # of those that are known
    if values is None:
        return []
    hidden = scene.layout.walls | np.isnan(values)
    numbers = ["" if hide else number(float(v)) for v, hide in zip(values, hidden, strict=True)]
    width = max(map(len, numbers)) + 1
    return [[text.rjust(width) for text in numbers]]
