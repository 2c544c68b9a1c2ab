"""`LinearPolicy`: actions from observations by one matrix of weights.

| observations | features |
|---|---|
| finite, but for MultiBinary | one-hot: the weights are a table, one row per observation |
| others, see `core.spaces` | the numbers that networks see, those with finite bounds scaled to [-1, 1]; and a 1 |

| actions | from h = features . weights |
|---|---|
| Discrete | softmax of the preferences h: at random, or the most preferred one |
| Box | tanh(h), scaled to the bounds where they are finite; else h itself |
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from gridworld_agents.core.finite_spaces import LARGEST_TABLE
from gridworld_agents.core.spaces import UNBOUNDED, Actions, Observations

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class LinearPolicy:
    """What turns observations and weights, (F, O) float64, into actions.

    Raises:
        ValueError: If there are other actions than Discrete or Box, or too many weights.
    """

    observations: Observations
    actions: Actions

    def __post_init__(self) -> None:
        """Check what may come from a file."""
        if self.actions.kind not in ("Discrete", "Box"):
            raise ValueError(f"Discrete or Box actions are needed, got {self.actions.name}")
        features, outputs = self.shape
        if features * outputs > LARGEST_TABLE:
            raise ValueError(f"{features * outputs} weights are more than the {LARGEST_TABLE} allowed")

    @classmethod
    def of(cls, agent_id: str, env: Any) -> Self:
        """Return the policy for an environment's spaces.

        Raises:
            ValueError: If `env` is no environment, or one of its spaces is of another kind or too large.
        """
        if not isinstance(env, gym.Env):
            raise ValueError(f"env must be a gymnasium.Env, got {env!r}")
        try:
            return cls(Observations.of(env.observation_space), Actions.of(env.action_space))
        except ValueError as error:
            raise ValueError(
                f"{agent_id} cannot act on observations {env.observation_space} and actions {env.action_space} of "
                f"{env}: {error}"
            ) from None

    @functools.cached_property
    def is_table(self) -> bool:
        """Whether the weights have a row for each observation."""
        return self.observations.size is not None and self.observations.kind != "MultiBinary"

    @functools.cached_property
    def shape(self) -> tuple[int, int]:
        """Of the weights: features and outputs."""
        features = self.observations.size if self.is_table else self.observations.width + 1
        return features, self.actions.size if self.actions.kind == "Discrete" else self.actions.width

    @property
    def num_seen(self) -> int:
        """Numbers in one observation as `see` returns it."""
        return 1 if self.is_table else self.shape[0]

    def see(self, observation: Any) -> FloatArray:
        """Return one observation of the environment's as features, or as its number alone: (num_seen,) float64.

        Raises:
            ValueError: If it is not in the space.
        """
        if self.is_table:
            return np.array([self.observations.number(observation)], np.float64)
        return self._features(observation, ())

    def see_all(self, given: Any) -> tuple[FloatArray, tuple[int, ...]]:
        """Return one observation or a batch, (N, num_seen) float64, and the batch's shape: () or (N,).

        Raises:
            ValueError: If something is not in the space.
        """
        if self.is_table:
            numbers = self.observations.numbers(given)
            return numbers.reshape(-1, 1).astype(np.float64), numbers.shape
        batch = self.observations.batch_shape(given)
        return self._features(given, batch).reshape(-1, self.num_seen), batch

    def _features(self, given: Any, batch: tuple[int, ...]) -> FloatArray:
        centre, half = self._scales
        rows = self.observations.encode(given, out=np.empty((*batch, self.observations.width)))
        return np.concatenate([(rows - centre) / half, np.ones((*batch, 1))], axis=-1)

    @functools.cached_property
    def _scales(self) -> tuple[FloatArray, FloatArray]:
        """The centre and half width of each number's bounds, 0 and 1 where one is infinite: (width,) each."""
        low, high = self.observations.low, self.observations.high
        finite = (np.abs(low) < UNBOUNDED) & (np.abs(high) < UNBOUNDED)
        with np.errstate(all="ignore"):
            half = np.where(finite & (high > low), (high - low) / 2, 1.0)
            return np.where(finite, (low + high) / 2, 0.0), half

    def outputs(self, weights: FloatArray, seen: FloatArray) -> FloatArray:
        """Return h for observations as `see` returns them: (..., O) float64."""
        if self.is_table:
            chosen: FloatArray = weights[seen[..., 0].astype(np.int64)]
            return chosen
        h: FloatArray = seen @ weights
        return h

    def choose(self, h: FloatArray, rng: np.random.Generator | None) -> Any:
        """Return actions for outputs (..., O): drawn from their softmax where there is a generator, else the best."""
        if self.actions.kind == "Box":
            return self.actions.scale(np.where(self.actions.bounded, np.tanh(h), h))
        if rng is not None:
            h = h + rng.gumbel(size=h.shape)  # whose largest is distributed as the softmax of h
        return self.actions.choose(h.argmax(axis=-1))

    def softmax(self, weights: FloatArray) -> FloatArray:
        """Return the probability of each action for each observation: (S, A) float64.

        Raises:
            ValueError: If there is no table, or actions are a Box.
        """
        if not self.is_table or self.actions.kind == "Box":
            raise ValueError(
                f"there is no (S, A) policy over a Box or MultiBinary, got observations {self.observations.name} and "
                f"actions {self.actions.name}"
            )
        e = np.exp(weights - weights.max(axis=1, keepdims=True))
        pi: FloatArray = e / e.sum(axis=1, keepdims=True)
        return pi
