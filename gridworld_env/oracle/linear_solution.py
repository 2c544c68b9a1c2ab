"""`LinearSolution`: what the oracle knows of a linear gain in a linear system with quadratic cost."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray


class LinearSystem(Protocol):
    """What the oracle reads of a linear system; float64 arrays."""

    A: FloatArray  # (n, n)
    B: FloatArray  # (n, m)
    Q: FloatArray  # (n, n)
    R: FloatArray  # (m, m)
    covariance: FloatArray  # (n, n) of the noise
    low: FloatArray  # (n,) least start
    high: FloatArray  # (n,) greatest
    bound: FloatArray  # (m,) greatest action
    state_size: int


@export("gridworld_env.oracle.LinearSolution")
@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class LinearSolution:
    """The policy u = -K x and its exact value v(x) = -(x' P x + c), as if actions had no bounds."""

    world: LinearSystem
    gamma: float
    gain: FloatArray
    """K, (m, n) float64."""
    P: FloatArray
    """(n, n) float64, symmetric."""
    c: float
    """The cost of the noise; 0 without."""
    residual: float
    """The greatest difference of an entry between the two sides of the equation that P solves; 0 for a horizon."""
    P_error: float
    """A proven bound of the spectral norm of P minus the exact one, rounding included; inf where none is found."""
    c_error: float
    """A proven bound of the error of c."""
    horizon: int | None = None
    """Steps that the value counts; None: all."""

    def value(self, observation: Any) -> Any:
        """Return the value of an observation (n,) as a float, of observations (N, n) as (N,) float64."""
        x = np.asarray(observation, np.float64)
        values = -(np.einsum("...i,ij,...j->...", x, self.P, x) + self.c)
        return values if x.ndim > 1 else float(values)

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = True
    ) -> tuple[Any, Any]:
        """Return the action -K x, within the bounds, as an agent's `predict` does.

        Args:
            observation: (n,), or (N, n) for several environments.
            state: Returned as it is.
            episode_start: Not used.
            deterministic: Not used: the policy is.

        Returns:
            The action, (m,) or (N, m) float32, and `state`.
        """
        del episode_start, deterministic
        action = -np.asarray(observation, np.float64) @ self.gain.T
        return np.clip(action, -self.world.bound, self.world.bound).astype(np.float32), state

    @property
    def start_value(self) -> float:
        """The mean value of the starts: E[x' P x] = mean' P mean + sum_i P_ii width_i^2 / 12 in a box."""
        mean, width = (self.world.low + self.world.high) / 2, self.world.high - self.world.low
        return -float(mean @ self.P @ mean + np.diag(self.P) @ width**2 / 12 + self.c)

    @property
    def error(self) -> float:
        """A proven bound of the error of `start_value`, and of `value` at every start, rounding included.

        For x the error is at most `P_error` |x|^2 + `c_error`, and what rounding does to the sums: some n^2 operations
        on terms of |P| |x|^2 and c.
        """
        square = float((np.maximum(np.abs(self.world.low), np.abs(self.world.high)) ** 2).sum())
        n, unit = len(self.P), float(np.finfo(np.float64).eps)
        size = float(np.linalg.norm(self.P)) * square + abs(self.c)
        return (self.P_error * square + self.c_error + (n * n + n + 12) * unit * size) * (1 + 1e-9)

    def __repr__(self) -> str:
        """Return what it is, in a line."""
        steps = "" if self.horizon is None else f", {self.horizon} steps"
        gain = np.array2string(self.gain, precision=4, separator=", ").replace("\n", "")
        return f"<LinearSolution: gain {gain}, gamma {self.gamma:g}{steps}, start value {self.start_value:.6g}>"
