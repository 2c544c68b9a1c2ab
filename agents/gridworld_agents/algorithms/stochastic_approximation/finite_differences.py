"""The Kiefer-Wolfowitz algorithm (Kiefer and Wolfowitz 1952; Blum 1954 in d dimensions): a minimum from noisy values.

1  w_1 is arbitrary
2  for k = 1, 2, ... and every coordinate i: y+ <- f(w_k + c_k e_i) + noise, y- <- f(w_k - c_k e_i) + noise
3      w_{k+1, i} <- w_{k, i} - a_k (y+ - y-) / (2 c_k), then projected, if a projection is given
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.public import export
from gridworld_agents.core.schedules import at
from gridworld_agents.stochastic.iterates import Iterates, Minimum, call_number, generator, positive_schedule

if TYPE_CHECKING:
    from gridworld_agents.stochastic.iterates import Function, Projection


@export("gridworld_agents.stochastic_approximation.kiefer_wolfowitz")
def kiefer_wolfowitz(
    f: Function,
    w: Any,
    *,
    step_size: float | str = "visits",
    difference: float | str = "visits:1:0:0.16666666666666666",
    iterations: int = 1000,
    rng: np.random.Generator | None = None,
    projection: Projection = None,
) -> Minimum:
    """Minimise a function by w <- w - a_k [f~(w + c_k) - f~(w - c_k)] / 2 c_k, from its noisy values f~.

    It converges with probability 1 if f is convex near its minimum with slopes that grow no faster than the distance,
    the noise has bounded variance, c_k goes to 0, and the sums of a_k, of a_k c_k and of (a_k / c_k)^2 are infinite,
    finite and finite (Kiefer and Wolfowitz 1952). The defaults, 1/k and k^(-1/6), meet them: the powers 1, 7/6, 5/3.

    Args:
        f: Called as f(w, rng), w being a float or (d,) float64; returns a noisy number.
        w: The start, a number or (d,).
        step_size: a_k, a number or a schedule of any size above 0; "visits" is 1/k for k = 1, 2, ...
        difference: c_k, likewise.
        iterations: How many, >= 0; each takes 2 d values.
        rng: What f draws from; None takes a fresh one.
        projection: (low, high) to clip the iterates into, or a callable that projects them, or None.

    Raises:
        ValueError: If an argument is none of these, or f returns no number.
    """
    rng = generator(rng)
    differences = positive_schedule("difference", difference)
    iterates = Iterates(w, iterations, step_size, projection)  # 1
    d, values = iterates.trajectory.shape[1], 0
    for k, a in iterates.steps():
        c = at(differences, k, k + 1)
        if not c > 0:
            raise ValueError(f"difference must stay above 0, got {difference!r}, which is {c} at step {k}")
        if not iterates.tells_apart(c):
            break
        row, slope = iterates.trajectory[-1], np.empty(d)
        for i, e in enumerate(np.eye(d)):  # 2
            above = call_number(f, iterates.shaped(row + c * e), rng)
            below = call_number(f, iterates.shaped(row - c * e), rng)
            slope[i] = (above - below) / (2 * c)
        values += 2 * d
        if not iterates.move(a * slope):  # 3
            break
    return Minimum.of(iterates, values)
