"""`LinearPolicy`: actions from observations by one matrix of weights, over finite or Box spaces.

| observations | features |
|---|---|
| finite (Discrete, MultiDiscrete, Tuple of Discrete) | one-hot: the weights are a table, one row per observation |
| Box, MultiBinary | its numbers, those with finite bounds scaled to [-1, 1]; and a 1 |

| actions | from h = features . weights |
|---|---|
| Discrete | softmax of the preferences h: at random, or the most preferred one |
| Box | tanh(h), scaled to the bounds where they are finite; else h itself |
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from gridworld_agents.core.finite_spaces import LARGEST_TABLE, Actions
from gridworld_agents.core.numbering import Numbering

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    from gridworld_agents.core import files

    FloatArray = npt.NDArray[np.float64]

HUGE = 1e30
"""Bounds from here on are none: some environments write the largest float for infinity."""


@dataclasses.dataclass(frozen=True, eq=False)
class Bounds:
    """A Box as its bounds, which have its shape and dtype."""

    low: npt.NDArray[Any]
    high: npt.NDArray[Any]

    def __post_init__(self) -> None:
        """Find centre and half width: 0 and 1 where a bound is infinite."""
        low, high = (bound.astype(np.float64).reshape(-1) for bound in (self.low, self.high))
        finite = (np.abs(low) < HUGE) & (np.abs(high) < HUGE)
        with np.errstate(all="ignore"):
            object.__setattr__(self, "centre", np.where(finite, (low + high) / 2, 0.0))
            half = np.where(finite & (high > low), (high - low) / 2, 1.0)
        object.__setattr__(self, "half", half)
        object.__setattr__(self, "finite", finite)

    centre: FloatArray = dataclasses.field(init=False)
    half: FloatArray = dataclasses.field(init=False)
    finite: npt.NDArray[np.bool_] = dataclasses.field(init=False)

    def __eq__(self, other: object) -> bool:
        """Return whether two have the same bounds, shape and dtype."""
        return isinstance(other, Bounds) and all(
            x.dtype == y.dtype and np.array_equal(x, y) for x, y in ((self.low, other.low), (self.high, other.high))
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return int(self.low.size)

    @classmethod
    def of(cls, space: spaces.Space[Any]) -> Self | None:
        """Return the bounds of a Box of numbers, None for any other space."""
        if not isinstance(space, spaces.Box) or space.dtype is None or space.dtype.kind not in "fiu" or not space.shape:
            return None
        return cls(space.low.copy(), space.high.copy())

    @classmethod
    def of_binary(cls, space: spaces.Space[Any]) -> Self | None:
        """Return the bounds of a MultiBinary, 0 and 1; None for any other space."""
        if not isinstance(space, spaces.MultiBinary):
            return None
        return cls(np.zeros(space.shape, space.dtype), np.ones(space.shape, space.dtype))

    def choose(self, h: FloatArray) -> Any:
        """Return actions for outputs (..., n), in the Box's shape and dtype."""
        x = np.where(self.finite, self.centre + self.half * np.tanh(h), h).reshape(*h.shape[:-1], *self.low.shape)
        if self.low.dtype.kind != "f":
            x = np.rint(x)
        return np.clip(x, self.low, self.high).astype(self.low.dtype)


