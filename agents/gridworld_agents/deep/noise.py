"""Noise that makes a deterministic policy explore, from generators that are handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

KINDS = ("gaussian", "ornstein-uhlenbeck")
DT = 1e-2
"""Time between two steps of the Ornstein-Uhlenbeck process, as in the code that DDPG is usually compared with."""


class Noise:
    """Noise for each member, environment and action; in units of half the range of an action.

    Args:
        kind: `"gaussian"`, independent at every step, or `"ornstein-uhlenbeck"`, which drifts back to 0 and so pushes
            the same way for a while (Uhlenbeck and Ornstein 1930; Lillicrap et al. 2016, section 7).
        theta: How fast the process returns to 0.
        shape: Members, environments, actions.
    """

    def __init__(self, kind: str, theta: float, shape: tuple[int, int, int]) -> None:
        self.theta, self.drifts = theta, kind == "ornstein-uhlenbeck"
        self.state = np.zeros(shape)

    def draw(self, m: int, rng: np.random.Generator, scale: float) -> npt.NDArray[np.float64]:
        """Return the noise of a member's next actions: (environments, actions).

        Args:
            m: The member.
            rng: Its generator.
            scale: Standard deviation of a step, or of the process per square root of time.
        """
        z = scale * rng.standard_normal(self.state.shape[1:])
        if not self.drifts:
            return z
        self.state[m] += -self.theta * self.state[m] * DT + z * DT**0.5
        drifted: npt.NDArray[np.float64] = self.state[m].copy()
        return drifted

    def restart(self, m: int, e: int) -> None:
        """Begin an episode: the process starts from 0."""
        self.state[m, e] = 0
