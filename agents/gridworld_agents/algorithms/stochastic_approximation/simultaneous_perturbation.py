"""Simultaneous perturbation stochastic approximation, SPSA (Spall 1992): a minimum from two noisy values an iteration.

1  w_0 is arbitrary; a_k = a / (k + 1 + A)^0.602, c_k = c / (k + 1)^0.101
2  for k = 0, 1, ...: every delta_i is -1 or 1 with equal chance
3      y+ <- f(w + c_k delta) + noise, y- <- f(w - c_k delta) + noise
4      w <- w - a_k (y+ - y-) / (2 c_k) / delta, coordinate by coordinate; then projected, if a projection is given
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import flag
from gridworld_agents.core.public import export
from gridworld_agents.stochastic.iterates import Iterates, Minimum, call_number, generator
from gridworld_agents.stochastic.perturbation import Gains, gradient, signs

if TYPE_CHECKING:
    from gridworld_agents.stochastic.iterates import Function, Projection


@export("gridworld_agents.stochastic_approximation.spsa_minimise")
def spsa_minimise(
    f: Function,
    w: Any,
    *,
    a: float = 0.1,
    c: float = 0.1,
    A: float | None = None,
    iterations: int = 1000,
    rng: np.random.Generator | None = None,
    common_random_numbers: bool = False,
    projection: Projection = None,
) -> Minimum:
    """Minimise a function from noisy values, two an iteration in any number of dimensions.

    The estimate (y+ - y-) / (2 c_k delta_i) of the i-th slope is off by the other slopes times +-1, which have mean 0,
    and by O(c_k^2). With these gains w converges with probability 1, if f is smooth and its noise has bounded variance,
    at the rate of the Kiefer-Wolfowitz algorithm per iteration, for d times fewer values (Spall 1992, section III).

    Args:
        f: Called as f(w, rng), w being a float or (d,) float64; returns a noisy number.
        w: The start, a number or (d,).
        a: Of the steps, above 0: a number by which w should move at first, divided by a slope there.
        c: Of the perturbations, above 0: about the standard deviation of the noise, in units of w.
        A: Keeps the first steps small, >= 0; None takes a tenth of the iterations (Spall 1998).
        iterations: How many, >= 0.
        rng: What f and the perturbations draw from; None takes a fresh one.
        common_random_numbers: Whether both values of an iteration are to have the same noise: f then gets two
            generators that draw alike, which makes their difference less noisy.
        projection: (low, high) to clip the iterates into, or a callable that projects them, or None.

    Raises:
        ValueError: If an argument is none of these, or f returns no number.
    """
    rng = generator(rng)
    common = flag("common_random_numbers", common_random_numbers)
    gains = Gains(a, c, iterations / 10 if A is None else A)
    iterates = Iterates(w, iterations, gains.step, projection)  # 1
    values = 0
    for k, a_k in iterates.steps():
        c_k, row = gains.c(k), iterates.trajectory[-1]
        if not iterates.tells_apart(c_k):
            break
        delta = signs(rng, row.shape)  # 2
        seed = int(rng.integers(1 << 62)) if common else 0
        above, below = (  # 3
            call_number(f, iterates.shaped(w_k), np.random.default_rng(seed) if common else rng)
            for w_k in (row + c_k * delta, row - c_k * delta)
        )
        values += 2
        if not iterates.move(a_k * gradient(above, below, c_k, delta)):  # 4
            break
    return Minimum.of(iterates, values)
