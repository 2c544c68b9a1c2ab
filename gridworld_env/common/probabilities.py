"""Probabilities as they come in, of whatever precision, and as they are used: float64, of sum 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.public import export

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_env.common.arrays import FloatArray

LEAST_TOLERANCE = 1e-9
"""By how much a sum in float64 may miss 1: what is typed by hand has fewer digits than the format holds."""

ROUNDING = 1e-12
"""A sum that misses 1 by no more is left alone: a division would change numbers that are right but for rounding."""


@export("gridworld_env.authoring.sum_tolerance")
def sum_tolerance(probabilities: Any, least: float = LEAST_TOLERANCE) -> float:
    """Return by how much n probabilities of their precision may miss a sum of 1.

    A softmax rounds each of its numbers by a few units of its precision eps, and its sum log2 n times (Higham 2002,
    section 4.2, pairwise summation): (4 + log2 n) eps, but no less than `least`.

    Args:
        probabilities: (..., n), of any real dtype. Numbers in float64 that float32 holds exactly, every one, came from
            float32, through a list or `astype`, and count as such.
        least: Of the tolerance.
    """
    p = np.asarray(probabilities)
    if not np.issubdtype(p.dtype, np.floating) or (np.abs(p.sum(axis=-1, dtype=np.float64) - 1) <= least).all():
        return least
    precision = np.float32 if p.dtype == np.float64 and _came_from_float32(p) else p.dtype
    return max(least, float(np.finfo(precision).eps * (4 + np.log2(p.shape[-1]))))


def with_sum_one(probabilities: Any) -> FloatArray:
    """Return probabilities as float64 whose sums over the last axis are 1 to rounding; those that are stay as they are.

    Args:
        probabilities: (..., n), >= 0, with sums above 0. Not checked: `sum_tolerance` is for that.
    """
    p: FloatArray = np.asarray(probabilities, np.float64)
    total = p.sum(axis=-1, keepdims=True)
    off = np.abs(total - 1) > ROUNDING
    return np.where(off, p / np.where(off, total, 1.0), p) if off.any() else p


def real(values: Any) -> npt.NDArray[Any]:
    """Return numbers as an array of the precision that they have, float64 where they are no floats."""
    array = np.asarray(values)
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.float64)


def _came_from_float32(p: npt.NDArray[np.float64]) -> bool:
    with np.errstate(over="ignore"):
        return bool((p.astype(np.float32) == p).all())
