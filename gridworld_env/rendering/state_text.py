"""The states of a world without a map as text: a line a state, and beside it what is believed about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.rendering.beliefs import number
from gridworld_env.rendering.text import AGENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridworld_env.common.arrays import FloatArray

MOST_LINES = 40
"""States that are shown: those around the current one."""


def draw_states(
    state_names: Sequence[str],
    action_names: Sequence[str],
    s: int,
    *,
    values: FloatArray | None = None,
    policy: FloatArray | None = None,
    caption: str = "",
    heads_up: str = "",
) -> str:
    """Return states as text.

    Args:
        state_names: S names.
        action_names: A names.
        s: The state that the agent is in.
        values: (S,); NaN is not shown.
        policy: (S, A) probabilities; the likeliest actions are shown.
        caption: A line above.
        heads_up: A line below.

    Returns:
        A line a state: `@` where the agent is, its name, its value and its likeliest actions.
    """
    first = max(0, min(s - MOST_LINES // 2, len(state_names) - MOST_LINES))
    shown = range(first, min(first + MOST_LINES, len(state_names)))
    columns = [[AGENT if i == s else "" for i in shown], [state_names[i] for i in shown]]
    if values is not None:
        columns.append(_right(["" if np.isnan(values[i]) else number(float(values[i])) for i in shown]))
    if policy is not None:
        likely = [np.flatnonzero((policy[i] > 0) & (policy[i] >= 0.999 * policy[i].max())).tolist() for i in shown]
        columns.append([" or ".join(action_names[a] for a in best) for best in likely])
    widths = [max(1, *map(len, column)) for column in columns]
    lines = ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in zip(*columns, strict=True)]
    left_out = len(state_names) - len(shown)
    more = f"({left_out} more states)" if left_out else ""
    return "\n".join(line for line in (caption, *lines, more, heads_up) if line)


def _right(texts: list[str]) -> list[str]:
    width = max(map(len, texts))
    return [text.rjust(width) for text in texts]
