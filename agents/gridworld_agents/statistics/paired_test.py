"""The test behind a paired comparison: Student's t on differences by seed, guarded where ties make it dishonest.

1  t <- mean(d) / (sd(d) / sqrt(n));  p <- two-sided, n - 1 degrees of freedom (Student 1908)
2  where absolute differences are tied (discrete scores, no spread): p <- max(p, sign-flip p), exact (Fisher 1935)
3  fewer than FEWEST_SEEDS: p <- 1

The sign-flip test assumes only that equal agents' differences are symmetric about zero, as they are when swapping two
agents that learn alike changes nothing. But with n seeds its p is at least 2^(1 - n): 1/16 at 5 seeds, so 95% would
never be reached. Student's t decides at 5 seeds by assuming roughly normal differences. What that costs, for a nominal
5% (4000 samples each; standard error 0.4%):

    differences                                  5 seeds   10 seeds
    normal                                         4.9%      4.9%
    of two lognormal scores (heavy tails)          2.5%      3.4%
    Cauchy                                         2.2%      1.8%
    -1, 0 or 1 (ties)                              0.0%      1.6%
    two narrow lumps at -1 and 1                   6.5%      3.8%
    exponential less its mean (skewed)            12.5%     10.2%

The last two break the assumption. The last is not of equal agents, only of agents with equal means: do not read a bare
p of 0.04 at 5 seeds as proof where differences lean to one side.

"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

FEWEST_SEEDS = 5
"""With fewer, two lumps of differences of either sign fool Student's t in 2^(1 - n) >= 12.5% of cases."""
EXACT_UP_TO = 16
"""Differences other than zero up to which every choice of signs is tried."""
FLIPS = 65_536
"""Random choices of signs beyond that."""


def paired_p(d: npt.NDArray[np.float64]) -> float:
    """Return the two-sided p-value of the differences d (n,) against a centre of zero."""
    if len(d) < FEWEST_SEEDS or not d.any():
        return 1.0  # 3
    if tied(d):
        return max(student_p(d), sign_flip_p(d))  # 2
    return student_p(d)  # 1


def tied(d: npt.NDArray[np.float64]) -> bool:
    """Return whether two absolute differences are equal up to rounding."""
    size = np.sort(np.abs(d))
    return bool((np.diff(size) <= 1e-9 * size[-1]).any())


def spread(d: npt.NDArray[np.float64]) -> float:
    """Return the standard deviation (n - 1) of two or more differences; 0 where it is but rounding."""
    deviation = float(d.std(ddof=1))
    return deviation if deviation > 1e-12 * float(np.abs(d).max()) else 0.0


def student_p(d: npt.NDArray[np.float64]) -> float:
    """Return the p-value of Student's t; 0 where all differences are one number other than zero."""
    from scipy.special import stdtr

    deviation = spread(d)
    if deviation == 0:
        return float(d.mean() == 0)
    return float(2 * stdtr(len(d) - 1, -abs(float(d.mean())) / deviation * math.sqrt(len(d))))


def sign_flip_p(d: npt.NDArray[np.float64]) -> float:
    """Return the share of choices of signs whose sum is as far from zero as that of d.

    Beyond `EXACT_UP_TO` differences the signs are drawn, always the same ones: the same data give the same answer.
    """
    sizes = np.abs(d[d != 0])
    least = abs(float(d.sum())) - 1e-9 * float(sizes.sum())
    if len(sizes) <= EXACT_UP_TO:
        signs = 2 * ((np.arange(2 ** len(sizes))[:, None] >> np.arange(len(sizes))) & 1) - 1
        return float((np.abs(signs @ sizes) >= least).mean())
    rng = np.random.default_rng(0)
    flips = 2 * rng.integers(2, size=(FLIPS, len(sizes)), dtype=np.int8) - 1
    return float((np.count_nonzero(np.abs(flips @ sizes) >= least) + 1) / (FLIPS + 1))
