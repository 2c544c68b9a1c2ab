"""Final scores against a hyper-parameter that was swept over, for the page and for figures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.comparison.curves import BAND
from gridworld_agents.comparison.tuning import tuned
from gridworld_agents.report.content import SweepChart, SweepLine

if TYPE_CHECKING:
    from gridworld_agents.comparison.results import Comparison
    from gridworld_agents.comparison.tuning import Tuned

EXPLANATION = (
    "Line: the median over the seeds. Bar: the middle half of them. Star: the setting that every other seed chose; the "
    "verdict says what it is worth on the rest."
)


def sweep_charts(comparison: Comparison, env: str) -> list[SweepChart]:
    """Return a chart for each hyper-parameter that was swept over, none where no agent has two values of it.

    Args:
        comparison: With its runs.
        env: Label of the environment.
    """
    found = tuned(comparison, env)
    measure = "final gap to the optimum" if comparison.exact(env) else "final mean return"
    charts = []
    for name in comparison.suite.sweep:
        lines = [line for one in found if name in one.names for line in _lines(comparison, env, one, name)]
        if lines:
            charts.append(SweepChart(name=name, measure=measure, explanation=EXPLANATION, lines=lines))
    return charts


def _lines(comparison: Comparison, env: str, one: Tuned, name: str) -> list[SweepLine]:
    """Return a line for each combination of the other hyper-parameters, none where there is only one value."""
    scores = comparison.scores(env)
    groups: dict[str, list[int]] = {}
    for i, setting in enumerate(one.settings):
        others = {other: value for other, value in setting.items() if other != name}
        groups.setdefault(json.dumps(others, sort_keys=True), []).append(i)
    lines = []
    for key, members in groups.items():
        order = sorted(members, key=lambda i: _order(one.settings[i][name]))
        if len(order) == 1:
            continue
        own = np.array([scores[one.labels[i]] for i in order])
        low, middle, high = np.quantile(own, (BAND[0], 0.5, BAND[1]), axis=1).tolist()
        others = json.loads(key)
        lines.append(
            SweepLine(
                name=f"{one.agent}, {', '.join(f'{k} = {v}' for k, v in others.items())}" if others else one.agent,
                values=_shown([one.settings[i][name] for i in order]),
                low=low,
                middle=middle,
                high=high,
                best=order.index(one.best) if one.best in order else None,
            )
        )
    return lines


def _order(value: Any) -> tuple[bool, float, str]:
    """Return what values are sorted by: numbers first."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (not number, float(value) if number else 0.0, str(value))


def _shown(values: list[Any]) -> list[Any]:
    """Return values as an axis has them: numbers where all are, else texts."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return values
    return [str(value) for value in values]
