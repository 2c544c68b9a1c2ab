"""Sarsa, Q-learning and expected Sarsa at the cliff.

Every step costs 1, the cliff 100 and the way back to the start. Sutton and Barto draw the sum of rewards during each of
500 episodes (epsilon 0.1, no discount): on-line, Sarsa does better (about -25, read off the figure) than Q-learning
(about -50), which learns the best way along the edge, of value -13. Their curves are smoothed.

The step size is not told with the figure; here it is 0.5. Recomputed: the curves as means of twenty seeds, smoothed
over ten episodes, and expected Sarsa in addition, which they compare on the same world in figure 6.3. The value of
the way that Q-learning knows is exact.
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

SOURCE = "Sutton and Barto, example 6.6"

AGENTS = ("sarsa", "q-learning", "expected-sarsa")
PUBLISHED = {"sarsa": -25, "q-learning": -50}
EPISODES, LAST, SEEDS, SMOOTHED = 500, 100, 20, 10
START = 36


class Data(NamedTuple):
    """What was found."""

    returns: dict[str, np.ndarray]  # by agent: (seeds, episodes)
    learned: np.ndarray  # (seeds,) exact values of what Q-learning knows in the end


def experiment():
    """Let all three learn; Q-learning goes on for 100,000 steps, and its greedy policy is valued."""
    env = gym.make("GridWorld/Cliff-v0", max_episode_steps=-1)
    mdp = TabularMDP.from_env(env)
    arguments = {"alpha": 0.5, "epsilon": 0.1, "gamma": 1.0}
    agents = {id_: [ga.make(id_, env, seed=seed, **arguments) for seed in range(SEEDS)] for id_ in AGENTS}
    returns = {id_: every_episode.first_episodes(those, EPISODES).returns for id_, those in agents.items()}
    learned = [agent.learn(100_000, reset_num_timesteps=False) for agent in agents["q-learning"]]
    values = [oracle.evaluate(mdp, agent.policy, gamma=1.0)[START] for agent in learned]
    return Data(returns, np.array(values))


def claims(data):
    """Return what the last 100 episodes bring on-line, and what Q-learning knows."""
    mean = {id_: returns[:, -LAST:].mean() for id_, returns in data.returns.items()}
    note = f"last {LAST} episodes, mean of {SEEDS} seeds"
    return [
        figure.Claim("return of Sarsa", "about -25", mean["sarsa"], -32, -20, note),
        figure.Claim("return of Q-learning", "about -50", mean["q-learning"], -60, -40, note),
        figure.Claim(
            "what expected Sarsa gets more than Q-learning",
            "more",
            mean["expected-sarsa"] - mean["q-learning"],
            15,
            np.inf,
            note,
        ),
        *(
            figure.Claim(f"value of what Q-learning knows, {which} seed", "-13", value, -13, -13, "exact")
            for which, value in (("worst", data.learned.min()), ("best", data.learned.max()))
        ),
    ]


def draw(data):
    """Draw the returns by episode, as means of all seeds and of the episodes around."""
    picture = Figure(figsize=(7, 4.2), layout="constrained")
    axes = picture.subplots()
    for (id_, returns), colour in zip(data.returns.items(), figure.COLOURS, strict=False):
        smooth = np.convolve(returns.mean(axis=0), np.full(SMOOTHED, 1 / SMOOTHED), "valid")
        axes.plot(np.arange(len(smooth)) + (SMOOTHED + 1) / 2, smooth, color=colour, label=id_)
    for id_, style in (("sarsa", "-"), ("q-learning", ":")):
        label = f"published: {id_} about {PUBLISHED[id_]}"
        axes.hlines(
            PUBLISHED[id_], EPISODES - LAST, EPISODES, figure.PUBLISHED, style, label=label, linewidth=2.5, zorder=5
        )
    axes.axhline(-13, color=figure.PUBLISHED, linestyle="--", linewidth=1, label="the best way: -13")
    axes.set(xlabel="episode", ylabel=f"sum of rewards, mean of {SEEDS} seeds", xlim=(0, EPISODES), ylim=(-100, 0))
    axes.legend(frameon=False, loc="lower right")
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
