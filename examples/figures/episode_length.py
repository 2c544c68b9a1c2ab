"""MC Basic with short episodes.

Published are the values of all 25 cells, to one decimal, that MC Basic ends at with episodes of 1, 2, 3, 4, 14, 15,
30 and 100 steps; forbidden cells cost 10, discount 0.9. An episode that is over before it reaches the target has seen
no reward, so cells that are farther away stay at 0: the text says that 15 steps are needed from the bottom left.

Recomputed are 40 iterations of the agent `mc-basic`. Nothing is random here, so its values are exact; beside them
stand the optimal values of that many steps, by backward induction.
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

SOURCE = "Zhao (2025), figure 5.4"
GAMMA, ITERATIONS = 0.9, 40

TABLES = {
    1: """0 0 0 0 0   0 0 0 0 0   0 0 1.0 0 0   0 1.0 1.0 1.0 0   0 0 1.0 0 0""",
    2: """0 0 0 0 0   0 0 0 0 0   0 0 1.9 0 0   0 1.9 1.9 1.9 0   0 0.9 1.9 0.9 0""",
    3: """0 0 0 0 0   0 0 0 0 0   0 0 2.7 0 0   0 2.7 2.7 2.7 0   0 1.7 2.7 1.7 0.8""",
    4: """0 0 0 0 0   0 0 0 0 0   0 0 3.4 0 0   0 3.4 3.4 3.4 0.7   0 2.4 3.4 2.4 1.5""",
    14: """1.2 1.6 2.0 2.5 3.0   0.9 1.2 2.5 3.0 3.6   0.5 0.3 7.7 3.6 4.3   0.3 7.7 7.7 7.7 5.0
           0.0 6.7 7.7 6.7 5.8""",
    15: """1.4 1.8 2.2 2.7 3.3   1.1 1.4 2.7 3.3 3.8   0.8 0.5 7.9 3.8 4.5   0.5 7.9 7.9 7.9 5.2
           0.2 6.9 7.9 6.9 6.0""",
    30: """3.1 3.5 3.9 4.4 4.9   2.7 3.1 4.4 4.9 5.5   2.4 2.1 9.6 5.5 6.1   2.1 9.6 9.6 9.6 6.9
           1.9 8.6 9.6 8.6 7.7""",
    100: """3.5 3.9 4.3 4.8 5.3   3.1 3.5 4.8 5.3 5.9   2.8 2.5 10.0 5.9 6.6   2.5 10.0 10.0 10.0 7.3
            2.3 9.0 10.0 9.0 8.1""",
}
"""What is printed for each length."""


class Data(NamedTuple):
    """What is found, by length."""

    learned: dict[int, np.ndarray]  # (25,), the agent's values
    choice: dict[int, np.ndarray]  # (25,), its policy
    best: dict[int, np.ndarray]  # (25,), the best of that many steps


def experiment() -> Data:
    """Learn with episodes of each length."""
    horizon = oracle.finite_horizon(maps.model(reward_forbidden=-10), gamma=GAMMA, horizon=max(TABLES))
    learned, choice = {}, {}
    for length in TABLES:
        env = gym.make("GridWorld-v0", continuing=True, reward_forbidden=-10)
        agent = ga.make("mc-basic", env, seed=0, gamma=GAMMA, episode_length=length)
        agent.learn(125 * length * ITERATIONS)  # an episode from each of 125 pairs
        learned[length], choice[length] = agent.values, agent.q_values.argmax(axis=1)
    return Data(learned, choice, {length: horizon.v[length] for length in TABLES})


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    made = [
        maps.table_claim(f"{length} step{'s' * (length > 1)}", maps.printed(TABLES[length]), v, "exact")
        for length, v in data.learned.items()
    ]
    for length, v in data.learned.items():
        printed, exact = maps.printed(TABLES[length])[maps.TARGET], (1 - GAMMA**length) / (1 - GAMMA)
        what = f"value of the target, {length} step{'s' * (length > 1)}"
        made.append(
            figure.Claim(what, f"{printed:.1f}", v[maps.TARGET], exact - 1e-9, exact + 1e-9, "(1 - 0.9^L) / 0.1")
        )
        above = float((v - data.best[length]).max())
        what = f"most above the best of {length} step{'s' * (length > 1)}"
        made.append(figure.Claim(what, "no policy is", above, -100, 1e-9, "by backward induction"))
        if length >= 15:  # as soon as every cell reaches the target
            below = float(np.abs(data.best[length] - v).max())
            what = f"apart from the best of {length} steps"
            made.append(
                figure.Claim(what, "optimal policy" if length >= 30 else "15 are needed", below, 0, 1e-9, "exact")
            )
    what = "value of the bottom left, 14 steps"
    made.append(figure.Claim(what, "0.0: too short", data.learned[14][20], 0, 0, "exact"))
    return made


def draw(data: Data) -> Figure:
    """Draw a map of values for each length."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(15, 8.2), layout="constrained")
    for axes, length in zip(picture.subplots(2, 4).ravel(), TABLES, strict=True):
        v, table = data.learned[length], maps.printed(TABLES[length])
        title = f"{length} step{'s' * (length > 1)} an episode"
        maps.value_map(axes, v, table=table, choice=data.choice[length], title=title)
    picture.suptitle(f"Values that MC Basic ends at, {SOURCE}\n{maps.LEGEND}", fontsize=11)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
