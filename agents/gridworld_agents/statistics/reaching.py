"""When a curve of exact gaps first comes near the optimum, and the median of that over seeds, some of which never do.

1  reached <- the first point whose gap is <= fraction * |optimal value|; inf where none is. It may rise again later
2  the median over seeds, where inf is larger than all: inf once half of the seeds or more never arrive
3  the interval between the k-th smallest and the k-th largest, the largest k whose coverage by Binomial(n, 1/2) is
   at least the confidence (distribution-free: Thompson 1936; censoring at one common end leaves the order intact)
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import is_number
from gridworld_agents.core.public import export
from gridworld_agents.statistics.scores import checked_confidence, checked_scores

if TYPE_CHECKING:
    import numpy.typing as npt


@export("gridworld_agents.statistics.Reaching")
@dataclasses.dataclass(frozen=True)
class Reaching:
    """When seeds arrived, in the unit of their times."""

    median: float
    """inf: half of the seeds or more never did within the runs."""
    low: float
    high: float
    coverage: float
    """That the interval really has. With 5 seeds or fewer it is under 95%, though it spans all of them."""
    reached: int
    seeds: int


@export("gridworld_agents.statistics.first_reached")
def first_reached(gaps: Any, at: Any, optimal_value: float, fraction: float) -> npt.NDArray[np.float64]:
    """Return when each run first came within a fraction of the optimum: (num_runs,), inf where it never did.

    Args:
        gaps: (num_runs, num_points), exact gaps >= 0 in the unit of returns.
        at: Steps or seconds of the points, (num_points,), or (num_runs, num_points) where runs differ; not decreasing.
        optimal_value: What the gaps are measured against, not 0.
        fraction: Of |optimal_value|, > 0: 0.01 and 0.1 are customary.

    Raises:
        ValueError: If a shape or value is wrong.
    """
    gaps, at = checked_scores("gaps", gaps, 2), checked_scores("at", at, 1, 2)
    if at.shape not in {gaps.shape, gaps.shape[1:]}:
        raise ValueError(f"at must have shape {gaps.shape[1:]} or {gaps.shape}, as the gaps', got {at.shape}")
    if (np.diff(at) < 0).any():
        raise ValueError("at must not decrease along a run")
    if not is_number(optimal_value) or optimal_value == 0:
        raise ValueError(f"optimal_value must be a finite number other than 0, got {optimal_value!r}: use a plain gap")
    if not is_number(fraction) or fraction <= 0:
        raise ValueError(f"fraction must be > 0, got {fraction!r}")
    near = gaps <= fraction * abs(optimal_value)  # 1
    first = near.argmax(1)
    times = np.broadcast_to(at, gaps.shape)[np.arange(len(gaps)), first]
    return np.where(near.any(1), times, math.inf)


@export("gridworld_agents.statistics.median_time")
def median_time(times: Any, *, confidence: float = 0.95) -> Reaching:
    """Return the median of times (num_runs,), inf for never, and its interval.

    Raises:
        ValueError: If there are none, one is NaN or -inf, or the confidence is out of range.
    """
    from scipy.stats import binom

    confidence, times = checked_confidence(confidence), np.asarray(times, np.float64)
    if times.ndim != 1 or not times.size or np.isnan(times).any() or (times == -math.inf).any():
        raise ValueError(f"times must be one axis of numbers, inf for never, got {times!r}")
    n, ordered = len(times), np.sort(times)
    coverage = 1 - 2 * binom.cdf(np.arange(max(n // 2, 1)), n, 0.5)  # of k = 1, 2, ...
    k = max(int(np.count_nonzero(coverage >= confidence)), 1)  # 3
    median = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2  # 2
    return Reaching(
        float(median),
        float(ordered[k - 1]),
        float(ordered[n - k]),
        max(float(coverage[k - 1]), 0.0),
        int(np.isfinite(times).sum()),
        n,
    )
