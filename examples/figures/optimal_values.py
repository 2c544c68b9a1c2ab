"""Optimal values of Zhao's world.

Published are the optimal values of all 25 cells, to one decimal, for four settings: (a) forbidden cells and bumps
cost 1, discount 0.9; (b) discount 0.5; (c) discount 0; (d) forbidden cells cost 10. The text says that in (a) the
best way from row 4, column 1 leads through a forbidden cell, and that in (b) and (d) no best way does.

Recomputed are the values by the oracle and by the agent `value-iteration`. Both are exact.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import figure
import gymnasium as gym
import maps
import numpy as np

import gridworld_agents as ga
from gridworld_env import oracle

if TYPE_CHECKING:
    from figure import Claim
    from matplotlib.figure import Figure

SOURCE = "Zhao (2025), figure 3.4"

TABLES = {
    "a": """5.8 5.6 6.2 6.5 5.8   6.5 7.2 8.0 7.2 6.5   7.2 8.0 10.0 8.0 7.2   8.0 10.0 10.0 10.0 8.0
            7.2 9.0 10.0 9.0 8.1""",
    "b": """0.0 0.0 0.0 0.0 0.0   0.0 0.0 0.0 0.0 0.1   0.0 0.0 2.0 0.1 0.1   0.0 2.0 2.0 2.0 0.2
            0.0 1.0 2.0 1.0 0.5""",
    "c": """0.0 0.0 0.0 0.0 0.0   0.0 0.0 0.0 0.0 0.0   0.0 0.0 1.0 0.0 0.0   0.0 1.0 1.0 1.0 0.0
            0.0 0.0 1.0 0.0 0.0""",
    "d": """3.5 3.9 4.3 4.8 5.3   3.1 3.5 4.8 5.3 5.9   2.8 2.5 10.0 5.9 6.6   2.5 10.0 10.0 10.0 7.3
            2.3 9.0 10.0 9.0 8.1""",
}
SETTINGS = {"a": (-1, 0.9), "b": (-1, 0.5), "c": (-1, 0.0), "d": (-10, 0.9)}
"""The reward of a forbidden cell, and the discount."""


class Panel(NamedTuple):
    """One setting."""

    v: np.ndarray  # (25,), the oracle's
    learned: np.ndarray  # (25,), the agent's
    choice: np.ndarray  # (25,), the first of the best actions
    costly: np.ndarray  # (25,), forbidden cells that are entered from each cell


class Data(NamedTuple):
    """What is found."""

    panels: dict[str, Panel]


def experiment() -> Data:
    """Solve the four settings."""
    panels = {}
    for name, (forbidden, gamma) in SETTINGS.items():
        best = oracle.optimal(maps.model(reward_forbidden=forbidden), gamma=gamma)
        env = gym.make("GridWorld-v0", continuing=True, reward_forbidden=forbidden)
        agent = ga.make("value-iteration", env, gamma=gamma).learn(1000)
        choice = best.policy.argmax(axis=1)
        panels[name] = Panel(best.v, agent.values, choice, costly(choice))
    return Data(panels)


def costly(choice: np.ndarray) -> np.ndarray:
    """Return how many forbidden cells a policy enters on 25 steps from each cell."""
    mdp, counts = maps.model(), np.zeros(25, int)
    for start in range(25):
        s = start
        for _ in range(25):
            s_next = mdp.next_state[s, choice[s], 0]
            counts[start] += s_next != s and s_next in maps.FORBIDDEN
            s = s_next
    return counts


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    made = []
    for name, panel in data.panels.items():
        table = maps.printed(TABLES[name])
        made += [
            maps.table_claim(f"({name}) oracle", table, panel.v, "exact"),
            maps.table_claim(f"({name}) value-iteration", table, panel.learned, "to its tolerance"),
        ]
    a = data.panels["a"].costly[15]
    made.append(figure.Claim("(a) forbidden cells from row 4, column 1", "passes through them", a, 1, 25, "exact"))
    for name in "bd":
        free = np.delete(data.panels[name].costly, [*maps.FORBIDDEN])
        made.append(figure.Claim(f"({name}) the most from any free cell", "avoids them all", free.max(), 0, 0, "exact"))
    return made


def draw(data: Data) -> Figure:
    """Draw four maps of values."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(9, 9.6), layout="constrained")
    for axes, (name, panel) in zip(picture.subplots(2, 2).ravel(), data.panels.items(), strict=True):
        forbidden, gamma = SETTINGS[name]
        title = f"({name}) forbidden cells {forbidden}, discount {gamma:g}"
        maps.value_map(axes, panel.v, table=maps.printed(TABLES[name]), choice=panel.choice, title=title)
    picture.suptitle(f"Optimal values, {SOURCE}\n{maps.LEGEND}", fontsize=10)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
