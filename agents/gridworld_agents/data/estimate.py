"""`Estimate`: a value, and an interval by the studentised bootstrap (Hall 1992; Efron and Tibshirani 1993, 12.5).

All estimators are a ratio of sums over episodes, R = sum x_i / sum w_i; w_i = 1 makes it a mean.

1  e_i <- x_i - R w_i;  se <- sqrt(N / (N - 1) sum e_i^2) / sum w_i
2  draw N episodes with replacement, and from them R* and se* in the same way;  t <- (R* - R) / se*
3  do 2 many times; the interval is from R - t_high se to R - t_low se, with quantiles of t

Weighted returns are skewed: an interval by Student's t or by quantiles of R* covers too seldom, since it takes the
spread for independent of the value. Here a sample with a small spread counts as such. A draw without spread tells
nothing of t and counts against both ends, so that an interval may be infinite: the data cannot bound the value then.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import is_number, whole_number
from gridworld_agents.core.compiling import compiled
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    import numpy.typing as npt


@export("gridworld_agents.off_policy_evaluation.Estimate")
@dataclasses.dataclass(frozen=True)
class Estimate:
    """A value that was estimated from N episodes."""

    value: float
    low: float
    """The lower end of the confidence interval; -inf where the data give none."""
    high: float
    """The upper end."""
    standard_error: float
    """Of the value; inf where there is but one episode."""
    effective_sample_size: float
    """(sum w)^2 / sum w^2 of the episodes' weights (Kish 1965): as many of the policy's own tell as much."""
    episodes: int
    """N."""


def estimate(
    x: npt.NDArray[np.float64],
    w: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    *,
    confidence: float,
    resamples: int,
    seed: int,
) -> Estimate:
    """Return sum x / sum w and its interval.

    Args:
        x: (N,).
        w: (N,), of sum > 0.
        weights: (N,), of the episodes, for the effective sample size.
        confidence: Of the interval, in (0, 1).
        resamples: How often episodes are drawn anew.
        seed: Fixes the draws.

    Raises:
        ValueError: If an argument is out of range.
    """
    if not (is_number(confidence) and 0 < confidence < 1):
        raise ValueError(f"confidence must be in (0, 1), got {confidence!r}")
    B, N = whole_number("resamples", resamples, 100), len(x)
    rng = np.random.default_rng(whole_number("seed", seed))
    value = float(x.sum() / w.sum())
    e = x - value * w  # 1
    se = math.sqrt(N / (N - 1) * float(e @ e)) / float(w.sum()) if N > 1 else math.inf
    low, high = -math.inf, math.inf
    if N > 1:
        t = np.empty(B)
        _loop()(e, np.ascontiguousarray(w), t, rng)  # 2
        place = max(int((B + 1) * (1 - confidence) / 2 + 1e-9), 1) - 1  # 1e-9: rounding is no reason to go further out
        t_low = np.sort(np.where(np.isnan(t), -math.inf, t))[place]
        t_high = np.sort(np.where(np.isnan(t), math.inf, t))[B - 1 - place]
        low, high = (value - t_high * se, value - t_low * se) if se > 0 else (value, value)  # 3
    largest = weights.max(initial=0)
    scaled = weights / largest if largest > 0 else weights
    size = float(scaled.sum() ** 2 / (scaled @ scaled)) if largest > 0 else 0.0
    return Estimate(value, float(low), float(high), se, size, N)


@functools.cache
def _loop() -> Any:
    return compiled(_studentised)


def _studentised(e: Any, w: Any, t: Any, rng: np.random.Generator) -> None:
    """Fill t (B,) with the studentised errors of samples drawn from e (N,) and w (N,); nan where there is no spread."""
    N = e.size
    for b in range(t.size):
        total, mass, ee, ew, ww = 0.0, 0.0, 0.0, 0.0, 0.0
        for _ in range(N):
            i = int(rng.random() * N)
            total += e[i]
            mass += w[i]
            ee += e[i] * e[i]
            ew += e[i] * w[i]
            ww += w[i] * w[i]
        t[b] = np.nan
        if mass > 0:
            error = total / mass
            spread = ee - 2 * error * ew + error * error * ww
            if spread > 1e-12 * ee:  # less is rounding
                t[b] = error * mass / math.sqrt(N / (N - 1) * spread)
