"""Incremental mean estimation (Zhao 2025, section 6.1), stochastic approximation at its simplest.

1  w_1 is arbitrary
2  for every sample x_k: w_{k+1} <- w_k - a_k (w_k - x_k)

With a_k = 1/k every w_{k+1} is the mean of the first k samples, whatever w_1 was. With any other a_k that meets the
conditions of Robbins and Monro it converges to the mean as well, since g(w) = w - E[x] has the slope 1 (Zhao 2025,
section 6.2.2); with a constant a it is a mean in which older samples fade.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.public import export
from gridworld_agents.stochastic.iterates import Iterates, samples

if TYPE_CHECKING:
    import numpy.typing as npt


@export("gridworld_agents.stochastic_approximation.MeanEstimate")
@dataclasses.dataclass(frozen=True)
class MeanEstimate:
    """What :func:`mean_estimation` returns."""

    w: Any
    """The estimate: a float, or (d,) float64."""
    trajectory: npt.NDArray[np.float64]
    """All estimates, the start first: (K + 1, d) float64."""
    step_sizes: npt.NDArray[np.float64]
    """(K,) float64."""
    weights: npt.NDArray[np.float64]
    """(K + 1,) float64: the estimate is the sum of the start, with weight 0, and of sample k, with weight k."""


@export("gridworld_agents.stochastic_approximation.mean_estimation")
def mean_estimation(x: Any, *, step_size: float | str = "visits", initial: Any = 0.0) -> MeanEstimate:
    """Estimate a mean sample by sample: w <- w - a_k (w - x_k).

    The weight of sample k in the estimate is a_k (1 - a_{k+1}) ... (1 - a_K): 1/K for all of them if a_k = 1/k.

    Args:
        x: The samples in their order, (K,) or (K, d).
        step_size: A number or a schedule; "visits" is 1/k.
        initial: w_1, a number or (d,).

    Raises:
        ValueError: If an argument is none of these.
    """
    x = samples("x", x)
    start = np.asarray(initial, np.float64) if np.ndim(initial) else np.full(x.shape[1:], initial, np.float64)
    if start.shape != x.shape[1:]:
        raise ValueError(f"initial must be a number or have the shape of a sample, {x.shape[1:]}, got {start.shape}")
    iterates = Iterates(start, len(x), step_size)  # 1
    for k, a_k in iterates.steps():
        if not iterates.move(a_k * (iterates.w - x[k])):  # 2
            raise ValueError(f"the estimate diverges: step_size must stay in (0, 2), got {step_size!r}")
    a = iterates.step_sizes
    kept = np.append(np.cumprod((1 - a)[::-1])[::-1], 1.0)  # of what there was before step k
    weights = np.concatenate([kept[:1], a * kept[1:]])
    return MeanEstimate(iterates.w, iterates.trajectory, a, weights)
