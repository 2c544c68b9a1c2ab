"""`learning_curve`: how runs came along."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.comparison import curves, results
from gridworld_agents.core.public import export
from gridworld_agents.plotting.choosing import comparison_of, env_of
from gridworld_agents.plotting.styles import axes_of, colour_of, line_of, literal
from gridworld_env import rendering

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from gridworld_agents.comparison.curves import Curve
    from gridworld_agents.comparison.results import Comparison, RunResult

AGAINST = {"steps": "steps of the environment", "seconds": "seconds of learning"}
FAINT = 0.35


@export("gridworld_agents.plotting.learning_curve")
def learning_curve(
    run: Comparison | RunResult | str | os.PathLike[str],
    env: str | None = None,
    *,
    ax: Axes | None = None,
    measure: str | None = None,
    against: str = "steps",
    each_seed: bool = False,
) -> Axes:
    """Draw learning curves: of a comparison the median over the seeds and their middle half, of a run its own.

    Args:
        run: A comparison, one of its runs, or the folder of either: of what `gridworld train` writes, too.
        env: Of a comparison, the label of the environment; None where there is one only.
        ax: The Axes; None makes a figure.
        measure: `"gap"`, the exact gap to the optimum; `"mean_return"`, of the last episodes while learning; or
            `"evaluated_return"`, of episodes played greedily. None takes the first that is known: the gap, then the
            evaluated return.
        against: `"steps"`, or `"seconds"` of learning.
        each_seed: Of a comparison, a faint line for each seed in place of the band.

    Returns:
        The Axes.

    Raises:
        ValueError: If an argument is not one of these, or there is nothing to draw.
        ImportError: If matplotlib is missing.
    """
    if against not in AGAINST:
        raise ValueError(f'against must be "steps" or "seconds", got {against!r}')
    if measure is not None and measure not in curves.MEASURES:
        raise ValueError(f"measure must be one of {', '.join(curves.MEASURES)}, got {measure!r}")
    if isinstance(run, str | pathlib.Path) and not (pathlib.Path(run) / "comparison.json").is_file():
        run = results.read_run(run)
    if isinstance(run, results.RunResult):
        return _run(run, axes_of(ax), measure, against)
    comparison = comparison_of(run)
    label = env_of(comparison, env)
    what = measure or curves.measured(comparison, label)
    agents = [choice.label for choice in comparison.suite.agents]
    drawn = [curves.curve(comparison, label, agent, what) for agent in agents]
    if not any(curve.steps for curve in drawn):
        raise ValueError(f"no run on {label} has finished and has a curve: there is nothing to draw")
    ax = axes_of(ax)
    optimum = comparison.references[label].played if what != "gap" else None
    if each_seed:
        for i, agent in enumerate(agents):
            for one in comparison.of(label, agent):
                if one.finished:
                    x, y = _points(one, what, against)
                    ax.plot(x, y, line_of(i), color=colour_of(i), alpha=FAINT, linewidth=0.8)
    measured = curves.MEASURES[what]
    with rendering.fonts_for([*agents, label]):
        draw_curves(ax, drawn, agents, measure=measured, optimum=optimum, against=against, bands=not each_seed)
        ax.set_title(literal(label))
    return ax


def draw_curves(
    ax: Any,
    drawn: Sequence[Curve],
    agents: Sequence[str],
    *,
    measure: str,
    optimum: float | None = None,
    against: str = "steps",
    bands: bool = True,
) -> None:
    """Draw curves over seeds.

    Args:
        ax: The Axes.
        drawn: One for an agent at most.
        agents: Labels, in the order of their colours.
        measure: The title of the y-axis.
        optimum: What the known optimum returns; None draws no line of it.
        against: "steps" or "seconds".
        bands: Whether the middle half of the seeds is shaded.
    """
    for curve in drawn:
        i = agents.index(curve.agent)
        low, middle, high = (
            np.array([np.nan if y is None else y for y in values], float)
            for values in (curve.low, curve.middle, curve.high)
        )
        x, known = np.array(getattr(curve, against)), ~np.isnan(middle)  # some are looked at less often than logged
        ax.plot(x[known], middle[known], line_of(i), color=colour_of(i), label=literal(curve.agent))
        if bands:
            ax.fill_between(x[known], low[known], high[known], color=colour_of(i), alpha=0.2, linewidth=0)
    if optimum is not None:
        ax.axhline(optimum, color="0.4", linestyle=":", linewidth=1, label="known optimum")
    ax.set(xlabel=AGAINST[against], ylabel=measure)
    if drawn:
        ax.legend()


def _run(run: RunResult, ax: Axes, measure: str | None, against: str) -> Axes:
    """Draw the curve of one run."""
    known = [name for name in ("gap", "evaluated_return", "mean_return") if not np.isnan(getattr(run, name)).all()]
    if not known or (measure is not None and measure not in known):
        there = f"it has {', '.join(known)}" if known else "it has no curve yet"
        raise ValueError(f"{run.folder} has no curve of {measure or 'anything'}: {there}")
    what = measure or known[0]
    x, y = _points(run, what, against)
    with rendering.fonts_for([run.agent, run.env]):
        ax.plot(x, y, color=colour_of(0), label=literal(f"{run.agent}, seed {run.seed}"))
        ax.set(xlabel=AGAINST[against], ylabel=curves.MEASURES[what], title=literal(run.env))
        ax.legend()
    return ax


def _points(run: RunResult, what: str, against: str) -> tuple[Any, Any]:
    x, y = getattr(run, against), getattr(run, what)
    known = ~(np.isnan(x) | np.isnan(y))
    return x[known], y[known]
