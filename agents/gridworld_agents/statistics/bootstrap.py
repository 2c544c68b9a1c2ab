"""The stratified bootstrap with percentile intervals (Agarwal et al. 2021; Efron and Tibshirani 1993, 13.3).

1  within each task, independently of the others, draw num_runs runs with replacement
2  compute the statistic of the drawn scores
3  do 1 and 2 many times; the interval lies between the percentiles of 2

Of a curve whole runs are drawn; each point's interval is for that point alone, not for the curve as a whole.

**It covers too seldom with few runs**, as a sample's own spread is too small by sqrt((n - 1) / n) and its tails are
thinner than Student's t. Of intervals of the IQM at a nominal 95%, 1000 times 1000
resamples, this share held the true value (normal scores / lognormal scores; standard error 1%):

    5 runs, 1 task    89.7% / 88.8%        10 runs, 1 task    93.5% / 93.6%
    5 runs, 3 tasks   91.2% / 91.1%        10 runs, 3 tasks   94.5% / 92.9%
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import choose, whole_number
from gridworld_agents.core.public import export
from gridworld_agents.statistics.aggregates import AGGREGATES
from gridworld_agents.statistics.scores import Interval, checked_confidence, checked_scores, percentile_interval

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

AT_ONCE = 2_000_000
"""Scores that are drawn together: 16 MB."""


@export("gridworld_agents.statistics.aggregate")
def aggregate(
    scores: Any,
    statistic: str | Callable[[Any], Any] = "iqm",
    *,
    rng: np.random.Generator,
    confidence: float = 0.95,
    resamples: int = 2000,
) -> Interval:
    """Return an aggregate of scores, or of every point of learning curves, and its interval.

    Args:
        scores: (num_runs, num_tasks), or (num_runs, num_tasks, num_points) of curves.
        statistic: A name among `AGGREGATES`, or a function from (..., num_runs, num_tasks) to (...).
        rng: Draws the runs.
        confidence: In (0, 1).
        resamples: At least 100.

    Returns:
        Floats; for curves arrays of shape (num_points,). One run a task has no spread: the interval is a point.

    Raises:
        ValueError: If an argument is out of range or a score is missing.
    """
    data = checked_scores("scores", scores, 2, 3)
    confidence, resamples = checked_confidence(confidence), whole_number("resamples", resamples, 100)
    if isinstance(statistic, str):
        choose("statistic", statistic, AGGREGATES)
        statistic = AGGREGATES[statistic]
    points = np.ascontiguousarray(np.moveaxis(data.reshape(*data.shape[:2], -1), 2, 0))  # (P, R, T)
    draws = _draws(points, statistic, rng, resamples)
    value = statistic(points)
    if data.ndim == 2:
        value, draws = value[0], draws[:, 0]
    return percentile_interval(value, draws, confidence)


def _draws(
    points: npt.NDArray[np.float64], statistic: Callable[[Any], Any], rng: np.random.Generator, resamples: int
) -> npt.NDArray[np.float64]:
    """Return the statistic of every resample: (resamples, num_points)."""
    P, R, T = points.shape
    draws, tasks = np.empty((resamples, P)), np.arange(T)
    runs = rng.integers(R, size=(resamples, R, T))  # 1
    step = max(AT_ONCE // points.size, 1)
    for begin in range(0, resamples, step):
        drawn = points[:, runs[begin : begin + step], tasks]  # (P, B, R, T)
        draws[begin : begin + step] = statistic(drawn).T  # 2
    return draws
