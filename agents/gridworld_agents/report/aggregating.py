"""All environments together: normalised scores, their aggregates and profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridworld_agents.comparison.curves import Curve
from gridworld_agents.report.content import AgentInterval, Estimates
from gridworld_agents.statistics.bootstrap import aggregate
from gridworld_agents.statistics.profiles import performance_profile

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.comparison.results import Comparison

TITLES = {
    "iqm": ("Interquartile mean", "The mean of the middle half of all runs: 1 is the optimum, 0 acting at random."),
    "median": ("Median", "The median over environments of the mean over runs."),
    "optimality_gap": ("Optimality gap", "How far runs fall short of the optimum on average; less is better."),
}
THRESHOLDS = 101


def normalised(comparison: Comparison) -> dict[str, npt.NDArray[np.float64]]:
    """Return the scores of each agent on the environments that have a scale: (R, T), on the seeds that all finished.

    1 is the optimum and 0 what acting at random is worth. Empty where no environment has such a scale, or no seed was
    finished by all.
    """
    scaled = [
        env.label
        for env in comparison.suite.envs
        for reference in [comparison.references[env.label]]
        if reference.optimum is not None and reference.uniform is not None and reference.optimum > reference.uniform
    ]
    seeds = set.intersection(*(set(comparison.seeds(env)) for env in scaled)) if scaled else set()
    if not seeds:
        return {}
    return {
        agent.label: np.array(
            [
                comparison.references[env].normalised(
                    [run.score for run in comparison.of(env, agent.label) if run.seed in seeds]
                )
                for env in scaled
            ]
        ).T
        for agent in comparison.suite.agents
    }


def estimates(comparison: Comparison, confidence: float) -> list[Estimates]:
    """Return the aggregates of all agents with their intervals."""
    scores = normalised(comparison)
    found = []
    for name, (title, explanation) in TITLES.items() if scores else ():
        intervals = []
        for agent, values in scores.items():
            one = aggregate(values, name, rng=np.random.default_rng(0), confidence=confidence)
            intervals.append(
                AgentInterval(agent=agent, estimate=float(one.value), low=float(one.low), high=float(one.high))
            )
        found.append(Estimates(title=title, explanation=explanation, intervals=intervals))
    return found


def profiles(comparison: Comparison, confidence: float) -> list[Curve]:
    """Return the share of runs above every threshold, with bands."""
    scores = normalised(comparison)
    if not scores:
        return []
    least = min(0.0, *(float(np.quantile(values, 0.05)) for values in scores.values()))
    thresholds = np.linspace(least, 1, THRESHOLDS)
    found = []
    for agent, values in scores.items():
        one = performance_profile(values, thresholds, rng=np.random.default_rng(0), confidence=confidence)
        found.append(
            Curve(
                agent=agent,
                steps=thresholds.tolist(),
                seconds=thresholds.tolist(),
                middle=np.asarray(one.value).tolist(),
                low=np.asarray(one.low).tolist(),
                high=np.asarray(one.high).tolist(),
            )
        )
    return found
