"""`compare`: the final scores of agents; `sensitivity`: scores against a hyper-parameter. Every seed is shown."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.comparison.curves import BAND
from gridworld_agents.core.public import export
from gridworld_agents.plotting.choosing import comparison_of, env_of
from gridworld_agents.plotting.styles import axes_of, colour_of, line_of, literal, marker_of
from gridworld_env import rendering

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from gridworld_agents.comparison.results import Comparison
    from gridworld_agents.comparison.suite import AgentChoice

WIDE = 20
"""A hyper-parameter whose largest value is so many times its smallest is drawn on a logarithmic axis."""
ROW = 0.55
"""Inches of the figure for each agent."""
SPREAD = 0.5
"""Height of the band of an agent's dots, in rows."""


@export("gridworld_agents.plotting.compare")
def compare(comparison: Comparison | str | os.PathLike[str], env: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw the final scores of the agents of a comparison: a dot a seed, the median, and the middle half.

    Args:
        comparison: It, or its folder.
        env: Label of the environment; None where there is one only.
        ax: The Axes; None makes a figure.

    Returns:
        The Axes.

    Raises:
        ValueError: If there is no such environment, or no run on it has finished.
        ImportError: If matplotlib is missing.
    """
    comparison = comparison_of(comparison)
    label = env_of(comparison, env)
    agents = [choice.label for choice in comparison.suite.agents]
    scores = [np.array([run.score for run in comparison.of(label, agent) if run.finished]) for agent in agents]
    if not any(map(len, scores)):
        raise ValueError(f"no run on {label} has finished: there is nothing to draw")
    ax = axes_of(ax, (6.4, 1.1 + ROW * len(agents)))
    for row, values in enumerate(scores):
        if len(values) == 0:
            continue
        low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]))
        heights = row + SPREAD * (np.arange(len(values)) + 0.5) / len(values) - SPREAD / 2
        ax.plot(values, heights, marker_of(row), color=colour_of(row), alpha=0.55, markeredgewidth=0)
        ax.plot([low, high], [row, row], color=colour_of(row), linewidth=6, alpha=0.35, solid_capstyle="butt")
        ax.plot([middle], [row], "|", color=colour_of(row), markersize=18, markeredgewidth=2.5)
    with rendering.fonts_for([*agents, label]):
        ax.set_yticks(range(len(agents)), [literal(_row(a, s)) for a, s in zip(agents, scores, strict=True)])
        ax.set(ylim=(len(agents) - 0.5, -0.5), xlabel=_measure(comparison, label), title=literal(label))
    ax.grid(visible=False, axis="y")
    return ax


def _row(agent: str, scores: Any) -> str:
    return agent if len(scores) else f"{agent} (no run finished)"


def _measure(comparison: Comparison, env: str) -> str:
    if comparison.exact(env):
        return "final gap to the optimum"
    return "final mean return"


STAR: Any = {"markeredgecolor": "black", "markeredgewidth": 0.8, "linestyle": "none"}


class _Setting(NamedTuple):
    """An agent at one value of the hyper-parameter."""

    value: Any
    scores: Any  # (R,), of the runs that finished


@export("gridworld_agents.plotting.sensitivity")
def sensitivity(
    comparison: Comparison | str | os.PathLike[str], parameter: str, env: str | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw final scores against a hyper-parameter of which a comparison's agents have several values.

    A dot is a seed, a line goes through the medians, a star marks the best of them, and the legend names its value. The
    best is chosen on the very seeds that are shown, so that its score is likely to be better there than on others: what
    is reported of it should come from further seeds.

    Agents that differ in their id or in another hyper-parameter have lines of their own; those that do not set the
    parameter are left out. A value that is not a number, such as a schedule, stands beside the numbers in an even row.

    Args:
        comparison: It, or its folder.
        parameter: Name of the hyper-parameter, such as "alpha".
        env: Label of the environment; None where there is one only.
        ax: The Axes; None makes a figure.

    Returns:
        The Axes.

    Raises:
        ValueError: If fewer than two values of the parameter were tried, or no run with one has finished.
        ImportError: If matplotlib is missing.
    """
    comparison = comparison_of(comparison)
    label = env_of(comparison, env)
    lines = _lines(comparison, parameter, label)
    values = _ordered([setting.value for line in lines.values() for setting in line])
    if len(values) < 2:
        raise ValueError(
            f"{parameter} must have several values among the comparison's agents, got {values or 'none'}; "
            f"what differs is {', '.join(_varied(comparison.suite.agents)) or 'nothing'}"
        )
    if not any(len(setting.scores) for line in lines.values() for setting in line):
        raise ValueError(f"no run on {label} with {parameter} has finished: there is nothing to draw")
    ax = axes_of(ax)
    places = _places(values)
    best_of = min if comparison.exact(label) else max
    for i, (name, line) in enumerate(lines.items()):
        known = sorted((one for one in line if len(one.scores)), key=lambda one: places[_key(one.value)])
        if not known:
            continue
        x = [places[_key(one.value)] for one in known]
        medians = [float(np.median(one.scores)) for one in known]
        for at, one in zip(x, known, strict=True):
            seeds = [at] * len(one.scores)
            ax.plot(seeds, one.scores, marker_of(i), color=colour_of(i), alpha=0.4, markeredgewidth=0, markersize=4)
        best = best_of(range(len(known)), key=medians.__getitem__)
        told = f"{name}, best at {known[best].value}"
        ax.plot(x, medians, line_of(i), color=colour_of(i), label=literal(told))
        ax.plot([x[best]], [medians[best]], "*", color=colour_of(i), markersize=13, zorder=5, **STAR)
    ax.plot([], [], "*", color="white", markersize=10, label="best median of these seeds", **STAR)
    _set_scale(ax, values, places)
    with rendering.fonts_for([label]):
        ax.set(xlabel=literal(parameter), ylabel=_measure(comparison, label), title=literal(label))
    ax.legend(frameon=True, framealpha=0.8, edgecolor="none")
    return ax


def _lines(comparison: Comparison, parameter: str, env: str) -> dict[str, list[_Setting]]:
    """Return the settings of agents that differ in nothing else, under a name for each line."""
    found: dict[str, list[_Setting]] = {}
    chosen = [choice for choice in comparison.suite.agents if parameter in choice.hyper_parameters]
    differing = set(_varied(chosen)) - {parameter}
    for choice in chosen:
        others = [f"{name}={value}" for name, value in choice.hyper_parameters.items() if name in differing]
        scores = np.array([run.score for run in comparison.of(env, choice.label) if run.finished])
        setting = _Setting(choice.hyper_parameters[parameter], scores)
        found.setdefault(", ".join([choice.id, *sorted(others)]), []).append(setting)
    return found


def _varied(agents: Sequence[AgentChoice]) -> list[str]:
    """Return the hyper-parameters of which agents have several values."""
    names = dict.fromkeys(name for agent in agents for name in agent.hyper_parameters)
    return [name for name in names if len({repr(agent.hyper_parameters.get(name)) for agent in agents}) > 1]


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _key(value: Any) -> Any:
    """Return what tells values apart: 1 and 1.0 are the same."""
    return float(value) if _is_number(value) else repr(value)


def _ordered(values: Sequence[Any]) -> list[Any]:
    """Return the different values, numbers first and ascending."""
    different = {_key(value): value for value in values}
    amounts = sorted((value for value in different.values() if _is_number(value)), key=float)
    return [*amounts, *(value for value in different.values() if not _is_number(value))]


def _places(values: Sequence[Any]) -> dict[Any, float]:
    """Return where values stand on the axis: numbers where all are numbers, else in an even row."""
    if all(map(_is_number, values)):
        return {_key(value): float(value) for value in values}
    return {_key(value): float(i) for i, value in enumerate(values)}


def _set_scale(ax: Axes, values: Sequence[Any], places: dict[Any, float]) -> None:
    if not all(map(_is_number, values)):
        ax.set_xticks(list(places.values()), [literal(str(value)) for value in values])
    elif values[0] > 0 and values[-1] >= WIDE * values[0]:
        ax.set_xscale("log")
        ax.set_xticks([float(value) for value in values], [f"{value:g}" for value in values])
        ax.minorticks_off()
