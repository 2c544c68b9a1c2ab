"""The page: one HTML file that holds all it shows and fetches nothing, so that it opens offline and can be mailed."""

from __future__ import annotations

import functools
import importlib.resources
from typing import TYPE_CHECKING, Any

from gridworld_agents.plotting.styles import COLOURS

if TYPE_CHECKING:
    from gridworld_agents.report.content import Content

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""So that nothing is told by colour alone."""

MOST_VERDICTS = 10
"""That are shown at once; the others are behind a click. Those that decide something come first."""


def render(content: Content) -> str:
    """Return the page as text."""
    import jinja2
    from plotly.offline import get_plotlyjs

    template = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_part("page.html"))
    return template.render(
        content=content,
        most_verdicts=MOST_VERDICTS,
        styles=_look(len(content.agents)),
        charts=content.charts(),
        css=_part("page.css"),
        script=_part("page.js"),
        plotly=get_plotlyjs(),
    )


def _look(agents: int) -> list[dict[str, Any]]:
    """Return colour and dash of each agent; with more agents than colours both together still tell them apart."""
    return [
        {"colour": COLOURS[i % len(COLOURS)], "dash": DASHES[(i // len(COLOURS) + i) % len(DASHES)]}
        for i in range(agents)
    ]


@functools.cache
def _part(name: str) -> str:
    return (importlib.resources.files("gridworld_agents.report") / name).read_text(encoding="utf-8")
