"""Dyna-Q in the maze: what planning saves.

Sutton and Barto draw the steps of each episode, the mean of 30 runs, for 0, 5 and 50 planning steps (alpha 0.1, epsilon
0.1, discount 0.95): to reach (epsilon-)optimal performance, they need about 25, 5 and 3 episodes. The best way has 14
steps. The first episode is not drawn: it knows nothing yet, and takes about 1700 steps.

Recomputed: the curves of 30 seeds. Near the best is taken to be a mean of at most half as many steps again as the best
14. Anomaly: until the first reward a policy with random ties is the uniform one, which needs 868.7 steps in this maze,
exactly, half of the 1700; the mean of 30 such runs has an error of about 160.
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

SOURCE = "Sutton and Barto, example 8.1"

NEEDED = {0: (25, 18, 35), 5: (5, 4, 8), 50: (3, 2, 4)}
"""By planning steps: about how many episodes are published to be needed, and the interval for ours."""
EPISODES, SEEDS, NEAR = 60, 30, 21
COUNTED = {"reward_step": -1, "reward_boundary": -1, "reward_target": -1}


class Data(NamedTuple):
    """What was found."""

    best: float  # steps
    uniform: float  # steps of the uniform policy, in the mean
    lengths: dict[int, np.ndarray]  # by planning steps: (seeds, episodes)


def experiment():
    """Let Dyna-Q learn with every number of planning steps and every seed."""
    env = gym.make("GridWorld/DynaMaze-v0", max_episode_steps=-1)
    mdp = TabularMDP.from_env(env)
    counting = dataclasses.replace(mdp, reward=np.ones_like(mdp.reward))
    uniform = np.full((mdp.num_states, mdp.num_actions), 1 / mdp.num_actions)

    def agents(planning_steps):
        arguments = {"alpha": 0.1, "gamma": 0.95, "epsilon": 0.1, "planning_steps": planning_steps}
        return (ga.make("dyna-q", env, seed=seed, **arguments) for seed in range(SEEDS))

    return Data(
        -ga.Judge(gym.make("GridWorld/DynaMaze-v0", **COUNTED), 1.0).optimum,
        float(mdp.initial @ oracle.evaluate(counting, uniform, gamma=1.0)),
        {n: every_episode.first_episodes(agents(n), EPISODES).lengths for n in NEEDED},
    )


def episodes_needed(lengths):
    """Return the first episode with a mean near the best, counted from 1; NaN where there is none."""
    near = lengths.mean(axis=0) <= NEAR
    return float(near.argmax() + 1) if near.any() else np.nan


def claims(data):
    """Return the best way, and how many episodes each number of planning steps needs."""
    note = f"the mean of {SEEDS} seeds is first at most {NEAR} steps"
    first, uniform = data.lengths[0][:, 0].mean(), data.uniform
    unknown = f"anomaly: {uniform:.1f} exactly, give or take 4 errors of the mean of {SEEDS} seeds"
    return [
        figure.Claim("steps of the first episode", "about 1700", first, uniform - 640, uniform + 640, unknown),
        figure.Claim("steps of the best way", "14", data.best, 14 - 1e-9, 14 + 1e-9, "exact"),
        *(
            figure.Claim(
                f"episodes needed, {n} planning steps", f"about {k}", episodes_needed(data.lengths[n]), low, high, note
            )
            for n, (k, low, high) in NEEDED.items()
        ),
    ]


def draw(data):
    """Draw the steps by episode from the second on, and the published numbers of episodes."""
    picture = Figure(figsize=(7, 4.5), layout="constrained")
    axes = picture.subplots()
    for (n, lengths), colour, mark in zip(data.lengths.items(), figure.COLOURS, "os^", strict=False):
        label = f"{n} planning steps, near the best after {episodes_needed(lengths):.0f}"
        axes.plot(range(2, EPISODES + 1), lengths.mean(axis=0)[1:], color=colour, label=label)
        published = NEEDED[n][0]
        label = f"published: about {published} episodes"
        axes.plot(published, NEAR, mark, color=figure.PUBLISHED, label=label, zorder=5, linestyle="none")
    axes.axhline(data.best, color=figure.PUBLISHED, linestyle="--", linewidth=1, label=f"the best way: {data.best:.0f}")
    axes.axhline(NEAR, color="0.5", linestyle=":", linewidth=1, label=f"near the best: {NEAR}")
    axes.set(yscale="log", xlabel="episode", ylabel=f"steps of the episode, mean of {SEEDS} seeds")
    axes.set_yticks([10, 14, 21, 50, 100, 200, 500, 800], minor=False)
    axes.set_yticklabels(["10", "14", "21", "50", "100", "200", "500", "800"])
    axes.minorticks_off()
    axes.legend(frameon=False)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
