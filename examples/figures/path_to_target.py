"""Sarsa and Q-learning on the way to the target.

Zhao (2025) draws the total reward and the length of each of 500 episodes, from the top left cell to the target:
entering the target pays 0, a forbidden cell or the edge -10, anything else -1; alpha = epsilon = 0.1. The discount is
not told; here it is 0.9, as elsewhere in Zhao. The shortest way around the forbidden cells has 11 steps and returns
-10, and both methods come near it, Q-learning nearer than Sarsa.

Recomputed: the optimum by the oracle, and the curves with many seeds where Zhao shows one run. Anomaly: the curves
cannot go to 11 steps and a return of -10 as long as exploring goes on; how near they can come is exact, too.
"""

import dataclasses
import sys
from typing import NamedTuple

import every_episode
import figure
import gymnasium as gym
import numpy as np
from matplotlib.figure import Figure

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

SOURCE = "Zhao (2025), figures 7.2 and 7.3"

LAYOUT = "S....\n.FF..\n..F..\n.FTF.\n.F..."
REWARDS = {"reward_target": 0, "reward_forbidden": -10, "reward_boundary": -10, "reward_step": -1}
GAMMA, EPSILON, EPISODES, LAST = 0.9, 0.1, 500, 100
SEEDS = {"sarsa": 60, "q-learning": 20}
PUBLISHED = {"sarsa": 14, "q-learning": 12.3}  # steps, of the last 100 episodes


class Data(NamedTuple):
    """What was found; returns without discount, steps in the mean."""

    best: tuple[float, float]  # return and steps of the optimal policy
    exploring: tuple[float, float]  # of the best policy that explores
    played: dict[str, every_episode.Played]  # by agent


def experiment():
    """Solve the world exactly, and let both methods learn with every seed."""
    env = gym.make("GridWorld-v0", layout=LAYOUT, max_episode_steps=1000, **REWARDS)
    mdp = TabularMDP.from_env(env)
    counting = dataclasses.replace(mdp, reward=np.ones_like(mdp.reward))

    def return_and_steps(policy):
        return tuple(float(model.initial @ oracle.evaluate(model, policy, gamma=1)) for model in (mdp, counting))

    def play(id_, seeds):
        arguments = {"alpha": 0.1, "epsilon": EPSILON, "gamma": GAMMA}
        return every_episode.first_episodes((ga.make(id_, env, seed=s, **arguments) for s in range(seeds)), EPISODES)

    return Data(
        return_and_steps(oracle.optimal(mdp, gamma=GAMMA).policy),
        return_and_steps(oracle.epsilon_optimal(mdp, gamma=GAMMA, epsilon=EPSILON).policy),
        {id_: play(id_, seeds) for id_, seeds in SEEDS.items()},
    )


def claims(data):
    """Return the optimum, and how long the last 100 episodes are.

    One run differs from the next by 1.9 steps with Sarsa, by 0.3 with Q-learning.
    """
    steps = {id_: played.lengths[:, -LAST:].mean() for id_, played in data.played.items()}
    return [
        figure.Claim("return of the optimal path", "-10", data.best[0], -10 - 1e-9, -10 + 1e-9, "exact"),
        figure.Claim("length of the optimal path", "11", data.best[1], 11 - 1e-9, 11 + 1e-9, "exact"),
        figure.Claim(
            "steps of Sarsa, last 100 episodes",
            "about 14",
            steps["sarsa"],
            12.5,
            15.5,
            "60 seeds, error of the mean 0.25",
        ),
        figure.Claim(
            "steps of Q-learning, last 100 episodes",
            "about 12.3",
            steps["q-learning"],
            12.0,
            12.7,
            "20 seeds, error of the mean 0.07",
        ),
    ]


def draw(data):
    """Draw return and length by episode, one run and the mean of all, and what they can come near to."""
    picture = Figure(figsize=(10, 4), layout="constrained")
    for axes, name, best, exploring in zip(
        picture.subplots(1, 2), ("returns", "lengths"), data.best, data.exploring, strict=True
    ):
        for (id_, played), colour in zip(data.played.items(), figure.COLOURS, strict=False):
            seen, episode = getattr(played, name), np.arange(1, EPISODES + 1)
            axes.plot(episode, seen[0], color=colour, alpha=0.25, linewidth=0.6)
            axes.plot(
                episode, seen.mean(axis=0), color=colour, linewidth=1.2, label=f"{id_}, mean of {len(seen)} seeds"
            )
            if name == "lengths":
                label = f"{id_}, last {LAST}: about {PUBLISHED[id_]}"
                style = {"linewidth": 2.5, "zorder": 5, "linestyle": "-" if id_ == "sarsa" else ":"}
                axes.hlines(PUBLISHED[id_], EPISODES - LAST, EPISODES, figure.PUBLISHED, label=label, **style)
        axes.axhline(best, color=figure.PUBLISHED, linestyle="--", linewidth=1, label=f"optimum: {best:.0f}")
        label = f"best policy that explores: {exploring:.2f}"
        axes.axhline(exploring, color=figure.COLOURS[2], linestyle="-.", linewidth=1, label=label)
        axes.legend(framealpha=0.9, edgecolor="none")
        axes.set_xlabel("episode")
    left, right = picture.axes
    left.set(ylabel="return of the episode", ylim=(-150, 0), title="thin: one run")
    right.set(ylabel="steps of the episode", ylim=(0, 50), title="black: published")
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
