"""How many seeds it would take: the power of the paired t-test (Cohen 1988, chapter 2), by the noncentral t.

1  delta <- |mean| / spread of the differences seen, taken for the truth
2  the least n whose chance to reach the level is at least `power`
"""

from __future__ import annotations

import math

from gridworld_agents.core.public import export

MOST_EXACT = 2000
"""Beyond it the normal approximation is off by less than one in a thousand."""


@export("gridworld_agents.statistics.seeds_needed")
def seeds_needed(delta: float, alpha: float, power: float = 0.8) -> float:
    """Return the least number of pairs, a whole number >= 2, or inf where delta is 0.

    Args:
        delta: |mean| / spread, >= 0; inf where there is no spread.
        alpha: Of the two-sided test, in (0, 1).
        power: In (alpha, 1).
    """
    from scipy.special import nctdtr, ndtri, stdtrit

    if delta == 0 or math.isnan(delta):
        return math.inf
    if math.isinf(delta):
        return 2
    rough = ((ndtri(1 - alpha / 2) + ndtri(power)) / delta) ** 2
    if rough > MOST_EXACT:
        return float(math.ceil(rough))
    n = max(2, int(rough) - 1)
    while nctdtr(n - 1, delta * math.sqrt(n), stdtrit(n - 1, 1 - alpha / 2)) > 1 - power:
        n += 1
    return n
