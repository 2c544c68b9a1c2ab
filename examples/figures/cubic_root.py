"""Robbins-Monro where the slope has no bound.

Published is one run of w <- w - a_k (w^3 - 5 + noise) from w = 0, noise N(0, 1), a_k = 1/k by the text: within 50
iterations it settles near the root, 1.71. The text adds that the start has to be chosen well, and that g' <= c2 does
not hold for this g.

An anomaly: with 1/k almost every run diverges. The first step alone leads to 5 less a draw of N(0, 1), the second to
about 5 - 60. The figure has another step size: its 50 iterates and their noise, read off its lines to three decimals,
fit a_k = 1/(k + 1) at every step, and 1/k at none of the first. Of runs with 1/(k + 1) about a quarter diverge: 28%
of 1000 with seeds from 1000 on. With 1/(k + 5) none did.

Recomputed are 30 runs of 1000 iterations each by `find_root`, whose diagnosis names the condition that is violated.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import figure
import maps
import numpy as np

from gridworld_agents.stochastic_approximation import find_root

if TYPE_CHECKING:
    from figure import Claim
    from matplotlib.figure import Figure

    from gridworld_agents.stochastic_approximation import Root

SOURCE = "Zhao (2025), figure 6.3"
SEEDS, SHOWN = 30, 50
BELOW, ABOVE = "0 < c1 <= g'", "g' <= c2"
OTHERS = {"sum a_k = inf", "sum a_k^2 < inf", "E[eta^2] bounded"}
"""The conditions of Theorem 6.1, as the diagnosis calls them."""
ROOT = 5 ** (1 / 3)
RULES = {"1 / k, as in the text": "visits", "1 / (k + 1), as in the figure": "visits:1:1", "1 / (k + 5)": "visits:1:5"}

PRINTED = maps.printed("""
    0 1.927 0.947 2.304 0.974 1.757 1.620 1.653 1.695 1.742 1.800 1.730 1.629 1.647 1.670 1.650 1.646 1.766 1.738 1.747
    1.828 1.838 1.799 1.731 1.732 1.715 1.746 1.812 1.776 1.788 1.727 1.668 1.690 1.660 1.645 1.700 1.703 1.698 1.687
    1.675 1.666 1.659 1.676 1.674 1.731 1.752 1.719 1.731 1.720 1.688""")
"""The iterates w_1, ..., w_50 of the figure."""
PRINTED_NOISE = maps.printed("""
    1.147 0.787 -1.278 -0.585 -0.619 0.535 0.483 0.108 -0.340 -0.926 0.005 1.139 0.427 0.181 0.657 0.584 -1.616 0.019
    -0.426 -2.034 -1.329 -0.320 0.825 -0.229 0.262 -0.898 -2.157 0.094 -0.951 1.173 1.735 -0.372 1.193 0.954 -1.415
    -0.033 0.261 0.523 0.677 0.674 0.678 -0.313 0.379 -2.253 -1.168 1.202 -0.661 0.328 1.508""")
"""The noise of the steps to w_2, ..., w_50; the figure draws it at the iterate that it leads to."""


class Data(NamedTuple):
    """What is found: the runs for each rule of step sizes."""

    runs: dict[str, list[Root]]


def g(w: float, rng: np.random.Generator) -> float:
    """Return w^3 - 5 and noise."""
    return w**3 - 5 + rng.standard_normal()


def experiment() -> Data:
    """Run both rules with all seeds."""
    return Data(
        {
            name: [find_root(g, 0.0, step_size=rule, rng=np.random.default_rng(seed)) for seed in range(SEEDS)]
            for name, rule in RULES.items()
        }
    )


def misfit(shift: int) -> float:
    """Return how far a printed iterate is from where steps of 1 / (k + shift) lead from the one before, at most."""
    w, k = PRINTED[:-1], np.arange(1, SHOWN)
    return float(np.abs(w - (w**3 - 5 + PRINTED_NOISE) / (k + shift) - PRINTED[1:]).max())


def claims(data: Data) -> list[Claim]:
    """Return what is published beside what is found."""
    as_text, as_figure, smaller = data.runs.values()
    away = [run for run in as_text if run.diverged]
    named = sum(ABOVE in run.diagnosis.violated for run in away)
    others = sum(bool(OTHERS & set(run.diagnosis.violated)) for run in away)
    sentence = sum("g' <= c2 is violated: the slope grows without bound" in str(run.diagnosis) for run in away)
    apart = max(abs(run.w - ROOT) for run in smaller)
    converged = sum(run.converged for run in smaller)
    only = sum(run.diagnosis.violated == (BELOW,) and run.diagnosis.steps.met for run in smaller)
    lost = sum(run.diverged for run in as_figure)
    n, all_of = SEEDS, len(away)
    return [
        figure.Claim("printed run: misfit to 1/(k + 1)", "50 points", misfit(1), 0, 0.003, "read to 0.0005"),
        figure.Claim("printed run: misfit to 1/k", "a_k = 1/k", misfit(0), 0.1, 10, "anomaly: text and figure differ"),
        figure.Claim("1/k: runs of 30 that diverge", "converges", len(away), n - 1, n, "anomaly; 2% at most converge"),
        figure.Claim("of them, diagnosis names g' <= c2", "does not hold", named, all_of, all_of),
        figure.Claim("of them, it says that the slope has no bound", "does not hold", sentence, all_of, all_of),
        figure.Claim("of them, it names steps or noise", "these hold", others, 0, 0),
        figure.Claim("1/(k + 1): runs of 30 that diverge", "converges", lost, 1, 17, "28%; 3.3 deviations about 8.5"),
        figure.Claim("1/(k + 5): runs of 30 that converge", "1.71", converged, n, n, "no run of 1000 diverged"),
        figure.Claim("1/(k + 5): the largest error", "1.71", apart, 0, 0.05, "its standard deviation is about 0.004"),
        figure.Claim(
            "1/(k + 5): those that name 0 < c1 <= g' alone", "not said", only, n, n, "3 w^2 is 0 at the start"
        ),
    ]


def draw(data: Data) -> Figure:
    """Draw the first iterates of all runs."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(14, 4.6), layout="constrained")
    for axes, (name, runs) in zip(picture.subplots(1, 3), data.runs.items(), strict=True):
        for run in runs:
            w = run.trajectory.ravel()[:SHOWN]
            axes.plot(
                np.arange(1, len(w) + 1), w, ".-", color=figure.COLOURS[1 if run.diverged else 0], lw=0.7, alpha=0.5
            )
        axes.plot(np.arange(1, SHOWN + 1), PRINTED, color=figure.PUBLISHED, lw=1.5, label="the printed run")
        axes.axhline(ROOT, color=figure.PUBLISHED, ls=":", lw=1, label="the root")
        lost = sum(run.diverged for run in runs)
        axes.set(title=f"steps {name}: {lost} of {SEEDS} diverge", xlabel="iteration k", ylabel="$w_k$")
        axes.set_ylim(-3, 7)  # those that diverge are beyond it after a few steps, and beyond 1e50 soon
        axes.legend(loc="upper right", fontsize=8)
    picture.suptitle(
        f"w <- w - a_k (w^3 - 5 + noise), {SOURCE}; red: diverges, out of the picture; blue: does not", fontsize=10
    )
    return picture


if __name__ == "__main__":
    sys.exit(figure.main(sys.modules[__name__]))
