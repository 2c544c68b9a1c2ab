"""Do the conditions of the Robbins-Monro theorem hold? What a run's trajectory and its step sizes tell.

The theorem (Zhao 2025, Theorem 6.1; Robbins and Monro 1951) asks for

1. 0 < c1 <= g'(w) <= c2 for all w,
2. sum a_k = inf and sum a_k^2 < inf,
3. noise eta of mean 0 and bounded E[eta^2], given the past.

The second is known exactly, from the schedule. The others are measured where the run has been, and a bound for all w
cannot be: a condition is called violated if the trajectory itself shows it. The conditions are sufficient: a run may
converge although one is violated.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.public import export
from gridworld_agents.core.schedules import Conditions, robbins_monro_conditions
from gridworld_agents.stochastic.iterates import LIMIT, Iterates, call

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.stochastic.iterates import Function

    FloatArray = npt.NDArray[np.float64]

SUM, SQUARES = "sum a_k = inf", "sum a_k^2 < inf"
BELOW, ABOVE = "0 < c1 <= g'", "g' <= c2"
NOISE = "E[eta^2] bounded"

POINTS = 32
"""Of the trajectory, at most, where slopes are measured."""
VALUES = 1024
"""Of g that measuring slopes may take."""
REPEATS = 32
"""Values of g from which the variance of the noise at a point is estimated."""
LAST_REPEATS = 400
"""Values of g from which its mean at the last iterate is."""
FLAT = 1e-6
"""A slope below this share of the largest counts as 0."""
MUCH = 100.0
"""How much larger a slope or a variance must be than another to be called growing. Both grow by far more in runs that
they make diverge; estimates of equal variances from 32 values never differ by that."""
CLOSE = 0.05
"""How near to a root, relative to 1 + |w|, the last iterate of a run that converged is."""


@export("gridworld_agents.stochastic_approximation.Diagnosis")
@dataclasses.dataclass(frozen=True)
class Diagnosis:
    """Which conditions hold along a trajectory."""

    status: str
    """"converged": the last iterate is near a root; "diverged": the iterates ran away; or "undecided"."""
    steps: Conditions
    """What the step sizes' form says."""
    points: FloatArray
    """Where slopes were measured: (M, d) float64, in the order of the run."""
    slopes: FloatArray
    """The smallest and the largest slope at each, of any direction: (M, 2) float64; nan where g does not draw its noise
    from its generator, so that differences cannot be taken of the same noise."""
    variances: FloatArray
    """Of the noise, at each point: (M,) float64."""
    violated: tuple[str, ...]
    """The conditions that do not hold, of SUM, SQUARES, BELOW, ABOVE and NOISE."""
    reasons: tuple[str, ...]
    """One sentence for each."""

    def __str__(self) -> str:
        """Return it in words."""
        found = "; ".join(f"{name} is violated: {why}" for name, why in zip(self.violated, self.reasons, strict=True))
        return f"{self.status}; {found or 'no condition is seen to be violated'}"


