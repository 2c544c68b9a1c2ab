"""Whether more seeds are needed: pairs of agents that are not told apart yet."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from gridworld_agents.statistics.sequential import GOES_ON, SequentialComparison

if TYPE_CHECKING:
    from gridworld_agents.comparison.results import Comparison


def verdicts(
    comparison: Comparison, budget: int, confidence: float
) -> dict[tuple[str, str, str], SequentialComparison]:
    """Return the sequential comparison of every two agents on every environment, by environment and agents.

    Looking after every seed and stopping at the first decision keeps the error rate: of all decisions together, at most
    a share of 1 - confidence of comparisons of equal agents ends with one that is wrong.

    Args:
        comparison: With the runs so far.
        budget: Of seeds.
        confidence: In (0, 1).
    """
    agents = [agent.label for agent in comparison.suite.agents]
    pairs = list(itertools.combinations(agents, 2))
    found = {}
    for env in comparison.suite.envs:
        scores = comparison.scores(env.label)
        for x, y in pairs:
            one = SequentialComparison(
                budget=budget,
                confidence=confidence,
                comparisons=len(pairs) * len(comparison.suite.envs),
                larger_is_better=not comparison.exact(env.label),
            )
            if len(scores[x]):
                one.update(scores[x] - scores[y])
            found[env.label, x, y] = one
    return found


def undecided(comparison: Comparison, budget: int, confidence: float) -> list[tuple[str, str, str]]:
    """Return the pairs of agents that more seeds may tell apart, with their environment."""
    return [key for key, one in verdicts(comparison, budget, confidence).items() if one.verdict == GOES_ON]
