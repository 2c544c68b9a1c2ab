"""Tiny environments that the agents are checked on, each in every pair of spaces that an agent may ask for."""

from __future__ import annotations

import abc
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces


class Variant(NamedTuple):
    """Which spaces a tiny environment shows."""

    observations: str  # "discrete", the number of the state, or "box", features of it
    actions: str  # "discrete", or "box", one number in [-1, 1]

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.observations.capitalize()} observations and {self.actions.capitalize()} actions"


TABLE, FEATURES, CONTINUOUS = Variant("discrete", "discrete"), Variant("box", "discrete"), Variant("box", "box")
VARIANTS = (TABLE, FEATURES, CONTINUOUS)


class TinyEnv(gym.Env[Any, Any]):
    """S states and A actions. Observations in a Box are one-hot; an action in a Box is rounded to one of the A.

    Args:
        S: Number of states.
        A: Number of actions.
        variant: Which spaces to show.
        limit: Steps after which an episode is truncated.
    """

    def __init__(self, S: int, A: int, variant: Variant, limit: int) -> None:
        self.S, self.A, self.variant, self.limit = S, A, variant, limit
        table, one = variant.observations == "discrete", np.ones(1, np.float32)
        self.observation_space = spaces.Discrete(S) if table else spaces.Box(0, 1, (S,), np.float32)
        self.action_space = spaces.Discrete(A) if variant.actions == "discrete" else spaces.Box(-one, one)
        self.s = self.t = 0

    @abc.abstractmethod
    def start(self) -> int:
        """Return the state in which an episode starts."""
        raise NotImplementedError

    @abc.abstractmethod
    def move(self, s: int, a: int) -> tuple[int, float, bool]:
        """Return s_next, r and whether that ends the episode."""
        raise NotImplementedError

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode."""
        super().reset(seed=seed, options=options)
        self.s, self.t = self.start(), 0
        return self.observe(self.s), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take an action."""
        self.s, r, terminated = self.move(self.s, self.number_of(action))
        self.t += 1
        return self.observe(self.s), r, terminated, not terminated and self.t >= self.limit, {}

    def observe(self, s: int) -> Any:
        """Return the observation of a state."""
        if self.variant.observations == "discrete":
            return s
        one_hot = np.zeros(self.S, np.float32)
        one_hot[s] = 1
        return one_hot

    def number_of(self, action: Any) -> int:
        """Return the number of an action. One of the wrong type will do: another check is there to find it."""
        x = float(np.asarray(action).reshape(-1)[0])
        if self.variant.actions == "box":
            x = (x + 1) / 2 * self.A
        return min(max(int(x), 0), self.A - 1)

    def observations(self) -> list[Any]:
        """Return those of all states."""
        return [self.observe(s) for s in range(self.S)]

    @property
    def P(self) -> dict[int, dict[int, list[tuple[float, int, float, bool]]]]:  # noqa: N802 - Gymnasium's name
        """The exact model, for agents that plan; episodes that are only cut off go on in it."""
        moves = {s: {a: self.move(s, a) for a in range(self.A)} for s in range(self.S)}
        return {s: {a: [(1.0, *moves[s][a])] for a in range(self.A)} for s in range(self.S)}

    @property
    @abc.abstractmethod
    def initial_state_distrib(self) -> Any:
        """Where episodes start: (S,) float64."""
        raise NotImplementedError


class Scramble(TinyEnv):
    """A maze without a plan: where a move leads and what it pays is a fixed table of arbitrary numbers.

    There are more ways through it than a short run can try, so that what an agent has learned depends on every random
    choice that it made: two runs agree only if they made the same ones. The environment itself draws nothing, and every
    episode starts in state 0 and is truncated after 10 steps: after a multiple of 10 steps there is nothing about it
    that an agent would have to save.
    """

    LENGTH = 10

    def __init__(self, variant: Variant) -> None:
        super().__init__(48, 4, variant, self.LENGTH)
        rng = np.random.default_rng(7)
        self._next = rng.integers(self.S, size=(self.S, self.A)).tolist()
        self._reward = rng.random((self.S, self.A)).round(3).tolist()

    def start(self) -> int:
        """Return state 0."""
        return 0

    def move(self, s: int, a: int) -> tuple[int, float, bool]:
        """Look up where a move leads and what it pays."""
        return self._next[s][a], self._reward[s][a], False

    @property
    def initial_state_distrib(self) -> Any:
        """State 0: (S,) float64."""
        return np.eye(self.S)[0]


class Corridor(TinyEnv):
    """Five cells in a row, and the way out is the one in the middle. A step costs 0.1, getting out pays 1.

    Action 0 goes left, 1 right, so that no action is the best everywhere. An episode starts in any cell but the way
    out: an agent sees them all, however little it explores.
    """

    CELLS, OUT = 5, 2

    def __init__(self, variant: Variant) -> None:
        super().__init__(self.CELLS, 2, variant, 20)

    def start(self) -> int:
        """Draw a cell."""
        return int(self.np_random.choice(np.delete(np.arange(self.S), self.OUT)))

    def move(self, s: int, a: int) -> tuple[int, float, bool]:
        """Go left or right."""
        if s == self.OUT:  # never left: it is here for the model's sake
            return s, 0.0, True
        s_next = min(max(0, s + (1 if a == 1 else -1)), self.S - 1)
        return s_next, 1.0 if s_next == self.OUT else -0.1, s_next == self.OUT

    def best(self, s: int) -> int | None:
        """Return the only optimal action in a cell, for any discount in (0, 1]; None on the way out."""
        return None if s == self.OUT else int(s < self.OUT)

    @property
    def initial_state_distrib(self) -> Any:
        """Any cell but the way out: (S,) float64."""
        return (np.arange(self.S) != self.OUT) / (self.S - 1)
