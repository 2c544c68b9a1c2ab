"""Paired comparisons of agents on the same seeds, with a verdict in words.

1  d_i <- mean over tasks of x - y on seed i;  effect <- mean of d
2  p by the paired test; with several pairs of agents, Holm's adjustment of all of them
3  better or worse where p <= 1 - confidence, by the sign of the effect; else not distinguishable
4  the interval by Student's t, at the level at which Holm's procedure decided the pair (Ludbrook 2000)
5  where the test, being guarded, does not decide but Student's interval excludes 0, it is widened to end there

So verdict, p and interval are of one correction: a verdict is `better` or `worse` just where the interval excludes 0.
With a chance of at least `confidence` no verdict is false (Holm 1979). Each interval covers its own effect with at
least that chance, for it holds Student's interval of that very confidence. That all cover at once is not said: of
intervals that do, and go with Holm's decisions, those of effects that are decided tell as a rule no more than the sign
(Guilbaud 2008; Strassburger and Bretz 2008).
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.checks import flag
from gridworld_agents.core.public import export
from gridworld_agents.statistics.multiple_testing import holm, holm_levels
from gridworld_agents.statistics.paired_test import FEWEST_SEEDS, paired_p, spread, tied
from gridworld_agents.statistics.power import seeds_needed
from gridworld_agents.statistics.scores import checked_confidence, checked_scores, without_rounding

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

UNDECIDED = "not distinguishable"
ROUNDING = 1e-12
"""By how much a p-value may be above its level and still count as at it."""


@export("gridworld_agents.statistics.Pair")
@dataclasses.dataclass(frozen=True)
class Pair:
    """What the seeds say of agent `x` beside agent `y`."""

    x: str
    y: str
    verdict: str
    """`better`, `worse` (x than y) or `not distinguishable`."""
    words: str
    """The verdict in a sentence or two, with its grounds."""
    effect: float
    """Mean of x - y, in the scores' unit."""
    low: float
    """Of the effect's interval, which excludes 0 just where the verdict is `better` or `worse`; -inf at one seed."""
    high: float
    p: float
    """Adjusted for `comparisons`."""
    seeds: int
    more_seeds: float
    """How many more it would take: an estimate; 0 where decided, inf where no effect was seen, nan at one seed."""
    comparisons: int
    """Verdicts that were drawn together."""
    confidence: float
    limit: str
    """Why so few seeds could hardly decide, whatever the effect; empty where they could."""


@export("gridworld_agents.statistics.compare")
def compare(x: Any, y: Any, *, names: tuple[str, str] = ("x", "y"), **options: Any) -> Pair:
    """Compare two agents, as `compare_all` does any number.

    Args:
        x: Scores of the first, (num_seeds,) or (num_seeds, num_tasks).
        y: Scores of the second, on the same seeds.
        names: What they are called in words.
        **options: Those of `compare_all`.

    Raises:
        ValueError: If the names are the same, or as in `compare_all`.
    """
    first, second = names
    if first == second:
        raise ValueError(f"names must differ, got {first!r} twice")
    return compare_all({first: x, second: y}, **options)[0]


@export("gridworld_agents.statistics.compare_all")
def compare_all(
    scores: Mapping[str, Any], *, confidence: float = 0.95, larger_is_better: bool = True, tolerance: float = 1e-12
) -> list[Pair]:
    """Return the comparison of every two agents, in the order given.

    Args:
        scores: By agent, (num_seeds,) or (num_seeds, num_tasks); row i of every agent is the same seed.
        confidence: That no verdict among all of them is false, where the test's assumptions hold; in (0, 1).
        larger_is_better: False for gaps.
        tolerance: Differences up to it, in the scores' unit, count as none.

    Raises:
        ValueError: If there are fewer than two agents, shapes differ, or a score is missing.
    """
    confidence, sign = checked_confidence(confidence), 1 if flag("larger_is_better", larger_is_better) else -1
    if len(scores) < 2:
        raise ValueError(f"scores must hold two agents or more, got {len(scores)}")
    data = {name: checked_scores(f"scores of {name}", array, 1, 2) for name, array in scores.items()}
    if len({array.shape for array in data.values()}) > 1:
        shapes = ", ".join(f"{name}: {array.shape}" for name, array in data.items())
        raise ValueError(f"scores must have one shape, the same seeds and tasks for every agent, got {shapes}")
    pairs = list(itertools.combinations(data, 2))
    d = [without_rounding((data[x] - data[y]).reshape(len(data[x]), -1).mean(1), tolerance) for x, y in pairs]  # 1
    alone = [paired_p(differences) for differences in d]
    each = zip(pairs, d, holm(alone), holm_levels(alone, 1 - confidence), strict=True)  # 2
    return [
        _judge(pair, differences, float(p), float(level), sign, len(pairs), confidence)
        for pair, differences, p, level in each
    ]


