"""Zhao's world, tables of values as printed, and maps of values beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from figure import COLOURS, PUBLISHED, Claim

from gridworld_env import TabularMDP

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TARGET = 17
"""The state of the target, row 4 and column 3 counted from 1; states are numbered row by row."""
FORBIDDEN = (6, 7, 12, 16, 18, 21)
ARROWS = "\u2191\u2192\u2193\u2190\u25cb"
"""Up, right, down, left, and a circle for staying."""
DIGIT = 0.05 + 1e-9
"""Half a unit of a number's only decimal, and room for a number in the middle, such as 0.25, printed as 0.2."""


def model(**rules: Any) -> TabularMDP:
    """Return the model of Zhao's world: 5 x 5, it goes on for ever, the target pays 1, a bump costs 1."""
    return TabularMDP.from_env(gym.make("GridWorld-v0", continuing=True, **rules))


def printed(text: str) -> np.ndarray:
    """Return the numbers of a printed table, row by row."""
    return np.array(text.split(), float)


def action_values(mdp: TabularMDP, v: np.ndarray, gamma: float) -> np.ndarray:
    """Return q, (S, A), one step ahead of the values v, (S,)."""
    after = np.where(mdp.terminated, 0.0, v[mdp.next_state])
    return (mdp.probability * (mdp.reward + gamma * after)).sum(axis=2)


def soft(choice: np.ndarray, epsilon: float, num_actions: int = 5) -> np.ndarray:
    """Return the epsilon-greedy policy, (S, A), whose greedy actions are given, (S,)."""
    return (1 - epsilon) * np.eye(num_actions)[choice] + epsilon / num_actions


def table_claim(what: str, table: np.ndarray, found: np.ndarray, note: str = "") -> Claim:
    """Return the claim that values round to those of a table, printed to one decimal."""
    apart = float(np.abs(found - table).max())
    return Claim(f"{what}: largest difference", f"{len(table)} values to 1 decimal", apart, 0, DIGIT, note)


def value_map(
    axes: Axes, v: np.ndarray, *, table: np.ndarray, title: str, choice: np.ndarray | None = None, size: float = 8
) -> None:
    """Draw a map: each cell has what is computed above and what is printed below."""
    from matplotlib.patches import Rectangle

    side = round(len(v) ** 0.5)
    low, high = float(v.min()), float(v.max())
    top = high + 3 * (high - low) + 1e-9  # only pale colours, on which text can be read
    axes.imshow(v.reshape(side, side), cmap="Greys", vmin=low, vmax=top)
    for s in range(len(v)):
        row, column = divmod(s, side)
        arrow = "" if choice is None else f"{ARROWS[choice[s]]} "
        axes.text(column, row - 0.18, f"{arrow}{v[s]:.2f}", ha="center", va="center", color=COLOURS[0], fontsize=size)
        axes.text(column, row + 0.22, f"{table[s]:.1f}", ha="center", va="center", color=PUBLISHED, fontsize=size)
        if side == 5 and s in {*FORBIDDEN, TARGET}:
            colour = COLOURS[2] if s == TARGET else COLOURS[1]
            axes.add_patch(Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, fill=False, ec=colour, lw=2))
    for artist in (*axes.texts, *axes.patches):
        artist.set_in_layout(False)  # they are inside; asking each of them takes seconds
    axes.set_xticks(range(side), range(1, side + 1))
    axes.set_yticks(range(side), range(1, side + 1))
    axes.tick_params(length=0, labelsize=7)
    axes.set_title(title, fontsize=9)


LEGEND = "blue: computed, and the best action;  black: printed;  edges: red forbidden, green the target"
