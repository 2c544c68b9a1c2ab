"""Small worlds that are solved by hand.

Published are the values of two policies on two rows and two columns (figure 3.5); the action values of the first two
sweeps of value iteration on a world of that size with a forbidden cell, and the values after them (figure 4.2, tables
4.2 and 4.3); and policy iteration on two cells with the moves left, stay and right: the values of a policy that goes
to the left, after 1, 2 and 3 sweeps and exactly, and its action values (figure 4.3, table 4.5). The discount is 0.9.

Recomputed is all of it: exact, by the oracle and by the agent `value-iteration`. What is given in the tables as
-1 + 0.9 and the like is written out here.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import figure
import gymnasium as gym
import maps
import numpy as np

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

if TYPE_CHECKING:
    from figure import Claim
    from matplotlib.figure import Figure

SOURCE = "Zhao (2025), figures 3.5, 4.2 and 4.3"
GAMMA = 0.9
LEFT, STAY, RIGHT = 3, 4, 1

FIRST_SWEEP = "-1 -1 0 -1 0   -1 -1 1 0 -1   0 1 -1 -1 0   -1 -1 -1 0 1"
SECOND_SWEEP = "-1 -0.1 0.9 -1 0   -0.1 -0.1 1.9 0 -0.1   0 1.9 -0.1 -0.1 0.9   -0.1 -0.1 -0.1 0.9 1.9"


class Row(NamedTuple):
    """A list of numbers: printed, and found."""

    what: str
    printed: np.ndarray
    found: np.ndarray
    figure: str


class Data(NamedTuple):
    """What is found."""

    rows: list[Row]


def world(*layout: str) -> gym.Env:
    """Return the environment of a map, whose target goes on paying."""
    return gym.make("GridWorld-v0", layout=list(layout), continuing=True)


def experiment() -> Data:
    """Compute all that is printed."""
    return Data([*detours(), *sweeps(), *two_cells()])


def detours() -> list[Row]:
    """Return the values of the best policy, and of one that takes a detour from the second cell."""
    mdp = TabularMDP.from_env(world("..", ".T"))
    found = [oracle.evaluate(mdp, np.eye(5)[[2, a, RIGHT, STAY]], gamma=GAMMA) for a in (2, LEFT)]
    what = ("values of the best policy", "values with a detour")
    texts = ("9.0 10.0 10.0 10.0", "9.0 8.1 10.0 10.0")
    return [Row(w, maps.printed(t), v, "3.5") for w, t, v in zip(what, texts, found, strict=True)]


def sweeps() -> list[Row]:
    """Return action values and values of the first two sweeps of value iteration."""
    env = world(".F", ".T")
    agent = ga.make("value-iteration", env, gamma=GAMMA)
    v = [agent.learn(1, reset_num_timesteps=False).values.copy() for _ in range(2)]
    mdp = TabularMDP.from_env(env)
    q = oracle.finite_horizon(mdp, gamma=GAMMA, horizon=2).q
    return [
        Row("action values at k = 0", maps.printed(FIRST_SWEEP), q[1].ravel(), "4.2"),
        Row("values after the first sweep", maps.printed("0 1 1 1"), v[0], "4.2"),
        Row("action values at k = 1", maps.printed(SECOND_SWEEP), q[2].ravel(), "4.2"),
        Row("values after the second sweep", maps.printed("0.9 1.9 1.9 1.9"), v[1], "4.2"),
    ]


def two_cells() -> list[Row]:
    """Return what policy iteration computes from the policy that goes to the left."""
    mdp = TabularMDP.from_env(world(".T"))
    v, rows = np.zeros(2), []
    for j, text in enumerate(("-1 0", "-1.9 -0.9", "-2.71 -1.71"), 1):
        v = maps.action_values(mdp, v, GAMMA)[:, LEFT]
        rows.append(Row(f"values after {j} sweep{'s' * (j > 1)}", maps.printed(text), v, "4.3"))
    exact = oracle.evaluate(mdp, np.eye(5)[[LEFT, LEFT]], gamma=GAMMA)
    q = maps.action_values(mdp, exact, GAMMA)[:, [LEFT, STAY, RIGHT]]
    return [
        *rows,
        Row("values", maps.printed("-10 -9"), exact, "4.3"),
        Row("action values", maps.printed("-10 -9 -7.1 -9 -7.1 -9.1"), q.ravel(), "4.3"),
    ]


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    return [
        figure.Claim(
            f"{row.figure}, {row.what}: largest difference",
            " ".join(f"{number:g}" for number in row.printed),
            float(np.abs(row.found - row.printed).max()),
            0,
            1e-9,
            "exact",
        )
        for row in data.rows
    ]


def draw(data: Data) -> Figure:
    """Draw printed and computed numbers over one another."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(12, 4.8), layout="constrained")
    panels = picture.subplots(1, 3)
    for axes, name in zip(panels, ("3.5", "4.2", "4.3"), strict=True):
        rows = [row for row in data.rows if row.figure == name]
        for place, (row, colour) in enumerate(zip(rows, figure.COLOURS, strict=False)):
            across = np.full(len(row.found), place)
            axes.plot(row.found, across, "o", ms=9, mfc="none", color=colour)
            axes.plot(row.printed, across, "x", ms=5, color=figure.PUBLISHED)
        axes.set_yticks(range(len(rows)), [row.what for row in rows], fontsize=8)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set(xlabel="value", title=f"figure {name}")
        axes.grid(axis="y", color="0.9")
    picture.suptitle(f"By hand, {SOURCE}; circles: computed, crosses: printed", fontsize=10)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
