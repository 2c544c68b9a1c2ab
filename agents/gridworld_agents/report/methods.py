"""What a report says of how its numbers were computed, and of what they assume."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridworld_agents.comparison.results import Comparison


def methods(comparison: Comparison, confidence: float) -> list[str]:
    """Return the paragraphs.

    Args:
        comparison: With its runs.
        confidence: Of verdicts and intervals.
    """
    exact = [env.label for env in comparison.suite.envs if comparison.exact(env.label)]
    played = any(reference.played is not None for reference in comparison.references.values())
    stopping, said = comparison.stopping, []
    if exact:
        said.append(EXACT.format(envs=listed(exact)))
    if len(exact) < len(comparison.suite.envs):
        said.append(PLAYED.format(episodes=comparison.suite.episodes))
    if played:
        said.append(OPTIMUM)
    if stopping is None:
        said.append(FIXED.format(confidence=confidence))
    else:
        said.append(RULE.format(budget=stopping.budget, alpha=1 - confidence))
    if comparison.suite.sweep:
        said.append(SWEEP)
    said.append(INTERVALS)
    return said


EXACT = (
    "Gaps are exact: the agent's deterministic policy is read off in every state and valued by the model of the "
    "environment; nothing is played, so that there is no noise but that of learning. This holds for {envs}."
)
PLAYED = (
    "Elsewhere a score is the mean return of {episodes} episodes, played greedily and the same for every agent and "
    "seed."
)
OPTIMUM = (
    "Where the optimum of a continuous environment is known, its policy plays the same episodes. It is the best by "
    "discounted returns without a time limit; what it returns here is no bound."
)
FIXED = (
    "Verdicts compare agents on the same seeds, at {confidence:.0%} confidence for all pairs on an environment "
    "together (Holm). P-values are adjusted so (Holm 1979), and the interval of a difference has the level at which "
    "Holm's procedure decided that pair (Ludbrook 2000): it excludes 0 just where the verdict is better "
    "or worse. Each interval covers its own difference in at least {confidence:.0%}; that all do at once is not "
    "claimed. "
    "Verdicts assume that differences between agents scatter symmetrically, and that they are about normal where they "
    "are not tied; fewer than 5 seeds decide nothing, and then, or where ties forbid a verdict, the interval is "
    "widened to hold 0. How many seeds are missing is estimated from the effect that was seen, for a power of 80%."
)
RULE = (
    "Seeds were added until every two agents were told apart, to {budget} at most. Verdicts are those of a stopping "
    "rule that may be looked at after every seed: a bet on the signs of the differences, which is a fair game if two "
    "agents are equal. A pair is decided when the bet has multiplied its stake by two times the number of pairs on all "
    "environments, over {alpha:.2g} (Ramdas, Ruf, Larsson and Koolen 2020). The chance of any false decision among "
    "them is at most {alpha:.2g}. What is not covered is agents of equal means whose differences lean to one side. "
    "Intervals do not take into account that seeds were added."
)
SWEEP = (
    "Of several settings of an agent the best is chosen by every other seed: by the median of the final scores, the "
    "mean where medians are tied, and the mean over the learning curve where means are. Its score is reported on the "
    "other seeds, and agents are compared in their best settings on these: on the seeds that chose it, the best of "
    "many looks better than it is. Where there is one seed only, it does both, and the verdict says so."
)
INTERVALS = (
    "Intervals of interquartile means are stratified percentile bootstrap intervals, as rliable's are. With few runs "
    "they are too narrow: of intervals that should hold the true value in 95%, about 90% do with 5 runs on one "
    "environment, about 93% with 10."
)


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
