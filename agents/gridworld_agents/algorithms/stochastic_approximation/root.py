"""The Robbins-Monro algorithm (Robbins and Monro 1951; Zhao 2025, section 6.2): a root from noisy values.

1  w_1 is arbitrary
2  for k = 1, 2, ...: observe g~ = g(w_k) + noise
3      w_{k+1} <- w_k - a_k g~, then projected, if a projection is given
4  the mean of the iterates is the estimate of Polyak and Ruppert
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.checks import flag
from gridworld_agents.core.public import export
from gridworld_agents.stochastic.diagnosis import Diagnosis, examine
from gridworld_agents.stochastic.iterates import Iterates, call, generator

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from gridworld_agents.stochastic.iterates import Function, Projection


@export("gridworld_agents.stochastic_approximation.Root")
@dataclasses.dataclass(frozen=True)
class Root:
    """What :func:`find_root` returns."""

    w: Any
    """The last iterate: a float, or (d,) float64."""
    averaged: Any
    """The mean of all iterates but the start; None where that was not asked for."""
    trajectory: npt.NDArray[np.float64]
    """All iterates, the start first: (K + 1, d) float64. It ends early where they diverge."""
    step_sizes: npt.NDArray[np.float64]
    """a_1, ..., a_K: (K,) float64."""
    status: str
    """"converged", "diverged", "undecided", or "not examined"."""
    diagnosis: Diagnosis | None
    """Which conditions of Theorem 6.1 hold along the trajectory; None where that was not asked for."""

    @property
    def converged(self) -> bool:
        """Whether the last iterate was found to be near a root."""
        return self.status == "converged"

    @property
    def diverged(self) -> bool:
        """Whether the iterates ran away."""
        return self.status == "diverged"


@export("gridworld_agents.stochastic_approximation.find_root")
def find_root(
    g: Function,
    w: Any,
    *,
    step_size: float | str = "visits",
    iterations: int = 1000,
    rng: np.random.Generator | None = None,
    averaging: bool = True,
    projection: Projection = None,
    slope_bounds: tuple[float, float] | None = None,
    diagnose: bool = True,
) -> Root:
    """Find w* with g(w*) = 0 from noisy values: w <- w - a_k g~(w).

    It converges with probability 1 if 0 < c1 <= g'(w) <= c2 for all w, the sum of a_k is infinite and that of a_k^2 is
    finite, and the noise has mean 0 and a bounded second moment, given the past (Zhao 2025, Theorem 6.1). In d
    dimensions g must point away from the root: the symmetric part of its Jacobian takes the place of the slope.

    Averaging makes steps that fall more slowly than 1/k, such as "visits:1:0:0.7", as good as the best (Ruppert 1988;
    Polyak and Juditsky 1992). A projection keeps iterates where the slope is bounded (Zhao's w^3 - 5 needs it, or
    smaller first steps).

    Args:
        g: Called as g(w, rng), w being a float or (d,) float64; returns a noisy value of w's shape. Its noise is to be
            drawn from `rng`.
        w: The start, a number or (d,).
        step_size: A number or a schedule of any size above 0; "visits" is 1/k for k = 1, 2, ...
        iterations: How many, >= 0.
        rng: What g draws from; None takes a fresh one.
        averaging: Whether to return the mean of the iterates too.
        projection: (low, high) to clip the iterates into, or a callable that projects them, or None.
        slope_bounds: (c1, c2) that the slope is known, or wished, to keep to. None: above 0, and not growing for ever.
        diagnose: Whether to examine the conditions afterwards, which calls g about 2000 times more. The result is the
            same either way: the examination draws from a generator of its own.

    Raises:
        ValueError: If an argument is none of these, or g returns another shape.
    """
    flag("averaging", averaging)
    flag("diagnose", diagnose)
    if slope_bounds is not None and not 0 < slope_bounds[0] <= slope_bounds[1]:
        raise ValueError(f"slope_bounds must be (c1, c2) with 0 < c1 <= c2, got {slope_bounds!r}")
    rng = generator(rng)
    iterates = Iterates(w, iterations, step_size, projection)  # 1
    for _, a in iterates.steps():
        value = call(g, iterates.w, rng)  # 2
        if not iterates.move(a * value):  # 3
            break
    status = "diverged" if iterates.diverged else "not examined"
    diagnosis = None
    if diagnose:
        diagnosis = examine(g, iterates, slope_bounds)
        status = diagnosis.status
    averaged = iterates.averaged if averaging else None  # 4
    return Root(iterates.w, averaged, iterates.trajectory, iterates.step_sizes, status, diagnosis)
