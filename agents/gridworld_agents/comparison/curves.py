"""Learning curves over the seeds, for pages and for figures."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from gridworld_agents.comparison.results import Comparison, RunResult

    FloatArray = npt.NDArray[np.float64]

BAND = (0.25, 0.75)
"""Quantiles over the seeds between which the band lies."""
BAND_IN_WORDS = "Line: the median over the seeds. Band: the middle half of them."


MEASURES = {
    "gap": "gap to the optimum",
    "mean_return": "mean return of the last episodes",
    "evaluated_return": "mean return, played greedily",
}
"""What curves may be of, and the title of their axis."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Curve:
    """How one agent came along on one environment, over the seeds."""

    agent: str
    steps: list[float]  # (T,) steps of the environment
    seconds: list[float]  # (T,) seconds of learning, the median over seeds
    middle: list[float | None]  # (T,) None where it is not known
    low: list[float | None]  # (T,) the band's lower edge
    high: list[float | None]  # (T,)


def measured(comparison: Comparison, env: str) -> str:
    """Return which curve of a run is shown: `gap` where it is exact, else the returns that there are."""
    if comparison.exact(env):
        return "gap"
    played = any(not np.isnan(run.evaluated_return).all() for run in comparison.runs if run.env == env)
    return "evaluated_return" if played else "mean_return"


def curve(comparison: Comparison, env: str, agent: str, what: str | None = None) -> Curve:
    """Return the median and the middle half of the runs that finished, at the steps that all of them have.

    Args:
        comparison: With its runs.
        env: Label of the environment.
        agent: Label of the agent.
        what: One of `MEASURES`; None for what `measured` says.
    """
    runs = [run for run in comparison.of(env, agent) if run.finished and len(run.steps)]
    what = measured(comparison, env) if what is None else what
    return _over_seeds(agent, runs, lambda run: np.asarray(getattr(run, what)))


def metric_curves(comparison: Comparison, env: str) -> dict[str, list[Curve]]:
    """Return losses and the like by name: of the agents that have them, over the runs that finished."""
    found: dict[str, list[Curve]] = {}
    for agent in comparison.suite.agents:
        runs = [run for run in comparison.of(env, agent.label) if run.finished and len(run.steps)]
        for name in runs[0].metrics if runs else ():
            having = [run for run in runs if name in run.metrics]
            drawn = _over_seeds(agent.label, having, lambda run, name=name: run.metrics[name])  # type: ignore[misc]
            found.setdefault(name, []).append(drawn)
    return found


def _over_seeds(agent: str, runs: list[RunResult], value: Callable[[RunResult], FloatArray]) -> Curve:
    steps = _common([run.steps for run in runs])
    values, seconds = (
        np.array([of(run)[np.isin(run.steps, steps)] for run in runs]).reshape(len(runs), len(steps))
        for of in (value, lambda run: run.seconds)
    )
    known = ~np.isnan(values).any(axis=0) if runs else np.zeros(len(steps), bool)
    low, middle, high = (
        [float(np.quantile(values[:, i], share)) if known[i] else None for i in range(len(steps))]
        for share in (BAND[0], 0.5, BAND[1])
    )
    typical = np.nanmedian(seconds, axis=0) if runs and not np.isnan(seconds).all(axis=0).any() else steps * 0.0
    return Curve(agent=agent, steps=steps.tolist(), seconds=typical.tolist(), middle=middle, low=low, high=high)


def _common(all_steps: list[FloatArray]) -> FloatArray:
    if not all_steps:
        return np.empty(0)
    shared = set(all_steps[0].tolist())
    for steps in all_steps[1:]:
        shared &= set(steps.tolist())
    return np.array(sorted(shared))
