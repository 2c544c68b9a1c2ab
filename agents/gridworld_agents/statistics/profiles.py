"""Performance profiles: the share of runs that score above a threshold (Agarwal et al. 2021, section 4.2).

1  runs:  F(tau) <- the share of all runs, over all tasks, with score > tau
2  means: F(tau) <- the share of tasks whose mean score over runs is > tau
3  the band: percentiles of F(tau) under the stratified bootstrap, for each tau alone
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridworld_agents.core.checks import choose, whole_number
from gridworld_agents.core.public import export
from gridworld_agents.statistics.improvement import draw_counts
from gridworld_agents.statistics.scores import Interval, checked_confidence, checked_scores, percentile_interval


@export("gridworld_agents.statistics.performance_profile")
def performance_profile(
    scores: Any,
    thresholds: Any,
    *,
    rng: np.random.Generator,
    of: str = "runs",
    confidence: float = 0.95,
    resamples: int = 2000,
) -> Interval:
    """Return the profile and its band, three arrays of shape (num_thresholds,).

    Args:
        scores: (num_runs, num_tasks).
        thresholds: (num_thresholds,).
        rng: Draws the runs.
        of: `"runs"` (run-score distribution) or `"means"` (average-score distribution).
        confidence: In (0, 1).
        resamples: At least 100.

    Raises:
        ValueError: If an argument is out of range or a score is missing.
    """
    scores, tau = checked_scores("scores", scores, 2), checked_scores("thresholds", thresholds, 1)
    confidence, resamples = checked_confidence(confidence), whole_number("resamples", resamples, 100)
    choose("of", of, ("runs", "means"))
    R, T = scores.shape
    drawn = draw_counts(R, T, resamples, rng)
    if of == "runs":
        above = (scores.T[:, :, None] > tau).astype(np.float64)  # 1: (T, R, K)
        draws = drawn.reshape(resamples, T * R) @ above.reshape(T * R, -1) / (R * T)
        return percentile_interval(above.mean((0, 1)), draws, confidence)
    means = np.einsum("btr,rt->bt", drawn, scores) / R
    draws = np.stack([(means > level).mean(1) for level in tau], axis=1)  # 2
    return percentile_interval((scores.mean(0)[:, None] > tau).mean(0), draws, confidence)
