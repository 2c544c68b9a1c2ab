"""The world of maximisation bias (Sutton and Barto, example 6.7), and its agents. No figure of its own.

So that compiled code can draw the rewards of B, each is one of 100 numbers, all as likely: the quantiles of the normal
distribution, stretched to its deviation. In A, actions are chosen among two only, so both agents get another `act`.
"""

from typing import ClassVar

import numpy as np
from scipy.stats import norm

import gridworld_agents as ga
from gridworld_agents.authoring import epsilon_greedy, exploration, kernel
from gridworld_env import TabularMDP
from gridworld_env.authoring import TabularEnv, World, grid_world

B, A, END = range(3)
LEFT, RIGHT = 0, 1
ACTIONS, OUTCOMES = 10, 100


def biased_world():
    """Make the world of :class:`Biased`."""
    rewards = norm.ppf((np.arange(OUTCOMES) + 0.5) / OUTCOMES)
    next_state = np.full((3, ACTIONS, OUTCOMES), END)
    next_state[A, LEFT] = B
    reward = np.zeros(next_state.shape)
    reward[B] = rewards / rewards.std() - 0.1
    probability = np.full(next_state.shape, 1 / OUTCOMES)
    mdp = TabularMDP(next_state, probability, reward, next_state == END, np.eye(3)[A])
    names = ("left", "right", *(f"action {a}" for a in range(2, ACTIONS)))
    row = grid_world([".ST"])  # of as many states: where they are, and how one sees them
    return World(mdp, row.layouts, names, np.ones((3, ACTIONS), np.int8), row.observer)


class Biased(TabularEnv, world=biased_world):
    """Left of the start is a state with many actions, none of them any good; an episode of 2 steps went there."""


@kernel
def act(memory, s, params, rng):
    """Act epsilon-greedily: in A among left and right, in B among all."""
    if s != A:
        return epsilon_greedy(memory, s, params, rng)
    left, right = memory.q[A, LEFT], memory.q[A, RIGHT]
    if rng.random() < exploration(memory, s, params) or left == right:
        return int(rng.random() * 2)
    return LEFT if left > right else RIGHT


class Single(ga.spec("q-learning").load()):
    """Q-learning that knows which actions there are in A."""

    id = "q-learning"
    act: ClassVar = act


class Double(ga.spec("double-q-learning").load()):
    """Double Q-learning that knows which actions there are in A."""

    id = "double q-learning"
    act: ClassVar = act


AGENTS = (Single, Double)
