"""Gradient descent with small batches.

Published is one run each of stochastic gradient descent (a sample a step) and of mini-batches of 5 and 50. They
estimate the mean of 100 samples, uniform on a square of side 20, from (-20, 20) in 30 steps. All go straight to the
mean while they are far away; near it, the larger the batch, the closer they stay. No number is printed.

Recomputed are 40 runs of each with steps 1/k, from other samples each. The k-th iterate is then the mean of m k draws
from the 100 samples: each coordinate has an error of 20 / sqrt(12 m k), and the distance is in the mean 20 / sqrt(12
m k) sqrt(pi / 2). Averaged over k = 1, ..., 30 these are 2.3, 1.0 and 0.33 for m = 1, 5, 50. The mean of 40 runs is
off by 5% (one standard deviation), and the intervals are 20% wide on both sides.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import figure
import numpy as np

from gridworld_agents.stochastic_approximation import gradient_descent

if TYPE_CHECKING:
    from figure import Claim
    from matplotlib.figure import Figure

SOURCE = "Zhao (2025), figure 6.5"
SEEDS, ITERATIONS, START = 40, 30, (-20.0, 20.0)
BATCHES = (1, 5, 50, None)
"""None is batch gradient descent: all samples in every step."""


class Data(NamedTuple):
    """What is found."""

    samples: np.ndarray  # (100, 2), of the first seed
    paths: dict[int | None, np.ndarray]  # (ITERATIONS + 1, 2), of the first seed, by batch
    distances: dict[int | None, np.ndarray]  # (SEEDS, ITERATIONS + 1), from the samples' mean


def experiment() -> Data:
    """Run all batches with all seeds."""
    samples, paths, distances = [], {}, {}
    for m in BATCHES:
        found = []
        for seed in range(SEEDS):
            rng = np.random.default_rng(seed)
            x = rng.uniform(-10, 10, (100, 2))
            run = gradient_descent(x, START, batch_size=m, iterations=ITERATIONS, rng=rng)
            found.append(np.linalg.norm(run.trajectory - x.mean(axis=0), axis=1))
            if seed == 0:
                samples, paths[m] = x, run.trajectory
        distances[m] = np.array(found)
    return Data(samples, paths, distances)


def expected(m: int) -> np.ndarray:
    """Return the mean distance after k = 1, ..., ITERATIONS steps, (ITERATIONS,)."""
    return 20 / np.sqrt(12) * np.sqrt(np.pi / 2) / np.sqrt(m * np.arange(1, ITERATIONS + 1))


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    mean = {m: d.mean(axis=0)[1:] for m, d in data.distances.items()}
    made = []
    for m in (1, 5, 50):
        theory = float(expected(m).mean())
        note = f"{SEEDS} runs, error 5%; theory {theory:.3g}"
        found = float(mean[m].mean())
        made.append(figure.Claim(f"mean distance, m = {m}", "a curve", found, 0.8 * theory, 1.2 * theory, note))
    for small, large in ((1, 5), (5, 50)):
        closer = int((mean[small] > mean[large]).sum())
        what = f"steps of 30 after which m = {large} is closer than m = {small}"
        made.append(figure.Claim(what, "larger is closer", closer, ITERATIONS, ITERATIONS, f"mean of {SEEDS} runs"))
    what = "distance of batch descent after any step"
    # With all samples and a_1 = 1 the first step goes all the way.
    made.append(figure.Claim(what, "not shown", float(mean[None].max()), 0, 1e-12, "exact"))
    return made


def draw(data: Data) -> Figure:
    """Draw one run of each, and the mean distances."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(10.5, 4.8), layout="constrained")
    left, right = picture.subplots(1, 2)
    left.plot(*data.samples.T, ".", color="0.75", label="samples")
    k = np.arange(1, ITERATIONS + 1)
    for m, colour in zip((1, 5, 50), figure.COLOURS, strict=False):
        left.plot(*data.paths[m].T, ".-", color=colour, lw=1, label=f"m = {m}")
        right.plot(data.distances[m].mean(axis=0), "o-", ms=3, color=colour, label=f"m = {m}, mean of {SEEDS} runs")
        right.plot(k, expected(m), "--", color=figure.PUBLISHED, lw=1, label="theory" if m == 1 else None)
    left.plot(*data.samples.mean(axis=0), "k*", ms=10, label="mean of the samples")
    left.set(xlabel="x", ylabel="y", title="one run", aspect="equal")
    left.legend(fontsize=8)
    right.set(xlabel="step k", ylabel="distance from the samples' mean", title="all runs", yscale="log")
    right.legend(fontsize=8)
    picture.suptitle(f"Batches of m samples, {SOURCE}", fontsize=10)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
