"""The mean of coin tosses.

Published is one run: 200 samples of +1 or -1 with equal chance, and their running mean, which goes to 0. No number is
printed but the true mean and the range of the axes.

Recomputed is the running mean of 1000 runs by `mean_estimation`, with steps 1/k. After n tosses its standard
deviation is 1 / sqrt(n), exactly; that of 1000 runs is off by 2.2% (one standard deviation), the intervals are 10%
wide on both sides. The mean of all runs after 200 tosses has a deviation of 0.0022, and its interval is four of that.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import figure
import numpy as np

from gridworld_agents.stochastic_approximation import mean_estimation

if TYPE_CHECKING:
    from figure import Claim
    from matplotlib.figure import Figure

SOURCE = "Zhao (2025), figure 5.2"
RUNS, TOSSES = 1000, 200
AT = (10, 50, 200)


class Data(NamedTuple):
    """What is found."""

    samples: np.ndarray  # (200,), of the first run
    means: np.ndarray  # (1000, 200), running means


def experiment() -> Data:
    """Toss."""
    rng = np.random.default_rng(0)
    samples = rng.choice([-1.0, 1.0], (RUNS, TOSSES))
    means = np.array([mean_estimation(run).trajectory.ravel()[-TOSSES:] for run in samples])
    return Data(samples[0], means)


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    made = []
    for n in AT:
        exact, found = n**-0.5, float(np.sqrt(np.mean(data.means[:, n - 1] ** 2)))
        note = f"{RUNS} runs, error 2.2%; 1/sqrt(n) is {exact:.3g}"
        made.append(figure.Claim(f"deviation after {n} tosses", "a curve", found, 0.9 * exact, 1.1 * exact, note))
    last = float(data.means[:, -1].mean())
    made.append(figure.Claim(f"mean after {TOSSES} tosses", "0", last, -0.009, 0.009, f"{RUNS} runs, error 0.0022"))
    return made


def draw(data: Data) -> Figure:
    """Draw one run, and how far all runs are from the mean."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(8, 4), layout="constrained")
    axes = picture.subplots()
    n = np.arange(1, TOSSES + 1)
    axes.plot(n, data.samples, ".", color="0.7", label="samples of one run")
    axes.plot(n, data.means[0], color=figure.COLOURS[0], label="their running mean")
    low, high = np.quantile(data.means, [0.025, 0.975], axis=0)
    axes.fill_between(n, low, high, color=figure.COLOURS[5], alpha=0.4, label=f"95% of {RUNS} runs")
    axes.plot(n, 2 / np.sqrt(n), "--", color=figure.PUBLISHED, lw=1, label="2 / sqrt(n)")
    axes.plot(n, -2 / np.sqrt(n), "--", color=figure.PUBLISHED, lw=1)
    axes.set(xlabel="tosses n", ylabel="value", ylim=(-2, 2), title=f"The mean of coin tosses, {SOURCE}")
    axes.legend(loc="upper right", fontsize=8)
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