def _judge(
    pair: tuple[str, str],
    d: npt.NDArray[np.float64],
    p: float,
    level: float,
    sign: int,
    comparisons: int,
    confidence: float,
) -> Pair:
    """Return the comparison that the differences d (n,), their adjusted p-value and its level give."""
    effect, decided = float(d.mean()), p <= 1 - confidence + ROUNDING
    verdict = ("better" if sign * effect > 0 else "worse") if decided else UNDECIDED  # 3
    more = 0.0 if decided else _more_seeds(d, level)
    low, high = _interval(d, level, decided=decided)
    limit = "" if decided else _limit(d, comparisons, 1 - confidence)
    words = _words(pair, d, verdict, more, p, comparisons, confidence, limit)
    return Pair(*pair, verdict, words, effect, low, high, p, len(d), more, comparisons, confidence, limit)


def _interval(d: npt.NDArray[np.float64], level: float, *, decided: bool) -> tuple[float, float]:
    """Return the interval of the mean difference: it excludes 0 just where that is decided."""
    from scipy.special import stdtrit

    if len(d) == 1:
        return -math.inf, math.inf
    half, mean = float(stdtrit(len(d) - 1, 1 - level / 2)) * spread(d) / math.sqrt(len(d)), float(d.mean())  # 4
    low, high = mean - half, mean + half
    if not decided:
        return min(low, 0.0), max(high, 0.0)  # 5
    least = math.ulp(0.0)  # on the edge rounding may put an end at 0, or just beyond it
    return (max(low, least), high) if mean > 0 else (low, min(high, -least))


def _more_seeds(d: npt.NDArray[np.float64], alpha: float) -> float:
    if len(d) == 1:
        return math.nan
    deviation, effect = spread(d), abs(float(d.mean()))
    needed = seeds_needed(math.inf if deviation == 0 and effect else effect / (deviation or 1), alpha)
    least = max(FEWEST_SEEDS, math.ceil(1 - math.log2(alpha)) if tied(d) else 0, len(d) + 1)
    return max(needed, least) - len(d)


def _limit(d: npt.NDArray[np.float64], comparisons: int, level: float) -> str:
    """Return why the test could hardly give p <= level with so many differences d (n,), or an empty text."""
    if not d.any():
        return ""
    if len(d) < FEWEST_SEEDS:
        return f"fewer than {FEWEST_SEEDS} seeds decide nothing"
    signs = int((d != 0).sum())
    least = 2.0 ** (1 - signs)
    if not tied(d) or least * comparisons <= level:
        return ""
    holm_too = f", which Holm multiplies by up to {comparisons}" if comparisons > 1 else ""
    those = "1 sign allows" if signs == 1 else f"{signs} signs allow"
    return f"differences of equal size count by their signs, and {those} no p below {least:.2g}{holm_too}"


def _words(
    pair: tuple[str, str],
    d: npt.NDArray[np.float64],
    verdict: str,
    more: float,
    p: float,
    comparisons: int,
    confidence: float,
    limit: str,
) -> str:
    x, y = pair
    n, level = len(d), f"{100 * confidence:g}% confidence"
    by = f" (p = {p:.2g}{f' after Holm for {comparisons} comparisons' if comparisons > 1 else ''})"
    seeds = f"{n} seed" + "s" * (n > 1)
    if verdict != UNDECIDED:
        return f"{x} is {verdict} than {y} at {level}, on {seeds}{by}."
    text = f"{x} and {y} are not distinguishable at {level}, on {seeds}{by}."
    if not d.any():
        return f"{text} Their scores are identical on every seed: more seeds of the same would not tell them apart."
    if n > 1 and spread(d) == 0:
        text += f" They differ by exactly {d[0]:.6g} on every seed."
    if limit:
        text += f" {limit[0].upper()}{limit[1:]}."
    if math.isnan(more):
        return f"{text} One seed shows no spread, so how many it would take is unknown."
    if math.isinf(more):
        return f"{text} The mean difference is zero, so no number of seeds can be named."
    missing = "1 more seed" if round(more) == 1 else f"{more:.0f} more seeds"
    return f"{text} With about {missing} it would probably be decided, if the effect seen is the true one."
