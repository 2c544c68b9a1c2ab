"""Q-learning off-policy: what the initial values cost.

Zhao (2025) values all actions in one episode of 100,000 uniformly random steps (edge and forbidden cells -1, target 1,
discount 0.9, alpha 0.1), from the initial values q0 = 0, 10 and 100, and draws the root mean square error of the state
values by steps. It starts at 7.926, 2.613 and 92.21, and goes to 0; from 10, near the true values, within about 10,000
steps.

Recomputed: the same with twenty seeds. The starts are exact: no step has been taken. Ours has a logarithmic axis of
steps.
"""

import sys
from typing import NamedTuple

import figure
import gymnasium as gym
import numpy as np
from matplotlib.figure import Figure

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

SOURCE = "Zhao (2025), figure 7.4"

PUBLISHED = {0: "7.926", 10: "2.613", 100: "92.21"}  # the error before the first step, by initial value
STEPS = np.unique(np.append(np.geomspace(1, 100_000, 61).astype(int), 10_000))
SEEDS = 20


class Data(NamedTuple):
    """Errors of the state values, by initial value."""

    starts: dict[int, float]
    errors: dict[int, np.ndarray]  # (seeds, steps) each


def experiment():
    """Learn from uniform steps with every seed, and compare with the exact values again and again."""
    env = gym.make("GridWorld-v0", continuing=True, max_episode_steps=-1)
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9).v

    def rmse(agent):
        return float(np.sqrt(np.mean((agent.values - best) ** 2)))

    def agent_of(seed, initial_value):
        arguments = {"alpha": 0.1, "gamma": 0.9, "behaviour": "uniform", "initial_value": initial_value}
        return ga.make("q-learning", env, seed=seed, **arguments)

    def errors(agent):
        return [rmse(agent.learn(int(n), reset_num_timesteps=False)) for n in np.diff(STEPS, prepend=0)]

    return Data(
        {q0: rmse(agent_of(0, q0)) for q0 in PUBLISHED},
        {q0: np.array([errors(agent_of(seed, q0)) for seed in range(SEEDS)]) for q0 in PUBLISHED},
    )


def claims(data):
    """Return where the error starts, where it is after 10,000 steps, and where it ends."""
    found = []
    for q0, start in PUBLISHED.items():
        digit = 0.5 * 10.0 ** -len(start.partition(".")[2])  # half of the last that is printed
        note = "exact, to the digits that are printed"
        found.append(
            figure.Claim(
                f"error at first, q0 = {q0}", start, data.starts[q0], float(start) - digit, float(start) + digit, note
            )
        )
    early = data.errors[10][:, np.searchsorted(STEPS, 10_000)].mean()
    note = f"mean of {SEEDS} seeds; a tenth of the start"
    found.append(figure.Claim("error after 10,000 steps, q0 = 10", "about 0", early, 0, 0.26, note))
    note = f"largest of {SEEDS} seeds; a hundredth of the largest value"
    found += [
        figure.Claim(f"error after 100,000 steps, q0 = {q0}", "0", errors[:, -1].max(), 0, 0.1, note)
        for q0, errors in data.errors.items()
    ]
    return found


def draw(data):
    """Draw the error by steps, the mean over the seeds and the range of all."""
    picture = Figure(figsize=(7, 4.2), layout="constrained")
    axes = picture.subplots()
    for (q0, errors), colour in zip(data.errors.items(), figure.COLOURS, strict=False):
        axes.fill_between(STEPS, errors.min(axis=0), errors.max(axis=0), color=colour, alpha=0.25, linewidth=0)
        axes.plot(STEPS, errors.mean(axis=0), color=colour, label=f"q0 = {q0}, {SEEDS} seeds: mean, least and largest")
        axes.plot(1, float(PUBLISHED[q0]), "o", color=figure.PUBLISHED, markersize=6)
        axes.annotate(PUBLISHED[q0], (1, float(PUBLISHED[q0])), (8, 6), textcoords="offset points")
    axes.plot([], [], "o", color=figure.PUBLISHED, label="published: the start")
    axes.set(
        xscale="log",
        yscale="log",
        ylim=(1e-3, 400),
        xlabel="steps of the one episode",
        ylabel="RMSE of the state values",
    )
    axes.legend(frameon=False, loc="lower left")
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
