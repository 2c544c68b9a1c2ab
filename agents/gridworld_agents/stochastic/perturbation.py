"""Simultaneous perturbation (Spall 1992): random directions, gain sequences, and the gradient that two values tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridworld_agents.core.checks import is_number
from gridworld_agents.core.schedules import POLYNOMIAL, Schedule, at

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

STEP_POWER, PERTURBATION_POWER = 0.602, 0.101
"""The smallest powers for which the conditions hold, in practice the best ones (Spall 1998)."""


class Gains:
    """a_k = a / (k + 1 + A)^0.602 and c_k = c / (k + 1)^0.101, k = 0, 1, ...

    The sum of a_k is infinite, that of (a_k / c_k)^2 is finite, and c_k goes to 0: Spall's conditions.

    Raises:
        ValueError: If a or c is not above 0, or A is negative.
    """

    def __init__(self, a: float, c: float, A: float) -> None:
        for name, gain in (("a", a), ("c", c)):
            if not (is_number(gain) and gain > 0):
                raise ValueError(f"{name} must be a number above 0, got {gain!r}")
        if not (is_number(A) and A >= 0):
            raise ValueError(f"A must be a number >= 0, got {A!r}")
        self.step = Schedule(POLYNOMIAL, float(a), 1.0 + A, STEP_POWER)
        self.perturbation = Schedule(POLYNOMIAL, float(c), 1.0, PERTURBATION_POWER)

    def a(self, k: int) -> float:
        """Return a_k."""
        return at(self.step, k)

    def c(self, k: int) -> float:
        """Return c_k."""
        return at(self.perturbation, k)


def signs(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Return -1 or 1 with equal chance, each on its own: float64."""
    drawn: FloatArray = rng.choice((-1.0, 1.0), size=shape)
    return drawn


def gradient(above: float, below: float, c: float, delta: FloatArray) -> FloatArray:
    """Return (f(w + c delta) - f(w - c delta)) / (2 c) / delta; of signs, each is its own inverse."""
    estimate: FloatArray = (above - below) / (2 * c) * delta
    return estimate
