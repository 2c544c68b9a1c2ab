"""A comparison as tidy pandas frames: a row a run, or a row a point of a learning curve."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.comparison import tables
from gridworld_env.authoring import frame

if TYPE_CHECKING:
    from gridworld_agents.comparison.results import Comparison, RunResult

CURVE = ("gap", "mean_return", "evaluated_return", "seconds")


def runs_frame(comparison: Comparison) -> Any:
    """Return a row a run: see `Comparison.to_pandas`."""
    head, rows = tables.results(comparison)
    columns = {name: [row[i] for row in rows] for i, name in enumerate(head) if name != "hyper_parameters"}
    _, timing = tables.timing(comparison)
    columns["seconds"] = [row[len(tables.TIMING) - 1] for row in timing]
    chosen = {agent.label: agent.hyper_parameters for agent in comparison.suite.agents}
    names = dict.fromkeys(name for hyper_parameters in chosen.values() for name in hyper_parameters)
    for name in names:
        column = name if name not in columns else f"hyper_parameter_{name}"
        columns[column] = [chosen[run.agent].get(name, math.nan) for run in comparison.runs]
    return frame(columns)


def curves_frame(runs: tuple[RunResult, ...]) -> Any:
    """Return a row a point of a learning curve: see `Comparison.to_pandas`."""
    lengths = [len(run.steps) for run in runs]
    columns: dict[str, Any] = {
        name: np.repeat(np.array([getattr(run, name) for run in runs], object), lengths)
        for name in ("env", "agent", "seed")
    }
    columns["steps"] = _joined([run.steps for run in runs])
    columns |= {name: _joined([getattr(run, name) for run in runs]) for name in CURVE}
    for name in dict.fromkeys(name for run in runs for name in run.metrics):
        column = name if name not in columns else f"metric_{name}"
        columns[column] = _joined([run.metrics.get(name, np.full(len(run.steps), math.nan)) for run in runs])
    return frame(columns).infer_objects()


def _joined(arrays: list[Any]) -> Any:
    return np.concatenate(arrays) if arrays else np.empty(0)
