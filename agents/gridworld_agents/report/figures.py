"""Figures for papers: learning curves and aggregates as PNG and PDF."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.plotting.curves import draw_curves
from gridworld_agents.plotting.styles import COLOURS, colour_of, line_of, literal, style
from gridworld_env.authoring import printable
from gridworld_env.rendering import fonts_for

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from gridworld_agents.report.content import Content, EnvironmentPart, SweepChart


def draw(content: Content, folder: pathlib.Path) -> tuple[list[pathlib.Path], list[str]]:
    """Draw the curves of every environment, and the aggregates where there are any.

    Returns:
        The files, and for each figure that cannot be drawn a sentence that says why.
    """
    from matplotlib.figure import Figure

    folder.mkdir(exist_ok=True)
    written: list[pathlib.Path] = []
    left_out: list[str] = []

    def save(name: str, size: tuple[float, float], fill: Callable[[Any], None]) -> None:
        try:
            figure = Figure(figsize=size, layout="constrained")
            fill(figure)
            written.extend(_save(figure, folder / name))
        except Exception as error:  # noqa: BLE001 - matplotlib raises all sorts of things, and the rest stands
            left_out.append(f"The figure {name} is left out: {printable(str(error) or type(error).__name__)}")

    words = [*content.agents, *(part.label for part in content.environments)]
    with style("print"), fonts_for(words):
        for i, part in enumerate(content.environments):
            fill = functools.partial(_curves, part=part, agents=content.agents)
            save(f"curves-{i + 1}", (4.5, 3), fill)
            for j, chart in enumerate(part.sweeps):
                drawn = functools.partial(_sweep, chart=chart, title=part.label)
                save(f"sweep-{i + 1}-{j + 1}", (4.5, 3), drawn)
        if content.aggregates:
            size = (7, 0.8 + 0.35 * len(content.agents))
            save("aggregates", size, functools.partial(_intervals, content=content))
    return written, left_out


def _curves(figure: Any, part: EnvironmentPart, agents: list[str]) -> None:
    axes = figure.subplots()
    draw_curves(axes, part.curves, agents, measure=part.measure, optimum=part.optimum)
    axes.set(title=literal(part.label))


def _sweep(figure: Any, chart: SweepChart, title: str) -> None:
    axes = figure.subplots()
    values = [value for line in chart.lines for value in line.values]
    texts = list(dict.fromkeys(map(str, values)))
    numbers = all(isinstance(value, int | float) for value in values)
    for i, line in enumerate(chart.lines):
        x = np.array(line.values if numbers else [texts.index(str(value)) for value in line.values], float)
        middle, bars = np.array(line.middle), np.array([line.low, line.high])
        how: Any = {"color": colour_of(i), "linestyle": line_of(i), "capsize": 2}
        axes.errorbar(x, middle, np.abs(bars - middle), marker="o", markersize=4, label=literal(line.name), **how)
        if line.best is not None:
            axes.plot(x[line.best], middle[line.best], "*", color=how["color"], markersize=13)
    if not numbers:
        axes.set_xticks(range(len(texts)), [literal(text) for text in texts])
    elif min(values) > 0 and max(values) >= 10 * min(values):
        axes.set_xscale("log")
        axes.set_xticks(sorted(set(values)), [f"{value:g}" for value in sorted(set(values))], minor=False)
        axes.minorticks_off()
    axes.set(xlabel=literal(chart.name), ylabel=chart.measure, title=literal(title))
    axes.legend()


def _intervals(figure: Any, content: Content) -> None:
    all_axes = figure.subplots(1, len(content.aggregates), sharey=True)
    for axes, estimates in zip(np.atleast_1d(all_axes), content.aggregates, strict=True):
        for row, one in enumerate(estimates.intervals):
            colour = COLOURS[content.agents.index(one.agent) % len(COLOURS)]
            axes.plot([one.low, one.high], [row, row], color=colour, linewidth=5, alpha=0.4, solid_capstyle="butt")
            axes.plot([one.estimate], [row], "|", color=colour, markersize=12, markeredgewidth=2)
        axes.set_yticks(range(len(estimates.intervals)), [literal(one.agent) for one in estimates.intervals])
        axes.set(title=estimates.title, ylim=(len(estimates.intervals) - 0.5, -0.5))


def _save(figure: Any, path: pathlib.Path) -> list[pathlib.Path]:
    files = [path.with_suffix(suffix) for suffix in (".png", ".pdf")]
    for file in files:
        figure.savefig(file, dpi=200)
    return files
