"""TD(0) and Monte Carlo on the random walk.

Five states in a row; each step goes left or right by chance, and only the right end pays, 1. Sutton and Barto give the
true values 1/6, ..., 5/6, draw those that TD(0) (alpha 0.1) has after 0, 1, 10 and 100 episodes of one run, from 0.5,
and the root mean square error over the states by episodes, the mean of 100 runs, for some step sizes of TD(0) and of
Monte Carlo with a constant step size: TD is consistently better.

"Consistently" is not every pair: with alpha 0.15, TD(0) ends above Monte Carlo with alpha 0.03 and 0.04 in our curves.

Recomputed: all of it. Every method sees the same 100 sequences of walks, so that their differences are not those of
luck. Monte Carlo learns from the first visit of a state in an episode, as the agent does unless told otherwise.
"""

import itertools
import sys
from typing import NamedTuple

import every_episode
import figure
import gymnasium as gym
import numpy as np
from matplotlib.figure import Figure

import gridworld_agents as ga
from gridworld_agents.callbacks import Callback
from gridworld_env import TabularMDP, oracle

SOURCE = "Sutton and Barto, example 6.2"

ALPHAS = {"td0": (0.05, 0.1, 0.15), "mc-prediction": (0.01, 0.02, 0.03, 0.04)}
NAMES = {"td0": "TD", "mc-prediction": "MC"}
RUNS, EPISODES = 100, 100
EPISODE = np.array([*range(10), *range(10, EPISODES + 1, 5)])  # after how many the values are looked at
SHOWN = (0, 1, 10, 100)  # after how many those of one run are drawn


class Data(NamedTuple):
    """What was found."""

    exact: np.ndarray  # (5,)
    one_run: np.ndarray  # (times, 5), the values of the first run of TD(0), alpha 0.1, at the times of EPISODE
    errors: dict[tuple[str, float], np.ndarray]  # by agent and alpha: (runs, times)


class ValuesByEpisode(Callback):
    """Keeps the values of the five states after episodes, of which it is known when they end."""

    def __init__(self, agent, ends):
        self.ends = ends
        self.values = [agent.values[1:-1]]

    def steps_left(self, num_timesteps):
        """Return how far it is to the next of the ends."""
        return self.ends[len(self.values) - 1] - num_timesteps

    def __call__(self, agent, progress):
        """Take the values, where it is time."""
        if progress.num_timesteps == self.ends[len(self.values) - 1]:
            self.values.append(agent.values[1:-1])


def experiment():
    """Let every method with every step size learn from the same walks."""
    env = gym.make("GridWorld/RandomWalk-v0")
    exact = oracle.evaluate(TabularMDP.from_env(env), np.full((7, 2), 0.5), gamma=1.0)[1:-1]

    def agent_of(id_, alpha, seed):
        return ga.make(id_, env, seed=seed, alpha=alpha, gamma=1.0, initial_value=0.5)

    # Where the walk goes does not depend on what is learned: one pass tells where episodes end.
    lengths = every_episode.first_episodes((agent_of("td0", 0.1, seed) for seed in range(RUNS)), EPISODES).lengths
    ends = lengths.cumsum(axis=1)[:, EPISODE[1:] - 1].tolist()

    def values(id_, alpha, seed):
        agent = agent_of(id_, alpha, seed)
        record = ValuesByEpisode(agent, ends[seed])
        agent.learn(ends[seed][-1], record)
        return record.values

    seen = {
        (id_, alpha): np.array([values(id_, alpha, seed) for seed in range(RUNS)])
        for id_, alphas in ALPHAS.items()
        for alpha in alphas
    }
    errors = {key: np.sqrt(np.mean((those - exact) ** 2, axis=2)) for key, those in seen.items()}
    return Data(exact, seen["td0", 0.1][0], errors)


def claims(data):
    """Return the exact values, and by how much Monte Carlo is above TD(0).

    About 20 and 40 episodes in, for the better step sizes of Monte Carlo, the difference was 0.05 and more in 100 other
    runs, with a standard error of 0.004 or less for a mean of 100: that it comes below 0.02 is no matter of luck.
    """
    td = data.errors["td0", 0.1].mean(axis=0)
    found = [
        figure.Claim(f"value of {name}", f"{i}/6", value, i / 6 - 1e-12, i / 6 + 1e-12, "exact")
        for i, (name, value) in enumerate(zip("ABCDE", data.exact, strict=True), 1)
    ]
    note = f"difference of the errors, mean of {RUNS} runs, the same walks"
    for alpha, episode in itertools.product((0.03, 0.04), (20, 40)):
        above = (data.errors["mc-prediction", alpha].mean(axis=0) - td)[at(episode)]
        what = f"MC, alpha {alpha}, above TD, alpha 0.1, after {episode} episodes"
        found.append(figure.Claim(what, "TD is better", above, 0.02, np.inf, note))
    return found


def at(episodes):
    """Return which of the times it is after some number of episodes."""
    return EPISODE.tolist().index(episodes)


def draw(data):
    """Draw the values of one run, and the errors of all."""
    picture = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = picture.subplots(1, 2)
    left.plot(range(1, 6), np.arange(1, 6) / 6, "o--", color=figure.PUBLISHED, label="published: 1/6, ..., 5/6")
    for n, colour in zip(SHOWN, figure.COLOURS, strict=False):
        left.plot(range(1, 6), data.one_run[at(n)], ".-", color=colour, label=f"after {n} episode{'s' * (n != 1)}")
    left.set_xticks(range(1, 6), "ABCDE")
    left.set(xlabel="state", ylabel="value", title="one run of TD(0), alpha 0.1")
    for i, (id_, alphas) in enumerate(ALPHAS.items()):
        for alpha, style in zip(alphas, ("-", "--", ":", "-."), strict=False):
            mean = data.errors[id_, alpha].mean(axis=0)
            right.plot(EPISODE, mean, style, color=figure.COLOURS[i], label=f"{NAMES[id_]}, alpha {alpha}")
    right.set(xlabel="episodes", ylabel="RMS error over the states", title=f"mean of {RUNS} runs", ylim=(0, None))
    left.legend(frameon=False)
    right.legend(framealpha=0.9, edgecolor="none", ncols=2, fontsize="small")
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
