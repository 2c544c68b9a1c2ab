"""The probability that one agent's run beats another's (Agarwal et al. 2021, section 4.3; Mann and Whitney 1947).

1  in each task, the share of pairs of runs (i, j) with x_i > y_j, where a tie counts one half
2  the mean of 1 over tasks; its interval by drawing both agents' runs anew in every task
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.public import export
from gridworld_agents.statistics.scores import Interval, checked_confidence, checked_scores, percentile_interval

if TYPE_CHECKING:
    import numpy.typing as npt


@export("gridworld_agents.statistics.probability_of_improvement")
def probability_of_improvement(
    x: Any, y: Any, *, rng: np.random.Generator, confidence: float = 0.95, resamples: int = 2000
) -> Interval:
    """Return P(X > Y), averaged over tasks, and its interval. Larger scores are better: negate gaps.

    The two agents' runs are drawn independently, so a pairing by seed is not used; `paired.compare` uses it.
    At few runs the interval covers too seldom; where one agent won every pair it is the point 1, which says only that.

    Args:
        x: (num_runs_x, num_tasks).
        y: (num_runs_y, num_tasks).
        rng: Draws the runs.
        confidence: In (0, 1).
        resamples: At least 100.

    Raises:
        ValueError: If an argument is out of range, a score is missing or the numbers of tasks differ.
    """
    x, y = checked_scores("x", x, 2), checked_scores("y", y, 2)
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"x and y must have the same tasks, got {x.shape[1]} and {y.shape[1]}")
    confidence, resamples = checked_confidence(confidence), whole_number("resamples", resamples, 100)
    wins = (np.sign(x[:, None] - y[None]) + 1) / 2  # 1: (R_x, R_y, T)
    drawn_x, drawn_y = draw_counts(len(x), x.shape[1], resamples, rng), draw_counts(len(y), x.shape[1], resamples, rng)
    draws = np.zeros(resamples)
    for task in range(x.shape[1]):  # 2
        draws += ((drawn_x[:, task] @ wins[:, :, task]) * drawn_y[:, task]).sum(1)
    return percentile_interval(wins.mean(), draws / wins.size, confidence)


def draw_counts(runs: int, tasks: int, resamples: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return how often each run is drawn in every task of every resample: (resamples, tasks, runs)."""
    return rng.multinomial(runs, np.full(runs, 1 / runs), size=(resamples, tasks)).astype(np.float64)
