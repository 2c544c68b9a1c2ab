"""`Normaliser`: observations shifted and scaled by the mean and the deviation of all that were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    import numpy.typing as npt

LEAST_DEVIATION = 1e-4
LARGEST = 10.0
"""Deviations at which a normalised observation is cut off."""


class Normaliser:
    """Running mean and variance of the observations of each member (Welford 1962).

    Args:
        members: M.
        observations: Numbers in an observation.
        enabled: Whether it does anything.
    """

    def __init__(self, members: int, observations: int, *, enabled: bool) -> None:
        self.enabled = enabled
        self.count = np.zeros(members)
        self.mean = np.zeros((members, observations))
        self.squares = np.zeros((members, observations))  # sum of squared deviations from the mean

    def see(self, m: int, s: npt.NDArray[np.float32]) -> None:
        """Take an observation of a member into account: (observations,)."""
        if not self.enabled:
            return
        self.count[m] += 1
        off = s - self.mean[m]
        self.mean[m] += off / self.count[m]
        self.squares[m] += off * (s - self.mean[m])

    def deviation(self) -> npt.NDArray[np.float64]:
        """Return the standard deviation of each number: (M, observations), 1 where too little was seen to tell."""
        spread = np.sqrt(self.squares / np.maximum(self.count, 1)[:, None])
        usable: npt.NDArray[np.float64] = np.where(spread > LEAST_DEVIATION, spread, 1.0)
        return usable

    def one(self, m: int, s: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Normalise observations of a member: (..., observations)."""
        if not self.enabled:
            return s
        scaled = (s - self.mean[m]) / self.deviation()[m]
        inside: npt.NDArray[np.float32] = np.clip(scaled, -LARGEST, LARGEST).astype(np.float32)
        return inside

    def batch(self, s: torch.Tensor) -> torch.Tensor:
        """Normalise observations of all members: (M, B, observations)."""
        if not self.enabled:
            return s
        mean, deviation = (torch.from_numpy(x[:, None]).to(s) for x in (self.mean, self.deviation()))
        return ((s - mean) / deviation).clamp(-LARGEST, LARGEST)
