"""What exploring costs.

Published are the values of epsilon-greedy policies for epsilon 0, 0.1, 0.2 and 0.5, of all 25 cells, to one decimal
(forbidden cells cost 10, bumps 1, discount 0.9). In figure 5.6 the greedy action is that of the best policy; in
figure 5.7 it is that of the best epsilon-greedy policy. The text says that for 0.1 the two are alike and for 0.2 not
any more, and that with 0.5 the target has the least value of all in figure 5.6, for its neighbours are forbidden.

An anomaly: the tables are those of a world in which a bump from a forbidden cell costs both, 11. Zhao's text does
not tell, and its Table 4.1 charges 1 for such a bump. Where it costs 1, as is the default here, row 5, column 2 is
worth 2.8 instead of the printed 2.6 for epsilon 0.1, and -8.7 instead of -10.1 for 0.5. Another: in figure 5.7,
epsilon 0.2, row 3, column 1 has -1.2. The best policy is the one drawn there, arrow by arrow, and has -1.13 in that
cell.

Recomputed is all of it by the oracle, with `bump_reward="additive"`: exact..
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import figure
import maps
import numpy as np

from gridworld_env import oracle

if TYPE_CHECKING:
    from figure import Claim
    from matplotlib.figure import Figure

SOURCE = "Zhao (2025), figures 5.6 and 5.7"
GAMMA = 0.9
ODD = 10
"""Row 3, column 1."""

GREEDY = """3.5 3.9 4.3 4.8 5.3   3.1 3.5 4.8 5.3 5.9   2.8 2.5 10.0 5.9 6.6   2.5 10.0 10.0 10.0 7.3
            2.3 9.0 10.0 9.0 8.1"""
LITTLE = """0.4 0.5 0.9 1.3 1.4   0.1 0.0 0.5 1.3 1.7   0.1 -0.4 3.4 1.4 1.9   -0.1 3.4 3.3 3.7 2.2
            -0.3 2.6 3.7 3.1 2.7"""
CONSISTENT = {
    0.0: GREEDY,
    0.1: LITTLE,
    0.2: """-2.2 -2.4 -2.1 -1.7 -1.8   -2.5 -3.0 -3.3 -2.3 -2.0   -2.3 -3.3 -2.5 -2.8 -2.2
            -2.5 -2.5 -2.8 -2.0 -2.4   -2.8 -3.2 -2.1 -2.3 -2.2""",
    0.5: """-8.0 -9.0 -8.4 -7.2 -7.8   -8.7 -10.8 -12.4 -9.6 -8.9   -8.3 -12.3 -15.3 -12.3 -10.5
            -9.7 -15.5 -17.0 -14.4 -12.2   -10.9 -16.7 -15.2 -14.3 -12.4""",
}
"""Figure 5.6: the best policy's greedy actions."""
BEST = {
    0.0: GREEDY,
    0.1: LITTLE,
    0.2: """-1.1 -1.5 -1.1 -0.6 -0.6   -1.5 -2.2 -2.3 -1.0 -0.6   -1.2 -2.4 -2.2 -1.5 -0.6
            -1.6 -2.3 -2.6 -1.4 -1.1   -2.0 -3.0 -1.8 -1.4 -1.0""",
    0.5: """-4.3 -5.5 -4.5 -2.6 -2.3   -5.6 -7.7 -7.7 -4.1 -2.4   -5.5 -9.0 -8.0 -5.6 -2.8
            -6.8 -8.9 -9.4 -5.5 -4.2   -7.9 -10.1 -6.7 -5.1 -3.7""",
}
"""Figure 5.7: the best epsilon-greedy policy."""


class Data(NamedTuple):
    """What is found, by epsilon."""

    consistent: dict[float, np.ndarray]  # (25,), values of the best policy's greedy actions
    best: dict[float, np.ndarray]  # (25,), values of the best epsilon-greedy policy
    choice: dict[float, np.ndarray]  # (25,), its greedy actions
    default: dict[float, np.ndarray]  # (25,), its values where a bump from a forbidden cell costs 1


