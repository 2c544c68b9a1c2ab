"""Holm's correction for several comparisons (Holm 1979): the chance of any false alarm among them stays <= alpha.

1  sort the m p-values, smallest first
2  multiply the k-th, k = 0 ..., by m - k; none may be less than the one before it, nor more than 1
3  so the k-th is tested at the level alpha / (m - k), and after the first that is not decided all others at its level
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.public import export

if TYPE_CHECKING:
    import numpy.typing as npt


@export("gridworld_agents.statistics.holm")
def holm(p_values: Any) -> npt.NDArray[np.float64]:
    """Return the adjusted p-values (m,), in the order given; a comparison counts where its own is <= alpha.

    Args:
        p_values: (m,), one for each comparison.

    Raises:
        ValueError: If a p-value is not in [0, 1] or there is not one axis.
    """
    p = np.asarray(p_values, np.float64)
    if p.ndim != 1 or not np.all((p >= 0) & (p <= 1)):
        raise ValueError(f"p_values must be one axis of numbers in [0, 1], got {p_values!r}")
    order = np.argsort(p, kind="stable")  # 1
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)  # 2
    return adjusted


@export("gridworld_agents.statistics.holm_levels")
def holm_levels(p_values: Any, alpha: float) -> npt.NDArray[np.float64]:
    """Return the level at which Holm's procedure decides each comparison: (m,), in the order given.

    A comparison is decided where its own p-value is <= its level, which is where the adjusted one is <= alpha. So an
    interval of confidence 1 - level that inverts the test excludes 0 just where the comparison is decided (Ludbrook
    2000). No level is above alpha, so that such an interval holds that of confidence 1 - alpha, whatever the others.

    Args:
        p_values: (m,), one for each comparison.
        alpha: Of all together, in (0, 1).

    Raises:
        ValueError: As in `holm`.
    """
    adjusted, m = holm(p_values), len(p_values)
    rank = np.empty(m, np.int64)
    rank[np.argsort(np.asarray(p_values, np.float64), kind="stable")] = np.arange(m)
    decided = int((adjusted <= alpha).sum())
    levels: npt.NDArray[np.float64] = alpha / (m - np.minimum(rank, min(decided, m - 1)))  # 3
    return levels
