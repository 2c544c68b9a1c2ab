"""`LinearWorld`: a linear system with quadratic cost; what `LinearQuadratic-v0` is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_env.common.arrays import frozen
from gridworld_env.common.matrices import WIDEST, covariance, matrix, square, vector, weight
from gridworld_env.engine.continuous.linear_plane import plane_place, plane_scene
from gridworld_env.engine.continuous.world import ContinuousWorld, Dynamics

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.rendering.point_scene import PointScene

DT, PUSH = 0.1, 5.0
DEFAULT_A = ((1.0, DT), (0.0, 1.0))
DEFAULT_B = ((PUSH * DT**2 / 2,), (PUSH * DT,))
"""The double integrator, exact for an action held during DT: place and velocity, pushed with up to PUSH."""


class LinearWorld(ContinuousWorld):
    """A linear system x' = A x + B u + w under the cost x' Q x + u' R u; immutable, shared by copies.

    Args:
        A: (n, n), how the state moves by itself.
        B: (n, m), how the action moves it.
        Q: (n, n), the cost of the state, symmetric positive semidefinite.
        R: (m, m), the cost of the action, symmetric positive definite.
        noise: Standard deviation of w in every number of the state, one or n of them, or its covariance, (n, n).
        start: Episodes start uniformly in [-start, start], one number or n; or (2, n), the least and the greatest.
        action_bound: Actions lie in [-action_bound, action_bound], one number or m.

    Raises:
        ValueError: If a matrix does not fit or a number is out of range.
    """

    def __init__(self, A: Any, B: Any, Q: Any, R: Any, noise: Any, start: Any, action_bound: Any) -> None:
        self.A = square("A", A)
        n = len(self.A)
        self.B = matrix("B", B, (n, None))
        m = self.B.shape[1]
        self.Q, self.R = weight("Q", Q, n, definite=False), weight("R", R, m, definite=True)
        self.covariance = covariance(noise, n)
        self.low, self.high = _box(start, n)
        self.bound = frozen(vector("action_bound", action_bound, m))
        if (self.bound <= 0).any():
            raise ValueError(f"action_bound must be > 0, got {action_bound!r}")
        # Cut off only so that it stays finite: bounds of 3.4e38 would be no scale to normalise or discretise by.
        self.observation_space = spaces.Box(-np.inf, np.inf, (n,), np.float32)
        limit = self.bound.astype(np.float32)
        if (limit == 0).any():
            raise ValueError(f"action_bound must be > 0 in float32 too, got {action_bound!r}: scale B and R instead")
        self.action_space = spaces.Box(-limit, limit, dtype=np.float32)
        self.state_size = self.start_draws = n
        self.step_draws = n + n % 2 if self.covariance.any() else 0

    def dynamics(self) -> Dynamics:
        """Return what is compiled."""
        from gridworld_env.engine.continuous.linear_dynamics import Matrices, advance, start

        shares, ways = np.linalg.eigh(self.covariance)
        factor = ways * np.sqrt(np.maximum(shares, 0.0))
        arrays = (self.A, self.B, self.Q, self.R, factor, self.low, self.high)
        parameters: list[Any] = [*(frozen(np.array(array)) for array in arrays), WIDEST]
        return Dynamics(start, advance, Matrices(*parameters))

    def observations_of(self, states: FloatArray) -> npt.NDArray[np.float32]:
        """Return what states (n, D) look like: themselves, (n, D) float32."""
        seen: npt.NDArray[np.float32] = np.clip(states, -WIDEST, WIDEST).astype(np.float32)
        return seen

    def start_state(self, start: Any) -> FloatArray:
        """Return the state that ``options={"start": start}`` names: (D,).

        Raises:
            ValueError: If it is no state.
        """
        if np.shape(start) != (self.state_size,):
            raise ValueError(f"start must be a state, {self.state_size} numbers, got {start!r}")
        return vector("start", start, self.state_size)

    def saved_state(self, saved: Any) -> FloatArray:
        """Return a state that was saved; a start may be any state."""
        return self.start_state(saved)

    def place_of(self, state: FloatArray) -> tuple[float, float]:
        """Return where a state is in the scene."""
        return plane_place(self, state)

    def scene(self, items: dict[str, Any]) -> PointScene:
        """Return the plane of the first two numbers of the state; see `plane_scene`.

        Raises:
            ValueError: If an item does not fit.
        """
        return plane_scene(self, items)


def linear_world(
    A: Any = DEFAULT_A,
    B: Any = DEFAULT_B,
    Q: Any = ((1.0, 0.0), (0.0, 0.1)),
    R: Any = ((5.0,),),
    noise: Any = 0.01,
    start: Any = 1.0,
    action_bound: Any = 1.0,
) -> LinearWorld:
    """Make the world of a linear system; the arguments are those of :class:`LinearWorld`.

    Raises:
        ValueError: If a matrix does not fit or a number is out of range.
    """
    return LinearWorld(A, B, Q, R, noise, start, action_bound)


def _box(start: Any, n: int) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest start, (n,) each."""
    if np.ndim(start) == 2:
        low, high = matrix("start", start, (2, n))
        if (low > high).any():
            raise ValueError(f"the least start must be <= the greatest, got {start!r}")
    else:
        high = vector("start", start, n)
        low = -high
        if (high < 0).any():
            raise ValueError(f"start must be >= 0, a half width, got {start!r}")
    return frozen(low), frozen(high)
