"""What the references share: how an episode is walked through, and how actions are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from sides import Local

import gridworld_env  # noqa: F401 - registers the environments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Act = Callable[[int], int]

ALPHA, GAMMA, EPSILON, DECAY = 0.1, 0.99, 0.1, 0.9
BLOCK = 2_000


class Reference(Local):
    """A side that learns by episodes.

    Args:
        learn: Learns from at least one episode and returns how many steps it took.
        table: What is learned, (S, A) or (S,), changed in place.
    """

    def __init__(self, learn: Callable[[], int], table: np.ndarray) -> None:
        def block() -> int:
            steps = 0
            while steps < BLOCK:
                steps += learn()
            return steps

        super().__init__(block)
        self.table = table


def parts(env_id: str) -> tuple[gym.Env, np.random.Generator, np.ndarray]:
    """Return an environment, a generator and a table of zeros, (S, A)."""
    env = gym.make(env_id)
    env.reset(seed=0)
    return env, np.random.default_rng(0), np.zeros((env.observation_space.n, env.action_space.n))


def epsilon_greedy(q: np.ndarray, rng: np.random.Generator) -> Act:
    """Return what chooses a random action with chance `EPSILON`, else the first of the best."""
    A = q.shape[1]
    return lambda s: int(rng.integers(A)) if rng.random() < EPSILON else int(np.argmax(q[s]))


def greedy(q: np.ndarray) -> Act:
    """Return what chooses the first of the best actions."""
    return lambda s: int(np.argmax(q[s]))


def uniform(A: int, rng: np.random.Generator) -> Act:
    """Return what chooses any action."""
    return lambda _: int(rng.integers(A))


def steps(env: gym.Env, act: Act, start: tuple[int, int] | None = None) -> Iterator[tuple[Any, ...]]:
    """Walk through an episode: s, a, r, s_next, terminated. An action is chosen after the last step was learned from.

    Args:
        env: Observations and actions are numbers.
        act: Chooses the actions.
        start: State and action that it begins with; None for the environment's start.
    """
    if start is None:
        s, a = env.reset()[0], None
    else:
        s, a = env.reset(options={"start": start[0]})[0], start[1]
    over = False
    while not over:
        if a is None:
            a = act(s)
        s_next, r, terminated, truncated, _ = env.step(a)
        yield s, a, r, s_next, terminated
        s, a, over = s_next, None, terminated or truncated


def steps_and_next_actions(env: gym.Env, act: Act) -> Iterator[tuple[Any, ...]]:
    """Walk through an episode: s, a, r, s_next, a_next, terminated, over. An action is chosen before the update."""
    s, over = env.reset()[0], False
    a = act(s)
    while not over:
        s_next, r, terminated, truncated, _ = env.step(a)
        a_next, over = act(s_next), terminated or truncated
        yield s, a, r, s_next, a_next, terminated, over
        s, a = s_next, a_next
