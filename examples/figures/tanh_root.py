"""Robbins-Monro without noise.

Published are the first iterates of w <- w - tanh(w - 1) / k from w = 3, as points on the curve, and that they
converge to the root, 1. The five numbers to four decimals are those of the formula, as points can be read from the
figure.

Recomputed are the same iterates by `find_root`, and 10,000 more of them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import figure
import numpy as np

from gridworld_agents.stochastic_approximation import find_root

if TYPE_CHECKING:
    from figure import Claim
    from matplotlib.figure import Figure

SOURCE = "Zhao (2025), figure 6.4"
PRINTED = ("3", "2.0360", "1.6478", "1.4578", "1.3507")
LONG = 10_000


class Data(NamedTuple):
    """What is found."""

    w: np.ndarray  # (LONG + 1,), the iterates
    converged: bool


def g(w: float, rng: np.random.Generator) -> float:  # noqa: ARG001 - there is no noise
    """Return tanh(w - 1)."""
    return np.tanh(w - 1)


def experiment() -> Data:
    """Iterate."""
    run = find_root(g, 3.0, iterations=LONG, rng=np.random.default_rng(0))
    return Data(run.trajectory.ravel(), run.converged)


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    half = 0.5e-4 + 1e-12
    made = [
        figure.Claim(f"w_{k}", text, data.w[k - 1], float(text) - half, float(text) + half, "to the digit printed")
        for k, text in enumerate(PRINTED, 1)
    ]
    # Near the root g is w - 1, and 1/k divides the distance by k at most: after 10,000 steps little can be left.
    made.append(figure.Claim(f"w after {LONG} iterations", "converges to 1", data.w[-1], 0.999, 1.001, "no noise"))
    return made


def draw(data: Data) -> Figure:
    """Draw the iterates on the curve, and their approach to the root."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = picture.subplots(1, 2)
    w = np.linspace(0.5, 4, 200)
    left.plot(w, np.tanh(w - 1), color="0.6", label="g(w) = tanh(w - 1)")
    left.axhline(0, color="0.8", lw=0.8)
    first = data.w[: len(PRINTED)]
    left.plot(first, np.tanh(first - 1), "o", color=figure.COLOURS[0], label="iterates")
    printed = np.array(PRINTED, float)
    left.plot(printed, np.zeros(len(printed)), "|", ms=14, color=figure.PUBLISHED, label="printed")
    for k, place in enumerate(first, 1):
        left.annotate(f"$w_{k}$", (place, np.tanh(place - 1)), (4, -12), textcoords="offset points")
    left.set(xlabel="w", ylabel="g(w)")
    left.legend()
    right.loglog(np.arange(1, len(data.w)), data.w[1:] - 1, color=figure.COLOURS[0], label="found")
    right.loglog(np.arange(1, len(printed)), printed[1:] - 1, "x", ms=8, color=figure.PUBLISHED, label="printed")
    right.set(xlabel="iterations", ylabel="distance from the root, 1")
    right.legend()
    picture.suptitle(f"w <- w - tanh(w - 1) / k, {SOURCE}", fontsize=10)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
