"""Writing a report: the page, and its figures for papers."""

from __future__ import annotations

import dataclasses
import importlib
from typing import TYPE_CHECKING

from gridworld_agents.comparison.tuning import all_sentences
from gridworld_agents.core.files import atomic
from gridworld_agents.core.links import refuse_links
from gridworld_agents.core.public import export
from gridworld_agents.report.assembling import content
from gridworld_agents.report.exploration import exploration_notes
from gridworld_agents.report.figures import draw
from gridworld_agents.report.page import render
from gridworld_agents.report.runs_in_pictures import pictures_on

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

    from gridworld_agents.comparison.results import Comparison


LIBRARIES = ("PIL", "jinja2", "matplotlib", "plotly")
"""Of the extra `report`, as they are imported, that a page cannot do without."""


@export("gridworld_agents.report.write")
def write(
    comparison: Comparison,
    *,
    confidence: float = 0.95,
    sentences: Sequence[str] | None = None,
    trust: bool = False,
) -> pathlib.Path:
    """Write `report.html` and the folder `figures` beside the results, and return the page's path.

    Args:
        comparison: With its runs.
        confidence: Of intervals and verdicts, in (0, 1).
        sentences: The verdicts in words; None draws them from the runs.
        trust: For pictures, read agents' files that can carry code, and import modules that ids of environments name,
            whoever wrote them; otherwise only files that this process or its workers wrote, and modules that have been
            imported. What cannot be drawn is left out, and the page says so.

    Raises:
        ValueError: If the folder `figures` is, or holds, a symbolic link.
        ImportError: If the libraries of the extra `report` are missing.
    """
    check_libraries()
    figures, left_out = comparison.folder / "figures", []
    refuse_links(figures, below=comparison.folder)
    if sentences is None:
        sentences = all_sentences(comparison, confidence=confidence)
    pictures, notes = {}, {}
    for env in comparison.suite.envs:
        pictures[env.label], reasons = pictures_on(comparison, env, trust=trust)
        left_out += reasons
        notes[env.label] = exploration_notes(comparison, env, trust=trust)
    made = content(comparison, confidence=confidence, sentences=sentences, pictures=pictures, notes=notes)
    _, reasons = draw(made, figures)
    text = render(dataclasses.replace(made, left_out=[*left_out, *reasons]))
    path = comparison.folder / "report.html"
    with atomic(path) as file:
        file.write(text.encode())
    return path


def check_libraries() -> None:
    """Refuse to begin a report without the libraries that it takes.

    Raises:
        ImportError: With those that are missing, and the extra that brings them.
    """
    missing = [name for name in LIBRARIES if not _there(name)]
    if missing:
        raise ImportError(f'a report needs {", ".join(missing)}: pip install "gridworld-env[report]"')


def _there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
