"""One number for all runs and tasks (Agarwal et al. 2021, "Deep RL at the edge of the statistical precipice").

Every function takes (..., num_runs, num_tasks) and returns (...): many samples at once, as the bootstrap needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.public import export

if TYPE_CHECKING:
    from collections.abc import Callable


@export("gridworld_agents.statistics.interquartile_mean")
def interquartile_mean(scores: Any) -> Any:
    """Return the mean of the middle half of all scores: a quarter of them, rounded down, is cut on each side."""
    pooled = np.asarray(scores, np.float64)
    pooled = np.sort(pooled.reshape(*pooled.shape[:-2], -1), axis=-1)
    cut = pooled.shape[-1] // 4
    return pooled[..., cut : pooled.shape[-1] - cut].mean(-1)


@export("gridworld_agents.statistics.median")
def median(scores: Any) -> Any:
    """Return the median over tasks of the mean over runs: of `scores` (..., num_runs, num_tasks)."""
    return np.median(np.mean(scores, axis=-2), axis=-1)


@export("gridworld_agents.statistics.mean")
def mean(scores: Any) -> Any:
    """Return the mean over tasks of the mean over runs: of `scores` (..., num_runs, num_tasks)."""
    return np.mean(np.mean(scores, axis=-2), axis=-1)


@export("gridworld_agents.statistics.optimality_gap")
def optimality_gap(scores: Any, threshold: float = 1.0) -> Any:
    """Return how far scores fall short of the threshold on average; what lies above it counts as reaching it.

    With a threshold of 1 scores should be normalised, so that 1 is the optimum.
    """
    return threshold - np.mean(np.minimum(scores, threshold), axis=(-2, -1))


AGGREGATES: dict[str, Callable[[Any], Any]] = {
    "iqm": interquartile_mean,
    "median": median,
    "mean": mean,
    "optimality_gap": optimality_gap,
}
"""Every aggregate by its short name."""
