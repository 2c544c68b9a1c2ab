"""Which agent is better, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.comparison.deciding import verdicts
from gridworld_agents.core.public import export
from gridworld_agents.statistics.paired import compare_all
from gridworld_agents.statistics.sequential import SPENT

if TYPE_CHECKING:
    from gridworld_agents.comparison.results import Comparison
    from gridworld_agents.statistics.paired import Pair
    from gridworld_agents.statistics.sequential import SequentialComparison

LEAST_SEEDS = 2


def pairs(comparison: Comparison, env: str, confidence: float) -> list[Pair]:
    """Return every two agents compared with one another on an environment, by the seeds that both finished.

    Empty where fewer than two agents have finished runs with the same seeds.
    """
    scores = comparison.scores(env)
    if len(scores) < LEAST_SEEDS or not len(next(iter(scores.values()))):
        return []
    return compare_all(scores, confidence=confidence, larger_is_better=not comparison.exact(env))


@export("gridworld_agents.comparison.sentences")
def sentences(comparison: Comparison, *, confidence: float) -> list[str]:
    """Return the verdicts in words, the environments in turn.

    Where seeds were added until it was decided, the decisions are those of the stopping rule, which looking after every
    seed does not spoil, as it spoils tests.

    Args:
        comparison: With its runs.
        confidence: Of the decisions on each environment together; by the stopping rule, on all of them together.
    """
    said = []
    for env in comparison.suite.envs:
        if comparison.stopping is None:
            words = [pair.words for pair in pairs(comparison, env.label, confidence)]
        else:
            words = [_decided(x, y, one) for x, y, one in sequential(comparison, env.label, confidence)]
        said += [f"{env.label}: {word}" for word in words] or [f"{env.label}: there is nothing to compare"]
    return said


def sequential(comparison: Comparison, env: str, confidence: float) -> list[tuple[str, str, SequentialComparison]]:
    """Return every two agents and what the stopping rule says of them on an environment; empty without a rule."""
    if comparison.stopping is None:
        return []
    found = verdicts(comparison, comparison.stopping.budget, confidence)
    return [(x, y, one) for (place, x, y), one in found.items() if place == env and one.seeds]


def _decided(x: str, y: str, one: SequentialComparison) -> str:
    level = f"{100 * one.confidence:g}% confidence"
    if one.verdict in {"better", "worse"}:
        return f"{x} is {one.verdict} than {y} at {level}, decided after {one.seeds} seeds by the stopping rule."
    text = f"{x} and {y} are not distinguishable at {level} after {one.seeds} seeds, by the stopping rule"
    return f"{text}, which was to add no more." if one.verdict == SPENT else f"{text}; it would add more."


def best(comparison: Comparison, env: str) -> list[str]:
    """Return the agents on an environment, the best median score first."""
    scores: dict[str, Any] = comparison.scores(env)
    sign = 1 if comparison.exact(env) else -1
    return sorted(scores, key=lambda agent: sign * float(np.median(scores[agent])) if len(scores[agent]) else np.inf)