def examine(g: Function, iterates: Iterates, slope_bounds: tuple[float, float] | None) -> Diagnosis:
    """Return what a run tells about the conditions of the theorem; see the module.

    Args:
        g: Called as g(w, rng).
        iterates: Of the run.
        slope_bounds: (c1, c2) that slopes have to keep to, or None.
    """
    trajectory = iterates.trajectory
    M = int(np.clip(VALUES // (2 * trajectory.shape[1]), 3, POINTS))
    order = np.unique(np.geomspace(1, len(trajectory), M).round().astype(int)) - 1  # dense at first, where much happens
    points = trajectory[order]
    jacobians = [_jacobian(g, iterates, point) for point in points]
    slopes = np.array([_extremes(jacobian) for jacobian in jacobians])
    variances = np.array([_moments(g, iterates, point, REPEATS)[1].sum() for point in points])
    steps = robbins_monro_conditions(iterates.schedule)
    found: list[tuple[str, str]] = []
    if not steps.sum_diverges:
        found.append((SUM, steps.reason))
    if not steps.squares_converge:
        found.append((SQUARES, steps.reason))
    found += _slope_complaints(points, slopes, slope_bounds)
    found += _noise_complaints(variances)
    status = _status(g, iterates, jacobians[-1])
    names, reasons = tuple(name for name, _ in found), tuple(why for _, why in found)
    return Diagnosis(status, steps, points, slopes, variances, names, reasons)


def _jacobian(g: Function, iterates: Iterates, point: FloatArray) -> FloatArray:
    """Return g's derivatives by central differences of values with the same noise: (d, d) float64."""
    d = len(point)
    same = _values(g, iterates, [point, point])
    if not np.array_equal(same[0], same[1], equal_nan=True):
        return np.full((d, d), np.nan)
    h = np.cbrt(np.finfo(float).eps) * np.maximum(1.0, np.abs(point))
    columns = []
    for i in range(d):
        step = np.zeros(d)
        step[i] = h[i]
        above, below = _values(g, iterates, [point + step, point - step])
        with np.errstate(all="ignore"):
            columns.append((above - below) / (2 * h[i]))
    return np.array(columns).T


def _values(g: Function, iterates: Iterates, points: list[FloatArray]) -> list[FloatArray]:
    return [call(g, iterates.shaped(point), np.random.default_rng(0)).reshape(-1) for point in points]


def _extremes(jacobian: FloatArray) -> tuple[float, float]:
    """Return the smallest and the largest slope of any direction."""
    if not np.isfinite(jacobian).all():
        return np.nan, np.nan
    eigenvalues = np.linalg.eigvalsh((jacobian + jacobian.T) / 2)
    return float(eigenvalues[0]), float(eigenvalues[-1])


def _moments(g: Function, iterates: Iterates, point: FloatArray, repeats: int) -> tuple[FloatArray, FloatArray]:
    """Return the mean and the variance of g's values at a point: (d,) float64 each."""
    rng = np.random.default_rng(1)
    values = np.array([call(g, iterates.shaped(point), rng).reshape(-1) for _ in range(repeats)])
    with np.errstate(all="ignore"):
        return values.mean(axis=0), values.var(axis=0, ddof=1)


def _slope_complaints(
    points: FloatArray, slopes: FloatArray, bounds: tuple[float, float] | None
) -> list[tuple[str, str]]:
    known = np.isfinite(slopes).all(axis=1)
    if not known.any():
        return []
    points, (low, high) = points[known], slopes[known].T
    lowest, highest = int(low.argmin()), int(high.argmax())
    found = []
    least = bounds[0] if bounds else FLAT * float(np.abs(slopes[known]).max())
    if low[lowest] < least or low[lowest] <= 0:
        found.append((BELOW, f"the slope is {low[lowest]:.3g} at w = {_shown(points[lowest])}"))
    where = f"{high[highest]:.3g} at w = {_shown(points[highest])}"
    if bounds is not None and high[highest] > bounds[1]:
        found.append((ABOVE, f"the slope is {where}"))
    elif bounds is None and _grows(np.linalg.norm(points, axis=1), high):
        found.append((ABOVE, f"the slope grows without bound as the iterates leave, to {where}: steps overshoot"))
    return found


def _grows(distances: FloatArray, high: FloatArray) -> bool:
    """Return whether slopes grow with the distance from 0 as a power of it, over a range wide enough to tell."""
    far = distances >= 1
    if far.sum() < 2 or distances[far].max() < 10 * distances[far].min() or not (high[far] > 0).all():
        return False
    x, y = np.log(distances[far]), np.log(high[far])
    return bool(np.ptp(y) > np.log(MUCH) and np.polyfit(x, y, 1)[0] > 0.1)


def _noise_complaints(variances: FloatArray) -> list[tuple[str, str]]:
    known = variances[np.isfinite(variances)]
    third = len(known) // 3
    if third == 0:
        return []
    early, late = float(np.median(known[:third])), float(np.median(known[-third:]))
    if late <= MUCH * early or late <= 0:
        return []
    return [(NOISE, f"its variance grew from {early:.3g} to {late:.3g} along the trajectory")]


def _status(g: Function, iterates: Iterates, jacobian: FloatArray) -> str:
    """Judge the last iterate: how far it is from a root by one step of Newton's method, the noise considered."""
    w, start = iterates.trajectory[-1], iterates.trajectory[0]
    if iterates.diverged or np.abs(w).max() > LIMIT:
        return "diverged"
    mean, variance = _moments(g, iterates, w, LAST_REPEATS)
    size = 1 + float(np.linalg.norm(w))
    if np.isfinite(jacobian).all() and np.isfinite(mean).all():
        inverse: Any = np.linalg.pinv(jacobian)
        far = float(np.linalg.norm(inverse @ mean))
        unsure = float(np.linalg.norm(np.abs(inverse) @ np.sqrt(variance / LAST_REPEATS)))
        flat = np.linalg.matrix_rank(jacobian) < len(w) and bool(np.abs(mean).max() > 0)
        if not flat and far <= CLOSE * size + 2 * unsure:
            return "converged"
    ran_away = np.linalg.norm(w - start) > 1e6 * (1 + np.linalg.norm(start))
    return "diverged" if ran_away else "undecided"


def _shown(point: FloatArray) -> str:
    return f"{point[0]:.3g}" if len(point) == 1 else np.array2string(point, precision=3, threshold=4)