def experiment() -> Data:
    """Value the policies."""
    mdp, default = maps.model(reward_forbidden=-10, bump_reward="additive"), maps.model(reward_forbidden=-10)
    greedy = oracle.optimal(mdp, gamma=GAMMA).policy.argmax(axis=1)
    consistent, best, choice, plain = {}, {}, {}, {}
    for epsilon in BEST:
        consistent[epsilon] = oracle.evaluate(mdp, maps.soft(greedy, epsilon), gamma=GAMMA)
        soft = oracle.epsilon_optimal(mdp, gamma=GAMMA, epsilon=epsilon)
        best[epsilon], choice[epsilon] = soft.v, soft.policy.argmax(axis=1)
        plain[epsilon] = oracle.epsilon_optimal(default, gamma=GAMMA, epsilon=epsilon).v
    return Data(consistent, best, choice, plain)


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    made = []
    for name, tables, found in (("5.6", CONSISTENT, data.consistent), ("5.7", BEST, data.best)):
        for epsilon, text in tables.items():
            table, v = maps.printed(text), found[epsilon]
            if (name, epsilon) == ("5.7", 0.2):
                table, v = np.delete(table, ODD), np.delete(v, ODD)
            made.append(maps.table_claim(f"{name}, epsilon {epsilon:g}", table, v, "exact"))
    what, odd = "5.7, epsilon 0.2, row 3, column 1", float(data.best[0.2][ODD])
    made.append(figure.Claim(what, "-1.2", odd, -1.1 - maps.DIGIT, -1.1 + maps.DIGIT, "anomaly, see the script"))
    alike = float(np.abs(data.best[0.1] - data.consistent[0.1]).max())
    made.append(figure.Claim("epsilon 0.1: best less greedy", "consistent", alike, 0, 1e-9, "exact"))
    apart = float(np.abs(data.best[0.2] - data.consistent[0.2]).max())
    made.append(figure.Claim("epsilon 0.2: best less greedy", "not consistent", apart, 0.05, 10, "more than rounding"))
    rank = int((data.consistent[0.5] < data.consistent[0.5][maps.TARGET]).sum())
    made.append(figure.Claim("epsilon 0.5: cells worth less than the target", "the smallest", rank, 0, 0, "exact"))
    stays = float(data.choice[0.5][maps.TARGET] == 4)
    made.append(figure.Claim("epsilon 0.5: the best stays at the target", "it escapes", stays, 0, 0, "1 if it stays"))
    for epsilon, value in ((0.1, 2.8), (0.5, -8.7)):
        what = f"row 5, column 2, epsilon {epsilon:g}, if bumps there cost 1"
        printed = f"{maps.printed(BEST[epsilon])[21]:g}"
        note = "anomaly, see the script"
        low, high = value - maps.DIGIT, value + maps.DIGIT
        made.append(figure.Claim(what, printed, data.default[epsilon][21], low, high, note))
    return made


def draw(data: Data) -> Figure:
    """Draw a map of values for each epsilon and each figure."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(15, 8.2), layout="constrained")
    grid = picture.subplots(2, 4)
    rows = (("5.6, greedy as the best", CONSISTENT, data.consistent), ("5.7, the best", BEST, data.best))
    for row, (name, tables, found) in zip(grid, rows, strict=True):
        for axes, epsilon in zip(row, tables, strict=True):
            choice = data.choice[0.0] if tables is CONSISTENT else data.choice[epsilon]
            table, title = maps.printed(tables[epsilon]), f"figure {name}, epsilon {epsilon:g}"
            maps.value_map(axes, found[epsilon], table=table, choice=choice, title=title, size=7.5)
    picture.suptitle(f"Values of epsilon-greedy policies, {SOURCE}\n{maps.LEGEND}", fontsize=11)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
