"""Checks of scores, and `Interval`: what every statistic here takes and gives.

Scores are (num_runs, num_tasks), rliable's convention; curves have a third axis, (num_runs, num_tasks, num_points).
A missing score is refused, not skipped: leaving failed runs out makes an agent that often fails look better.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import is_number
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    import numpy.typing as npt


@export("gridworld_agents.statistics.Interval")
@dataclasses.dataclass(frozen=True)
class Interval:
    """A statistic and its confidence interval: floats, or arrays of one shape for curves and profiles."""

    value: Any
    low: Any
    high: Any


def checked_scores(argument: str, scores: Any, *axes: int) -> npt.NDArray[np.float64]:
    """Return scores as a float64 array.

    Args:
        argument: The name in errors.
        scores: Anything that NumPy makes an array of numbers from.
        *axes: The numbers of axes that are allowed.

    Raises:
        ValueError: If the shape is wrong or empty, or a score is not finite.
    """
    try:
        array = np.asarray(scores, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{argument} must be an array of numbers: {error}") from None
    if array.ndim not in axes:
        allowed = " or ".join(map(str, axes))
        raise ValueError(f"{argument} must have {allowed} axes (runs, tasks, points), got shape {array.shape}")
    if not array.size:
        raise ValueError(f"{argument} must not be empty, got shape {array.shape}")
    missing = np.argwhere(~np.isfinite(array))
    if len(missing):
        where = tuple(missing[0].tolist())
        raise ValueError(
            f"{argument} must be finite, got {array[where]} at {where} and {len(missing)} such in all: "
            "run the failed runs again, or score them as the worst"
        )
    return array


def checked_confidence(confidence: Any) -> float:
    """Return a confidence as a float.

    Raises:
        ValueError: If it is not a number in (0, 1).
    """
    if not (is_number(confidence) and 0 < confidence < 1):
        raise ValueError(f"confidence must be in (0, 1), got {confidence!r}")
    return float(confidence)


def without_rounding(differences: npt.NDArray[np.float64], tolerance: Any) -> npt.NDArray[np.float64]:
    """Return differences with those of at most `tolerance` set to 0: two exact optima differ by rounding alone.

    Raises:
        ValueError: If the tolerance is not a number >= 0.
    """
    if not is_number(tolerance) or tolerance < 0:
        raise ValueError(f"tolerance must be a number >= 0, got {tolerance!r}")
    return np.where(np.abs(differences) <= tolerance, 0.0, differences)


def percentile_interval(value: Any, draws: npt.NDArray[np.float64], confidence: float) -> Interval:
    """Return the interval between percentiles of `draws`, whose first axis is the resamples."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, (tail, 1 - tail), axis=0)
    return Interval(*(array.item() if np.ndim(array) == 0 else array for array in map(np.asarray, (value, low, high))))
