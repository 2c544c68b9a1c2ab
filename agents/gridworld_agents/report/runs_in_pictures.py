"""Which runs of a comparison are drawn, and what their files are trusted with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from gridworld_agents.comparison import written
from gridworld_agents.core.env_ids import check_env_module
from gridworld_agents.evaluation.watching import value_range_of
from gridworld_agents.report.pictures import picture
from gridworld_agents.runs.folder import RunFolder
from gridworld_agents.runs.running import load_agent
from gridworld_env.authoring import printable

if TYPE_CHECKING:
    from gridworld_agents.comparison.results import Comparison, RunResult
    from gridworld_agents.comparison.suite import EnvChoice
    from gridworld_agents.report.content import Picture


def pictures_on(comparison: Comparison, env: EnvChoice, *, trust: bool) -> tuple[list[Picture], list[str]]:
    """Return pictures of each agent's run of median score, so that luck does not choose them, on one colour scale.

    Args:
        comparison: With its runs.
        env: On which.
        trust: Read files that can carry code, and import what the environment's id names, whoever wrote them.

    Returns:
        The pictures, and for each that is left out a sentence that says why.
    """
    left_out: list[str] = []
    try:
        check_env_module(env.id, comparison.folder, trust=trust)
        made = gym.make(env.id, **env.arguments)
    except Exception as error:  # noqa: BLE001 - an environment may raise anything, and the rest of the report stands
        return [], [_without(f"Pictures on {env.label}", error)]
    gamma = comparison.suite.gamma_on(env)
    with made:
        agents = _agents(comparison, env, made, left_out, trust=trust)
        try:
            span = value_range_of(agents.values(), made, gamma)
        except Exception as error:  # noqa: BLE001 - as above
            return [], [*left_out, _without(f"Pictures on {env.label}", error)]
    found = []
    for label, agent in agents.items():
        try:
            found.append(picture(agent, label, env.id, env.arguments, gamma=gamma, value_range=span))
        except Exception as error:  # noqa: BLE001 - as above
            left_out.append(_without(f"The picture of {label} on {env.label}", error))
    return [one for one in found if one is not None], left_out


def _agents(comparison: Comparison, env: EnvChoice, made: Any, left_out: list[str], *, trust: bool) -> dict[str, Any]:
    """Return the agents that are drawn, by what they are called."""
    agents = {}
    for choice in comparison.suite.agents:
        finished = [run for run in comparison.of(env.label, choice.label) if run.finished]
        if not finished:
            continue
        run = _median(finished)
        folder, name = RunFolder(run.folder), f"{choice.label}, seed {run.seed}"
        try:
            trusted = trust or written.by_this_process(folder.agent)
            agents[name] = load_agent(folder, made, choice.id, trust=trusted)
        except Exception as error:  # noqa: BLE001 - a file may hold anything, and a plugin's loader raise it
            left_out.append(_without(f"The picture of {name} on {env.label}", error))
    return agents


def _without(what: str, error: Exception) -> str:
    return f"{what} is left out: {printable(str(error) or type(error).__name__)}"


def _median(runs: list[RunResult]) -> RunResult:
    return runs[int(np.argsort([run.score for run in runs], kind="stable")[(len(runs) - 1) // 2])]
