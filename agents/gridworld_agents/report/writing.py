"""Writing a report: the page, and its figures for papers."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from gridworld_agents.comparison.verdicts import sentences as verdict_sentences
from gridworld_agents.core.files import atomic
from gridworld_agents.core.public import export
from gridworld_agents.report.assembling import content
from gridworld_agents.report.figures import draw
from gridworld_agents.report.page import render
from gridworld_agents.report.pictures import picture
from gridworld_agents.runs.running import load_agent

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

    from gridworld_agents.comparison.results import Comparison, RunResult
    from gridworld_agents.comparison.suite import EnvChoice
    from gridworld_agents.report.content import Picture


LIBRARIES = ("PIL", "jinja2", "matplotlib", "plotly")
"""Of the extra `report`, as they are imported, that a page cannot do without."""


@export("gridworld_agents.report.write")
def write(comparison: Comparison, *, confidence: float = 0.95, sentences: Sequence[str] | None = None) -> pathlib.Path:
    """Write `report.html` and the folder `figures` beside the results, and return the page's path.

    Args:
        comparison: With its runs.
        confidence: Of intervals and verdicts, in (0, 1).
        sentences: The verdicts in words; None draws them from the runs.

    Raises:
        ImportError: If the libraries of the extra `report` are missing.
    """
    check_libraries()
    if sentences is None:
        sentences = verdict_sentences(comparison, confidence=confidence)
    pictures = {env.label: _pictures(comparison, env) for env in comparison.suite.envs}
    made = content(comparison, confidence=confidence, sentences=sentences, pictures=pictures)
    text = render(made)
    draw(made, comparison.folder / "figures")
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


def _pictures(comparison: Comparison, env: EnvChoice) -> list[Picture]:
    """Return pictures of each agent's run of median score, so that luck does not choose them."""
    found = []
    for agent in comparison.suite.agents:
        finished = [run for run in comparison.of(env.label, agent.label) if run.finished]
        if finished:
            made = _picture(_median(finished), env, agent.label, comparison.suite.gamma_on(env))
            found += [] if made is None else [made]
    return found


def _median(runs: list[RunResult]) -> RunResult:
    return runs[int(np.argsort([run.score for run in runs], kind="stable")[(len(runs) - 1) // 2])]


def _picture(run: RunResult, env: EnvChoice, label: str, gamma: float) -> Any:
    from gridworld_agents.runs.folder import RunFolder

    made = gym.make(env.id, **env.arguments)
    with made:
        agent = load_agent(RunFolder(run.folder), made, trust=True)  # this comparison wrote it
    return picture(agent, f"{label}, seed {run.seed}", env.id, env.arguments, gamma=gamma)
