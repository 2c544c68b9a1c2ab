"""Policy iteration, step by step.

Published are the values of the policies that policy iteration goes through, of all 25 cells, to one decimal: of the
first six, the tenth, and the last, the eleventh; forbidden cells cost 10, discount 0.9. The text calls the first
policy random. By its values it is the one that stays in every cell. Cells near the target are right earlier than
those farther away.

Recomputed are the exact iterates from that policy, by the oracle. Where actions tie at 0, any may be taken, and the
table that follows depends on it. Among the actions that are best, the one is taken here that fits the next printed
table best, or else the present one, so the claim is that the printed tables are those of policy iteration with some
breaking of ties. The agent `policy-iteration` begins with another policy, and ends at the same values.
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

SOURCE = "Zhao (2025), figure 4.4"
GAMMA, STAY = 0.9, 4

ZEROS = "0 0 0 0 0   0 0 0 0 0   "
TABLES = {
    0: "0 0 0 0 0   0 -100 -100 0 0   0 0 -100 0 0   0 -100 10 -100 0   0 -100 0 0 0",
    1: ZEROS + "0 0 10 0 0   0 10 10 10 0   0 9 10 0 0",
    2: ZEROS + "0 0 10 0 0   0 10 10 10 0   0 9 10 9 0",
    3: ZEROS + "0 0 10 0 0   0 10 10 10 7.3   0 9 10 9 8.1",
    4: ZEROS + "0 0 10 0 6.6   0 10 10 10 7.3   0 9 10 9 8.1",
    5: "0 0 4.3 4.8 4.3   0 0 4.8 5.3 5.9   0 0 10 5.9 6.6   0 10 10 10 7.3   0 9 10 9 8.1",
    9: "3.5 3.9 4.3 4.8 5.3   3.1 3.5 4.8 5.3 5.9   2.8 0 10 5.9 6.6   0 10 10 10 7.3   0 9 10 9 8.1",
    10: "3.5 3.9 4.3 4.8 5.3   3.1 3.5 4.8 5.3 5.9   2.8 2.5 10 5.9 6.6   2.5 10 10 10 7.3   2.3 9 10 9 8.1",
}
"""What is printed, by the number of improvements."""


class Data(NamedTuple):
    """What is found."""

    values: list[np.ndarray]  # (25,), of each policy
    choices: list[np.ndarray]  # (25,), the policies
    best: np.ndarray  # (25,), the optimal values
    learned: np.ndarray  # (25,), the agent's


def experiment() -> Data:
    """Iterate ten times."""
    mdp = maps.model(reward_forbidden=-10)
    choice, values, choices = np.full(25, STAY), [], []
    for k in range(11):
        choices.append(choice)
        values.append(oracle.evaluate(mdp, np.eye(5)[choice], gamma=GAMMA))
        choice = improved(maps.action_values(mdp, values[-1], GAMMA), choice, TABLES.get(k + 1))
    env = gym.make("GridWorld-v0", continuing=True, reward_forbidden=-10)
    agent = ga.make("policy-iteration", env, gamma=GAMMA).learn(100)
    return Data(values, choices, oracle.optimal(mdp, gamma=GAMMA).v, agent.values)


def improved(q: np.ndarray, choice: np.ndarray, text: str | None) -> np.ndarray:
    """Return a best action of each state; of tied ones, that which fits the next table best, else the present one."""
    mdp = maps.model(reward_forbidden=-10)
    best = q >= q.max(axis=1, keepdims=True) - 1e-9
    preferred = np.eye(5)[choice] * 1e-6
    if text is not None:
        table = maps.printed(text)
        # The values in a table are rounded, so what fits is apart by less than 0.1.
        preferred += np.abs(maps.action_values(mdp, table, GAMMA) - table[:, None]) < 0.1
    return np.where(best, preferred, -1).argmax(axis=1)


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    made = [
        maps.table_claim(
            f"after {k} improvement{'s' * (k != 1)}", maps.printed(text), data.values[k], "exact but for ties"
        )
        for k, text in TABLES.items()
    ]
    last, before = (float(np.abs(data.best - data.values[k]).max()) for k in (10, 9))
    agent = float(np.abs(data.best - data.learned).max())
    return [
        *made,
        figure.Claim("from the optimum after 10", "optimal", last, 0, 1e-9, "exact"),
        figure.Claim("from the optimum after 9", "not yet", before, 0.05, 10, "exact"),
        figure.Claim("from the optimum: the agent", "optimal", agent, 0, 1e-9, "from another first policy"),
    ]


def draw(data: Data) -> Figure:
    """Draw the maps of values that are printed."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(15, 8.2), layout="constrained")
    for axes, (k, text) in zip(picture.subplots(2, 4).ravel(), TABLES.items(), strict=True):
        table, title = maps.printed(text), f"after {k} improvement{'s' * (k != 1)}"
        maps.value_map(axes, data.values[k], table=table, choice=data.choices[k], title=title, size=7.5)
    picture.suptitle(f"Values of the policies of policy iteration, {SOURCE}\n{maps.LEGEND}", fontsize=11)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
