"""Observations as numbers in a row, and actions between -1 and 1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from gymnasium import spaces
from gymnasium.vector import VectorEnv

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

LARGEST_OBSERVATION = 10_000
"""Numbers in an observation above which it is taken for an image."""


class Boxes(NamedTuple):
    """The spaces of an environment, as an agent with networks sees them."""

    observations: tuple[int, ...]  # shape of an observation
    actions: tuple[int, ...]  # shape of an action
    low: npt.NDArray[np.float64]  # (actions,)
    high: npt.NDArray[np.float64]  # (actions,)
    dtype: str  # of an action

    @classmethod
    def of(cls, agent_id: str, env: gym.Env[Any, Any]) -> Boxes:
        """Read them off an environment.

        Raises:
            ValueError: If a space cannot be handled, with the way out.
        """
        given: Any = env
        if isinstance(given, VectorEnv):
            raise ValueError(f"{agent_id} takes one environment, got {given}: pass one, with num_envs={given.num_envs}")
        seen, chosen = getattr(env, "observation_space", None), getattr(env, "action_space", None)
        if not isinstance(seen, spaces.Box):
            raise ValueError(
                f"{agent_id} needs observations in a Box, got the observation space {seen}; "
                "gymnasium.wrappers.FlattenObservation makes one of most others"
            )
        grey = len(seen.shape) == 2 and seen.dtype == np.uint8
        if grey or len(seen.shape) > 2 or math.prod(seen.shape) > LARGEST_OBSERVATION:
            raise ValueError(
                f"{agent_id} cannot see images, got the observation space {seen}: "
                "use an environment or a wrapper that shows features, or an agent with convolutions such as sb3/ddpg"
            )
        if not isinstance(chosen, spaces.Box) or chosen.dtype.kind != "f":
            others = "; q-learning and sb3/dqn take these" if isinstance(chosen, spaces.Discrete) else ""
            raise ValueError(
                f"{agent_id} needs actions in a Box of real numbers, got the action space {chosen}{others}"
            )
        low, high = (bound.astype(np.float64).reshape(-1) for bound in (chosen.low, chosen.high))
        if not (np.isfinite(low).all() and np.isfinite(high).all() and (low < high).all()):
            raise ValueError(
                f"{agent_id} needs actions with finite bounds, low < high, got the action space {chosen}; "
                "gymnasium.wrappers.TransformAction with a bounded action_space gives it some"
            )
        return cls(seen.shape, chosen.shape, low, high, str(chosen.dtype))

    @property
    def num_observed(self) -> int:
        """How many numbers are in an observation."""
        return math.prod(self.observations)

    @property
    def num_chosen(self) -> int:
        """How many numbers are in an action."""
        return math.prod(self.actions)

    def action(self, a: npt.NDArray[np.floating[Any]]) -> npt.NDArray[Any]:
        """Return the environment's actions for actions in [-1, 1]: (..., actions) to (..., *shape)."""
        scaled = self.low + (a + 1) * 0.5 * (self.high - self.low)
        inside = np.minimum(np.maximum(scaled, self.low), self.high).astype(self.dtype)  # quicker than numpy.clip
        return inside.reshape((*a.shape[:-1], *self.actions))

    def same(self, other: Boxes) -> bool:
        """Return whether these are the same spaces."""
        bounds = np.array_equal(self.low, other.low) and np.array_equal(self.high, other.high)
        return bounds and self[:2] == other[:2] and self.dtype == other.dtype

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        return {**self._asdict(), "low": self.low.tolist(), "high": self.high.tolist()}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Boxes:
        """Read them from a file.

        Raises:
            ValueError: If they are not such spaces.
        """
        shapes = [tuple(given[name]) for name in ("observations", "actions")]
        low, high = (np.array(given[name], np.float64).reshape(-1) for name in ("low", "high"))
        sound = all(type(n) is int and n > 0 for shape in shapes for n in shape)
        if not (
            sound and math.prod(shapes[0]) <= LARGEST_OBSERVATION and len(low) == len(high) == math.prod(shapes[1])
        ):
            raise ValueError("its spaces are out of range")
        if not (np.isfinite(low).all() and np.isfinite(high).all() and (low < high).all()):
            raise ValueError("its actions have no bounds")
        if given["dtype"] not in ("float32", "float64", "float16"):
            raise ValueError(f"its actions are of the dtype {given['dtype']!r}")
        return cls(shapes[0], shapes[1], low, high, given["dtype"])
