"""Stochastic, mini-batch and batch gradient descent (Zhao 2025, section 6.4): J(w) = E[f(w, x)] from samples of x.

1  w_1 is arbitrary
2  for k = 1, 2, ...: draw m of the n samples, each with equal chance and replaced; for batch descent, all of them
3      w_{k+1} <- w_k - a_k (gradient of f at w_k, averaged over the m)

m = 1 is stochastic gradient descent (SGD), 1 < m is mini-batch gradient descent (MBGD). With m = n the latter is not
batch gradient descent (BGD) yet: some samples are drawn twice and others not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.public import export
from gridworld_agents.stochastic.iterates import Iterates, Minimum, generator
from gridworld_agents.stochastic.iterates import samples as checked_samples

if TYPE_CHECKING:
    from collections.abc import Callable


def to_the_mean(w: Any, batch: Any) -> Any:
    """Return the gradient of |w - x|^2 / 2 averaged over a batch, whose root is the mean of x (Zhao 2025, Fig. 6.5)."""
    return w - batch.mean(axis=0)


@export("gridworld_agents.stochastic_approximation.gradient_descent")
def gradient_descent(
    samples: Any,
    w: Any,
    *,
    batch_size: int | None = 1,
    step_size: float | str = "visits",
    iterations: int = 100,
    rng: np.random.Generator | None = None,
    gradient: Callable[[Any, Any], Any] = to_the_mean,
) -> Minimum:
    """Minimise the mean of a function over samples, by its gradient in some of them.

    The relative error of the gradient is at most the samples' spread divided by the distance to the minimum: far away
    the iterates go straight there, near it the noise shows, the less so the larger the batch (Zhao 2025, section 6.4).

    Args:
        samples: (n,) or (n, d).
        w: The start, a number or (d,).
        batch_size: m >= 1; None is batch gradient descent, with all samples in every step.
        step_size: A number or a schedule of any size above 0; "visits" is 1/k for k = 1, 2, ...
        iterations: How many, >= 0.
        rng: What the batches are drawn from; None takes a fresh one.
        gradient: Called as gradient(w, batch), batch being (m,) or (m, d); returns the mean gradient, of w's shape. By
            default that of |w - x|^2 / 2, whose minimum is the samples' mean.

    Returns:
        The last iterate, and all of them; `values` counts the samples used.

    Raises:
        ValueError: If an argument is none of these, or the gradient has another shape.
    """
    rng = generator(rng)
    x = checked_samples("samples", samples)
    m = None if batch_size is None else whole_number("batch_size", batch_size, 1)
    iterates = Iterates(w, iterations, step_size)  # 1
    for _, a in iterates.steps():
        batch = x if m is None else x[rng.integers(len(x), size=m)]  # 2
        slope = np.asarray(gradient(iterates.w, batch), np.float64)
        if slope.shape != iterates.shape:
            raise ValueError(f"the gradient must have the shape of w, {iterates.shape}, got {slope.shape}")
        if not iterates.move(a * slope):  # 3
            break
    return Minimum.of(iterates, iterates.done * (len(x) if m is None else m))
