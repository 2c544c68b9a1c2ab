"""An environment of any spaces: agents have to learn on it, or to refuse it in words."""

from __future__ import annotations

import copy
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

LENGTH = 5
"""Mean length of an episode."""
SHOWN = 8
"""How many elements of a Discrete space are shown at most, so that its model stays small."""

OBSERVATIONS: tuple[spaces.Space[Any], ...] = (
    spaces.Discrete(4),
    spaces.Discrete(4, start=2),
    spaces.Box(-1, 1, (3,), np.float32),
    spaces.MultiDiscrete([3, 2]),
    spaces.MultiBinary(3),
    spaces.Tuple((spaces.Discrete(3), spaces.Discrete(2))),
    spaces.Dict({"a": spaces.Discrete(3), "b": spaces.Box(-1, 1, (2,), np.float32)}),
    spaces.Text(4),
)
ACTIONS: tuple[spaces.Space[Any], ...] = (
    spaces.Discrete(3),
    spaces.Discrete(3, start=1),
    spaces.Box(-1, 1, (2,), np.float32),
    spaces.MultiDiscrete([2, 3]),
    spaces.MultiBinary(2),
)


class SpacesEnv(gym.Env[Any, Any]):
    """Shows samples of a space; each step ends the episode for good with probability 1/5, and pays 1.

    So where both spaces are Discrete its exact model is known, for agents that plan.

    Args:
        observation_space: Of what it shows.
        action_space: Of what it takes.
    """

    def __init__(self, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]) -> None:
        self.observation_space, self.action_space = copy.deepcopy(observation_space), copy.deepcopy(action_space)
        self._source = copy.deepcopy(observation_space)
        if isinstance(observation_space, spaces.Discrete):
            self._source = spaces.Discrete(min(int(observation_space.n), SHOWN), start=int(observation_space.start))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode."""
        super().reset(seed=seed, options=options)
        if seed is not None:
            self._source.seed(seed)
        return self._source.sample(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take an action of the space.

        Raises:
            ValueError: If it is invalid.
        """
        if not self.action_space.contains(action):
            raise ValueError(f"the agent took the action {action!r}, which is not in {self.action_space}")
        return self._source.sample(), 1.0, bool(self.np_random.random() < 1 / LENGTH), False, {}

    @property
    def P(self) -> dict[int, dict[int, list[tuple[float, int, float, bool]]]]:  # noqa: N802 - Gymnasium's name
        """The exact model: states and actions are numbered from 0, wherever their spaces begin.

        Raises:
            AttributeError: If a space is not Discrete.
        """
        S, A = (int(getattr(space, "n", 0)) for space in self._discrete())
        ends = {True: 1 / LENGTH, False: 1 - 1 / LENGTH}
        seen = min(S, SHOWN)
        outcomes = [(p / seen, s_next, 1.0, over) for over, p in ends.items() for s_next in range(seen)]
        return {s: dict.fromkeys(range(A), outcomes) for s in range(S)}

    def observe_states(self, states: Any) -> Any:
        """Return what is shown in states of the model: numbers from where the space begins."""
        return np.asarray(states) + int(getattr(self.observation_space, "start", 0))

    @property
    def initial_state_distrib(self) -> Any:
        """Any of those that are shown: (S,) float64."""
        S = int(getattr(self._discrete()[0], "n", 0))
        return (np.arange(S) < SHOWN) / min(S, SHOWN)

    def _discrete(self) -> tuple[spaces.Space[Any], spaces.Space[Any]]:
        both = self.observation_space, self.action_space
        if not all(isinstance(space, spaces.Discrete) for space in both):
            raise AttributeError("there is a model of Discrete spaces only")
        return both
