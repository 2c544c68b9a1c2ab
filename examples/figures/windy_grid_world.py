"""Sarsa on the windy grid world.

A wind lifts the agent on its way; every step costs 1. Sutton and Barto draw how many episodes Sarsa (epsilon 0.1, alpha
0.5, no discount) finishes in 8,000 steps: about 170 in the figure, the best way having 15 steps, and the average of the
greedy policy that goes on exploring being about 17. Exercise 6.9 asks for king's moves: then seven steps will do.

Recomputed: the best ways and the best policy that explores by the oracle, the figure with twenty seeds. With the
constant step size of the figure Sarsa stays above the 17 steps; with one that falls as a visit's number to the power
-0.7 it gets there in a million steps.
"""

import sys
from typing import NamedTuple

import every_episode
import figure
import gymnasium as gym
import numpy as np
from matplotlib.figure import Figure

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

SOURCE = "Sutton and Barto, example 6.5 and exercise 6.9"

EPSILON, STEPS, SEEDS = 0.1, 8_000, 20
KING = "king"


class Data(NamedTuple):
    """What was found; steps in the mean."""

    best: dict[str, float]  # steps of the best way, by action set
    exploring: float  # steps of the best policy that explores
    ends: list[np.ndarray]  # after which steps episodes ended, one array for each seed
    long_run: np.ndarray  # (seeds,) steps of the last 100 episodes of a million steps, the step size falling
    learned: float  # steps of the way that Q-learning finds with king's moves
    ways: dict[str, np.ndarray]  # by action set: the cells of the best way, (n, 2)


def experiment():
    """Solve the world exactly, and let Sarsa and Q-learning learn on it."""
    env, king = gym.make("GridWorld/Windy-v0", max_episode_steps=-1), gym.make("GridWorld/Windy-v0", actions=KING)
    mdp = TabularMDP.from_env(env)
    judges = {"cardinal": ga.Judge(env, 1.0), KING: ga.Judge(king, 1.0)}
    soft = mdp.initial @ oracle.epsilon_optimal(mdp, gamma=1.0, epsilon=EPSILON).v

    def ends(seed):
        record = every_episode.EveryEpisode()
        ga.make("sarsa", env, seed=seed, alpha=0.5, epsilon=EPSILON, gamma=1.0).learn(STEPS, record)
        return np.cumsum(record.lengths)

    def long_run(seed):
        agent = ga.make("sarsa", env, seed=seed, alpha="visits:1:0:0.7", epsilon=EPSILON, gamma=1.0)
        return np.mean(agent.learn(1_000_000).recent_episodes()[2])

    learner = ga.make("q-learning", king, seed=0, alpha=1, epsilon=0.3, gamma=1.0).learn(1_000_000)
    return Data(
        {name: -judge.optimum for name, judge in judges.items()},
        -float(soft),
        [ends(seed) for seed in range(SEEDS)],
        np.array([long_run(seed) for seed in range(SEEDS)]),
        -judges[KING].value(learner),
        {name: way(judge) for name, judge in judges.items()},
    )


def way(judge):
    """Return the cells (n, 2) of the best way, as row and column."""
    s, cells = int(judge.mdp.initial.argmax()), []
    for _ in range(round(-judge.optimum) + 1):
        cells.append(divmod(s, 10))
        s = int(judge.mdp.next_state[s, judge.best.policy[s].argmax(), 0])
    return np.array(cells)


def claims(data):
    """Return the exact steps, and what Sarsa and Q-learning get to."""
    finished = np.mean([len(ends) for ends in data.ends])
    return [
        figure.Claim("steps of the best way", "15", data.best["cardinal"], 15, 15, "exact"),
        figure.Claim("steps with king's moves", "7", data.best[KING], 7, 7, "exact"),
        figure.Claim(
            "steps of the best policy that explores", "about 17", data.exploring, 17.045, 17.055, "17.05 exactly"
        ),
        figure.Claim("episodes of Sarsa in 8,000 steps", "about 170", finished, 150, 180, f"mean of {SEEDS} seeds"),
        figure.Claim(
            "steps of Sarsa, the step size falling",
            "about 17",
            data.long_run.mean(),
            data.exploring - 0.5,
            data.exploring + 0.5,
            f"{SEEDS} seeds, last 100 episodes of a million steps",
        ),
        figure.Claim("steps of Q-learning with king's moves", "7", data.learned, 7, 7, "exact value of its policy"),
    ]


def draw(data):
    """Draw finished episodes by steps, and the best ways on the map."""
    picture = Figure(figsize=(11, 4), layout="constrained")
    left, right = picture.subplots(1, 2)
    for i, ends in enumerate(data.ends):
        label = f"Sarsa, {SEEDS} seeds" if i == 0 else None
        left.step([0, *ends], range(len(ends) + 1), where="post", color=figure.COLOURS[0], alpha=0.4, label=label)
    left.plot(STEPS, 170, "o", color=figure.PUBLISHED, label="published: about 170", clip_on=False, zorder=5)
    x = np.array([5_000, STEPS])
    for steps, style in ((data.best["cardinal"], "--"), (data.exploring, ":")):
        y = 170 + (x - STEPS) / steps
        left.plot(x, y, style, color=figure.PUBLISHED, label=f"an episode every {steps:.4g} steps")
    left.set(xlabel="steps", ylabel="episodes finished", xlim=(0, STEPS), ylim=(0, None))
    left.legend(frameon=False)
    map_of(right, data)
    return picture


def map_of(axes, data):
    """Draw the map with the wind of each column below it."""
    names = {"cardinal": "four moves", KING: "king's moves"}
    for (name, cells), colour in zip(data.ways.items(), figure.COLOURS, strict=False):
        label = f"{names[name]}: {data.best[name]:.0f} steps"
        axes.plot(cells[:, 1], cells[:, 0], "o-", color=colour, markersize=4, label=label)
    (row, column), (end_row, end_column) = data.ways[KING][[0, -1]]
    axes.text(column - 0.3, row - 0.3, "S", weight="bold")
    axes.text(end_column - 0.3, end_row - 0.3, "G", weight="bold")
    wind = gym.make("GridWorld/Windy-v0").unwrapped.world.wind
    axes.set_xticks(range(10), wind)
    axes.set_yticks([])
    axes.set_xticks(np.arange(11) - 0.5, minor=True)
    axes.set_yticks(np.arange(8) - 0.5, minor=True)
    axes.grid(which="minor", color="0.8")
    axes.tick_params(which="both", length=0)
    axes.set(xlim=(-0.5, 9.5), ylim=(6.5, -0.5), xlabel="cells that the wind pushes upwards", aspect="equal")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
