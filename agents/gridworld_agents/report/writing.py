"""Writing a report: the page, and its figures for papers."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import gymnasium as gym
import numpy as np

from gridworld_agents.comparison.verdicts import sentences as verdict_sentences
from gridworld_agents.core.files import atomic
from gridworld_agents.core.public import export
from gridworld_agents.evaluation.watching import value_range_of
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
    """Return pictures of each agent's run of median score, so that luck does not choose them, on one colour scale."""
    from gridworld_agents.runs.folder import RunFolder

    runs = {
        agent.label: [run for run in comparison.of(env.label, agent.label) if run.finished]
        for agent in comparison.suite.agents
    }
    medians = {label: _median(finished) for label, finished in runs.items() if finished}
    gamma = comparison.suite.gamma_on(env)
    with gym.make(env.id, **env.arguments) as made:
        agents = {  # this comparison wrote them
            f"{label}, seed {run.seed}": load_agent(RunFolder(run.folder), made, trust=True)
            for label, run in medians.items()
        }
        span = value_range_of(agents.values(), made, gamma)
    found = [
        picture(agent, label, env.id, env.arguments, gamma=gamma, value_range=span) for label, agent in agents.items()
    ]
    return [one for one in found if one is not None]


def _median(runs: list[RunResult]) -> RunResult:
    return runs[int(np.argsort([run.score for run in runs], kind="stable")[(len(runs) - 1) // 2])]
