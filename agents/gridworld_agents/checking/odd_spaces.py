"""An environment of any spaces: agents have to learn on it, or to refuse it in words."""

from __future__ import annotations

import copy
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

LENGTH = 5

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
    """Shows samples of a space; an episode ends for good after 5 steps.

    Args:
        observation_space: Of what it shows.
        action_space: Of what it takes.
    """

    def __init__(self, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]) -> None:
        self.observation_space, self.action_space = copy.deepcopy(observation_space), copy.deepcopy(action_space)
        self._source = copy.deepcopy(observation_space)
        self._t = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode."""
        super().reset(seed=seed, options=options)
        if seed is not None:
            self._source.seed(seed)
        self._t = 0
        return self._source.sample(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take an action of the space.

        Raises:
            ValueError: If it is none.
        """
        if not self.action_space.contains(action):
            raise ValueError(f"the agent took the action {action!r}, which is not in {self.action_space}")
        self._t += 1
        return self._source.sample(), 1.0, self._t >= LENGTH, False, {}
