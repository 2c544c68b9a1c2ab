"""`Normaliser`: observations shifted and scaled by the mean and the deviation of all that were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

if TYPE_CHECKING:
    import numpy.typing as npt

LEAST_DEVIATION = 1e-4
LARGEST = 10.0
"""Deviations at which a normalised observation is cut off."""


class Statistics(NamedTuple):
    """Running mean and variance of the observations of each member (Welford 1962)."""

    count: Any  # (M,) float64
    mean: Any  # (M, width) float64
    squares: Any  # (M, width) float64, sum of squared deviations from the mean


class Normaliser:
    """What networks see of observations.

    Args:
        members: M.
        width: Numbers in an observation.
        enabled: Whether it does anything.
    """

    def __init__(self, members: int, width: int, *, enabled: bool) -> None:
        self.enabled = enabled
        self.statistics = Statistics(np.zeros(members), np.zeros((members, width)), np.zeros((members, width)))

    def see(self, s: npt.NDArray[np.float32]) -> None:
        """Take observations into account, those of a member one after the other: (M, E, width)."""
        if not self.enabled:
            return
        count, mean, squares = self.statistics
        for e in range(s.shape[1]):
            count += 1
            off = s[:, e] - mean
            mean += off / count[:, None]
            squares += off * (s[:, e] - mean)

    def deviation(self) -> npt.NDArray[np.float64]:
        """Return the standard deviation of each number: (M, width), 1 where too little was seen to tell."""
        count, _, squares = self.statistics
        spread = np.sqrt(squares / np.maximum(count, 1)[:, None])
        usable: npt.NDArray[np.float64] = np.where(spread > LEAST_DEVIATION, spread, 1.0)
        return usable

    def one(self, m: int, s: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Normalise observations of a member: (..., width)."""
        if not self.enabled:
            return s
        return self._scaled(s, self.statistics.mean[m], self.deviation()[m])

    def all(self, s: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Normalise observations of all members: (M, E, width)."""
        if not self.enabled:
            return s
        return self._scaled(s, self.statistics.mean[:, None], self.deviation()[:, None])

    def batch(self, s: torch.Tensor) -> torch.Tensor:
        """Normalise observations of all members: (M, B, width)."""
        if not self.enabled:
            return s
        mean, deviation = (torch.from_numpy(x[:, None]).to(s) for x in (self.statistics.mean, self.deviation()))
        return ((s - mean) / deviation).clamp(-LARGEST, LARGEST)

    @staticmethod
    def _scaled(s: Any, mean: Any, deviation: Any) -> npt.NDArray[np.float32]:
        inside: npt.NDArray[np.float32] = np.clip((s - mean) / deviation, -LARGEST, LARGEST).astype(np.float32)
        return inside
