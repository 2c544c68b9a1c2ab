"""Which agent is better, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.comparison.deciding import verdicts
from gridworld_agents.statistics.paired import compare_all

if TYPE_CHECKING:
    from gridworld_agents.comparison.results import Comparison
    from gridworld_agents.statistics.paired import Pair

LEAST_SEEDS = 2


def pairs(comparison: Comparison, env: str, confidence: float) -> list[Pair]:
    """Return every two agents held against one another on an environment, by the seeds that both finished.

    Empty where fewer than two agents have finished runs with the same seeds.
    """
    scores = comparison.scores(env)
    if len(scores) < LEAST_SEEDS or not len(next(iter(scores.values()))):
        return []
    return compare_all(scores, confidence=confidence, larger_is_better=not comparison.exact(env))


def sentences(comparison: Comparison, *, confidence: float, budget: int | None = None) -> list[str]:
    """Return the verdicts in words, the environments in turn.

    Args:
        comparison: With its runs.
        confidence: Of the decisions on each environment together.
        budget: Of seeds, where seeds were added until it was decided; the decisions are then those of the stopping
            rule, which looking after every seed does not spoil.
    """
    said = []
    for env in comparison.suite.envs:
        if budget is None:
            words = [pair.words for pair in pairs(comparison, env.label, confidence)]
        else:
            found = verdicts(comparison, budget, confidence)
            words = [
                f"{x} is {one.verdict} than {y}, decided after {one.seeds} seeds"
                if one.verdict in {"better", "worse"}
                else f"{x} and {y} are not distinguishable with {len(comparison.seeds(env.label))} seeds"
                for (place, x, y), one in found.items()
                if place == env.label
            ]
        said += [f"{env.label}: {word}" for word in words] or [f"{env.label}: there is nothing to hold side by side"]
    return said


def best(comparison: Comparison, env: str) -> list[str]:
    """Return the agents on an environment, the best median score first."""
    scores: dict[str, Any] = comparison.scores(env)
    sign = 1 if comparison.exact(env) else -1
    return sorted(scores, key=lambda agent: sign * float(np.median(scores[agent])) if len(scores[agent]) else np.inf)