@dataclasses.dataclass(frozen=True)
class LinearPolicy:
    """What turns observations and weights, (F, O) float64, into actions."""

    observations: Numbering | Bounds
    actions: Actions | Bounds

    @classmethod
    def of(cls, agent_id: str, env: Any) -> Self:
        """Return the policy for an environment's spaces.

        Raises:
            ValueError: If `env` is no environment, or one of its spaces is of another kind or too large.
        """
        if not isinstance(env, gym.Env):
            raise ValueError(f"env must be a gymnasium.Env, got {env!r}")
        seen, taken = env.observation_space, env.action_space
        observations = Numbering.of(seen) or Bounds.of(seen) or Bounds.of_binary(seen)
        actions = Actions.of(taken) if isinstance(taken, spaces.Discrete) else Bounds.of(taken)
        if observations is None:
            raise ValueError(f"{agent_id} needs finite, Box or MultiBinary observations, got {seen}")
        if actions is None:
            raise ValueError(f"{agent_id} needs Discrete or Box actions, got {taken}")
        if (size := observations.size * actions.size) > LARGEST_TABLE:
            raise ValueError(f"{agent_id} would have {size} weights, more than the {LARGEST_TABLE} allowed")
        return cls(observations, actions)

    @property
    def shape(self) -> tuple[int, int]:
        """Of the weights: features and outputs."""
        return self.observations.size + isinstance(self.observations, Bounds), self.actions.size

    @property
    def num_seen(self) -> int:
        """Numbers in one observation as `see` returns it."""
        return 1 if isinstance(self.observations, Numbering) else self.shape[0]

    def see(self, observation: Any) -> FloatArray:
        """Return one observation of the environment's as features, or as its number alone: (num_seen,) float64."""
        if isinstance(self.observations, Numbering):
            return np.array([self.observations.number(observation)], np.float64)
        x = np.ones(self.observations.size + 1)
        x[:-1] = (np.asarray(observation, np.float64).reshape(-1) - self.observations.centre) / self.observations.half
        return x

    def see_all(self, given: Any) -> tuple[FloatArray, tuple[int, ...]]:
        """Return one observation or a batch, (N, num_seen) float64, and the batch's shape: () or (N,).

        Raises:
            ValueError: If something is not in the space.
        """
        if isinstance(self.observations, Numbering):
            numbers = self.observations.numbers(given)
            return numbers.reshape(-1, 1).astype(np.float64), numbers.shape
        shape, array = self.observations.low.shape, np.asarray(given)
        batch = array.shape[: array.ndim - len(shape)]
        if len(batch) > 1 or array.shape[len(batch) :] != shape or array.dtype.kind not in "fiub":
            raise ValueError(f"an observation must be numbers of shape {shape}, or a batch of them, got {given!r}")
        rows = [self.see(row) for row in array.reshape(-1, *shape)]
        return np.array(rows).reshape(-1, self.num_seen), batch

    def outputs(self, weights: FloatArray, seen: FloatArray) -> FloatArray:
        """Return h for observations as `see` returns them: (..., O) float64."""
        if isinstance(self.observations, Numbering):
            chosen: FloatArray = weights[seen[..., 0].astype(np.int64)]
            return chosen
        h: FloatArray = seen @ weights
        return h

    def choose(self, h: FloatArray, rng: np.random.Generator | None) -> Any:
        """Return actions for outputs (..., O): drawn from their softmax where there is a generator, else the best."""
        if isinstance(self.actions, Bounds):
            return self.actions.choose(h)
        if rng is not None:
            h = h + rng.gumbel(size=h.shape)  # whose largest is distributed as the softmax of h
        return self.actions.choose(h.argmax(axis=-1))

    def softmax(self, weights: FloatArray) -> FloatArray:
        """Return the probability of each action for each observation: (S, A) float64.

        Raises:
            ValueError: If one of the spaces is a Box.
        """
        if isinstance(self.observations, Bounds) or isinstance(self.actions, Bounds):
            raise ValueError("there is no (S, A) policy over a Box")
        e = np.exp(weights - weights.max(axis=1, keepdims=True))
        pi: FloatArray = e / e.sum(axis=1, keepdims=True)
        return pi

    def to_file(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Return what makes it again, as JSON can hold it, and the bounds of its Boxes."""
        header: dict[str, Any] = {}
        arrays: dict[str, npt.NDArray[Any]] = {}
        for name in ("observations", "actions"):
            part: Numbering | Actions | Bounds = getattr(self, name)
            if isinstance(part, Bounds):
                header[name] = {"kind": "box", "dtype": str(part.low.dtype), "shape": part.low.shape}
                arrays |= {f"{name}.low": part.low, f"{name}.high": part.high}
            else:
                header[name] = part.to_json()
        return header, arrays

    @classmethod
    def from_file(cls, saved: files.Saved) -> Self:
        """Return the policy that a file holds.

        Raises:
            ValueError: If it holds none.
        """
        parts: list[Any] = []
        for name, finite in (("observations", Numbering), ("actions", Actions)):
            kept = saved.field(name, dict)
            if kept.get("kind") != "box":
                parts.append(finite.from_json(kept))
                continue
            dtype, shape = np.dtype(str(kept["dtype"])), tuple(kept["shape"])
            if dtype.kind not in "fiu" or not shape or not all(type(n) is int and n >= 1 for n in shape):
                raise ValueError(f"there is no such Box: {kept}")
            low, high = (saved.array(f"{name}.{end}", dtype, shape, finite=False) for end in ("low", "high"))
            if not (low <= high).all():
                raise ValueError(f"the bounds of its {name} are not in order")
            parts.append(Bounds(low, high))
        return cls(*parts)
