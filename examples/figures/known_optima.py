"""Known optima.

Published or worked out elsewhere: the slippery FrozenLake-v1 of Gymnasium is crossed with probability 14/17 at best,
undiscounted; CliffWalking-v1 costs 13 (Sutton and Barto, example 6.6); the windy grid world takes 15 steps (example
6.5) and 7 with king's moves (exercise 6.9); the Dyna maze takes 14 (example 8.1).

Recomputed are the optima by the oracle, and the agent `policy-iteration` beside them. Both are exact. Steps are
counted as what a step costs, 1, or for the maze, whose steps are free, from the discounted reward of the goal,
gamma^(n - 1).
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import figure
import gymnasium as gym
import numpy as np

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle

if TYPE_CHECKING:
    from figure import Claim
    from matplotlib.figure import Figure

SOURCE = "Gymnasium; Sutton and Barto, examples 6.5, 6.6 and 8.1"
MAZE_GAMMA = 0.95


class World(NamedTuple):
    """A world whose optimum is known."""

    name: str
    env_id: str
    arguments: dict[str, Any]
    gamma: float
    printed: str
    exact: float


WORLDS = (
    World("chance to cross the frozen lake", "FrozenLake-v1", {}, 1.0, "14/17", 14 / 17),
    World("return on the cliff", "CliffWalking-v1", {}, 1.0, "-13", -13),
    World("steps of the windy grid world", "GridWorld/Windy-v0", {}, 1.0, "15", 15),
    World("steps with king's moves", "GridWorld/Windy-v0", {"actions": "king"}, 1.0, "7", 7),
    World("steps of the Dyna maze", "GridWorld/DynaMaze-v0", {}, MAZE_GAMMA, "14", 14),
)


class Data(NamedTuple):
    """What is found, a number a world, in its unit."""

    oracle: list[float]
    learned: list[float]


def in_its_unit(world: World, value: float) -> float:
    """Return what the value of the start says: steps, a return or a chance."""
    if "Windy" in world.env_id:
        return -value
    return 1 + math.log(value) / math.log(world.gamma) if world.gamma < 1 else value


def experiment() -> Data:
    """Solve the worlds twice."""
    exact, learned = [], []
    for world in WORLDS:
        env = gym.make(world.env_id, **world.arguments)
        mdp = TabularMDP.from_env(env)
        v = mdp.initial @ oracle.optimal(mdp, gamma=world.gamma).v
        agent = ga.make("policy-iteration", env, gamma=world.gamma).learn(1000)
        exact.append(in_its_unit(world, float(v)))
        pi = np.eye(mdp.num_actions)[agent.predict(np.arange(mdp.num_states), deterministic=True)[0]]
        learned.append(in_its_unit(world, float(mdp.initial @ oracle.evaluate(mdp, pi, gamma=world.gamma))))
    return Data(exact, learned)


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    return [
        figure.Claim(f"{world.name}, {who}", world.printed, value, world.exact - 1e-12, world.exact + 1e-12, "exact")
        for who, values in (("oracle", data.oracle), ("policy-iteration", data.learned))
        for world, value in zip(WORLDS, values, strict=True)
    ]


def draw(data: Data) -> Figure:
    """Draw what is found relative to what is known."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(9, 3.6), layout="constrained")
    axes = picture.subplots()
    places = np.arange(len(WORLDS))
    for values, shift, marker, name in (
        (data.oracle, 0.12, "o", "oracle"),
        (data.learned, -0.12, "s", "policy-iteration"),
    ):
        relative = [value / world.exact for world, value in zip(WORLDS, values, strict=True)]
        colour = figure.COLOURS[shift < 0]
        axes.plot(relative, places + shift, marker, color=colour, label=name)
    axes.axvline(1, color=figure.PUBLISHED, lw=1, label="published")
    labels = [f"{world.name}: {world.printed}" for world in WORLDS]
    axes.set_yticks(places, labels)
    axes.set(xlim=(0.9, 1.1), xlabel="found, relative to what is published (1 is equal)", title=SOURCE)
    axes.invert_yaxis()
    axes.legend()
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
