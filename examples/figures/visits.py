"""How often a long episode visits each pair.

Published are the visits of all 125 pairs of state and action in one episode of a million steps: of the uniform
policy, nearly even; of an epsilon-greedy policy with epsilon 0.5, some more than 250,000 and, by the text, most
merely hundreds or even tens. The counts are read off the points of the figure to about 20 and 40; each set adds up to
a million.

Anomalies: the text names the policy of figure 5.6 (d). It would visit no pair 250,000 times, and stay at the target
most of the time. The counts of the figure are those of the policy that the first episode of figure 5.5 leads to, but
for two cells, with the most visits in row 2, column 5, where that policy stays. And fewer than a quarter of the
printed counts are below 1000.

Recomputed are the mean visits from the stationary distribution, exact: 8000 each for the uniform policy, and for the
other with the greedy actions that the printed counts show; and 20 walks of a million steps of the uniform policy. The
least and the most of 125 normal counts are 2.6 deviations from the mean, on average; the printed ones deviate by 107.
The intervals of the two are 60 wide on both sides, for what is known of that deviation from one episode, 6%, and
more.
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

SOURCE = "Zhao (2025), figure 5.8"
STEPS, SEEDS, EPSILON = 1_000_000, range(20), 0.5

UNIFORM = maps.printed("""
    7733 7791 8173 8196 8170 7880 7871 8223 8156 7988 7977 8024 8074 7927 7983 8009 7950 8033 8010 8007 8101
    8033 8037 7890 8017 7849 7950 8139 8052 7977 8024 7977 7981 7887 8011 7924 7990 7754 8072 8182 8142 8067
    7988 7879 7939 8062 8075 7986 8031 8122 7914 7950 8069 8199 7987 8005 8056 7915 8046 7964 8025 7988 8061
    7887 8048 8057 8057 8067 7926 7971 8106 8185 8114 7894 8158 7974 7882 8062 8097 8053 7881 8018 7924 7923
    7905 7973 7913 7985 7936 8012 7876 8082 7993 7916 7966 8147 8106 8095 7976 7985 7665 7976 8180 8105 7939
    7900 7908 7973 8015 7924 7835 7938 7848 7950 8026 8038 7891 8118 7785 8052 8272 8150 8029 7768 8073""")
GREEDY = maps.printed("""
    236 308 695 2248 6648 1248 415 1078 7290 44730 6851 1065 1389 2111 48755 6818 1092 7712 1364 8608 1252 329
    8060 1044 2167 1329 1826 3887 2253 6601 1231 402 6609 44460 44356 6770 1105 1351 12126 8151 1136 6791 7637
    1306 1410 219 2049 1308 1038 329 217 310 652 13284 40299 7067 418 1051 7403 44232 6681 1029 7842 2002 8040
    1116 1167 7695 1413 1462 189 350 1349 1062 361 227 297 689 2324 6684 1245 2479 1108 7403 44552 6635 6417
    1336 2050 8171 1128 1137 7692 8043 1443 205 355 1348 972 333 235 304 681 2283 6593 1184 419 1073 7352 267713
    40319 1062 1288 2072 8160 1134 1162 46018 1365 1374 231 340 1366 6394 361""")

"""What is printed: visits of "up" in 25 states, then of "right", "down", "left" and "stay"."""


class Data(NamedTuple):
    """What is found."""

    even: np.ndarray  # (25, 5), mean visits of the uniform policy
    uneven: np.ndarray  # (25, 5), mean visits with the greedy actions of the printed counts
    named: np.ndarray  # (25, 5), mean visits of the policy that the text names
    walks: np.ndarray  # (20, 25, 5), visits of walks of the uniform policy


def experiment() -> Data:
    """Compute the mean visits, and walk."""
    mdp, strict = maps.model(), maps.model(reward_forbidden=-10)
    best = oracle.optimal(strict, gamma=0.9).policy.argmax(axis=1)
    greedy = GREEDY.reshape(5, 25).argmax(axis=0)
    policies = (np.full((25, 5), 0.2), maps.soft(greedy, EPSILON), maps.soft(best, EPSILON))
    even, uneven, named = (STEPS * oracle.stationary_distribution(mdp, pi)[:, None] * pi for pi in policies)
    return Data(even, uneven, named, np.array([walk(seed) for seed in SEEDS]))


def walk(seed: int) -> np.ndarray:
    """Return the visits, (25, 5), of one episode of the uniform policy."""
    env = gym.make("GridWorld-v0", continuing=True, max_episode_steps=STEPS)
    return ga.make("mc-epsilon-greedy", env, seed=seed, epsilon=1.0).learn(STEPS).visits


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    uneven = float(np.abs(data.even - 8000).max())
    least, most = (float(f(data.walks.reshape(len(SEEDS), -1), axis=1).mean()) for f in (np.min, np.max))
    deviation = 2.6 * float(UNIFORM.std())
    where = "uniform: {} visits of a pair"
    apart = float(np.corrcoef(data.uneven.T.ravel(), GREEDY)[0, 1])
    few, printed_few = int((data.uneven < 1000).sum()), int((GREEDY < 1000).sum())
    runs = "mean of 20 walks"
    return [
        figure.Claim("uniform: mean visits less 8000, at most", "almost even", uneven, 0, 1e-6, "exact"),
        figure.Claim(where.format("least"), "7665", least, 7940 - deviation, 8060 - deviation, runs),
        figure.Claim(where.format("most"), "8272", most, 7940 + deviation, 8060 + deviation, runs),
        figure.Claim("greedy: most visits", "more than 250,000", data.uneven.max(), 250_000, 300_000, "exact mean"),
        figure.Claim("greedy: correlation with the printed counts", "125 points", apart, 0.99, 1, "exact mean"),
        figure.Claim("policy of the text: most visits", "more than 250,000", data.named.max(), 0, 250_000, "anomaly"),
        figure.Claim("greedy: pairs of 125 with less than 1000", "most", few, 0, 62, f"anomaly: {printed_few} printed"),
    ]


def draw(data: Data) -> Figure:
    """Draw printed and computed visits of all pairs."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(12, 4.6), layout="constrained")
    left, right = picture.subplots(1, 2)
    index = np.arange(1, 126)
    walks = data.walks.transpose(0, 2, 1).reshape(len(SEEDS), -1)
    for walk_ in walks:
        left.plot(index, walk_, ".", ms=2, color=figure.COLOURS[0], alpha=0.4)
    left.plot([], [], ".", color=figure.COLOURS[0], label="20 walks")
    left.axhline(8000, color=figure.COLOURS[1], label="mean, exact")
    left.plot(index, UNIFORM, "x", ms=4, color=figure.PUBLISHED, label="printed")
    left.set(title="uniform policy", ylabel="visits in a million steps")
    right.semilogy(index, data.uneven.T.ravel(), "o", ms=5, mfc="none", color=figure.COLOURS[1], label="mean, exact")
    right.semilogy(index, GREEDY, "x", ms=4, color=figure.PUBLISHED, label="printed")
    right.set(title="epsilon 0.5")
    for axes in (left, right):
        axes.set_xlabel("pair: 25 states for each of up, right, down, left, stay")
        axes.legend(fontsize=8)
    picture.suptitle(f"Visits of each pair, {SOURCE}", fontsize=10)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
