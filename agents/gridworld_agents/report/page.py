"""The page: one HTML file that holds all it shows and fetches nothing, so that it opens offline and can be mailed."""

from __future__ import annotations

import base64
import functools
import hashlib
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
    scripts = [_as_parsed(text) for text in (get_plotlyjs(), _part("page.js"))]
    return template.render(
        content=content,
        most_verdicts=MOST_VERDICTS,
        styles=_look(len(content.agents)),
        charts=content.charts(),
        css=_part("page.css"),
        plotly=scripts[0],
        script=scripts[1],
        allowed=" ".join(map(_source, scripts)),
    )


def _look(agents: int) -> list[dict[str, Any]]:
    """Return colour and dash of each agent; with more agents than colours both together still tell them apart."""
    return [
        {"colour": COLOURS[i % len(COLOURS)], "dash": DASHES[(i // len(COLOURS) + i) % len(DASHES)]}
        for i in range(agents)
    ]


def _as_parsed(script: str) -> str:
    """Return a script as a browser hashes it, which has read its lines' ends."""
    return script.replace("\r\n", "\n").replace("\r", "\n")


def _source(script: str) -> str:
    """Return what allows a script, and no other, in a content security policy: by its hash (W3C, CSP level 3, 2.3)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@functools.cache
def _part(name: str) -> str:
    return (importlib.resources.files("gridworld_agents.report") / name).read_text(encoding="utf-8")
