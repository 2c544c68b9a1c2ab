"""A comparison as tables in files: what is the same however often it runs apart from what is not, the seconds."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any

from gridworld_agents.comparison.columns import FRACTIONS, time_to
from gridworld_agents.core.files import atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gridworld_agents.comparison.results import Comparison, RunResult

RESULTS = ("env", "env_id", "agent", "agent_id", "seed", "status", "measure", "score", "optimum", "total_steps")
CURVES = ("env", "agent", "seed", "steps", "gap", "mean_return", "evaluated_return")
TIMING = ("env", "agent", "seed", "seconds")


def write(comparison: Comparison) -> list[str]:
    """Write `results.csv`, `curves.csv` and `timing.csv`, and `results.parquet` where pandas and pyarrow are there.

    Returns:
        The names of the files.
    """
    folder = comparison.folder
    header, rows = results(comparison)
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] = {
        "results.csv": (header, rows),
        "curves.csv": (CURVES, _curves(comparison)),
        "timing.csv": timing(comparison),
    }
    for name, (head, body) in tables.items():
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([head, *([_shown(cell) for cell in row] for row in body)])
        with atomic(folder / name) as file:
            file.write(text.getvalue().encode())
    try:
        import pandas as pd
        import pyarrow as pa  # noqa: F401 - what pandas writes the file with
    except ImportError:
        return list(tables)
    frame = pd.DataFrame([dict(zip(header, row, strict=True)) for row in rows])
    with atomic(folder / "results.parquet") as file:
        frame.to_parquet(file, index=False)
    return [*tables, "results.parquet"]


def results(comparison: Comparison) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """Return the headings and the rows of `results.csv`, one a run."""
    return (*RESULTS, *(time_to("steps", each) for each in FRACTIONS), "hyper_parameters"), list(_results(comparison))


def timing(comparison: Comparison) -> tuple[Sequence[str], list[Sequence[Any]]]:
    """Return the headings and the rows of `timing.csv`, one a run."""
    return (*TIMING, *(time_to("seconds", each) for each in FRACTIONS)), list(_timing(comparison))


def _results(comparison: Comparison) -> Iterator[tuple[Any, ...]]:
    suite = comparison.suite
    envs = {choice.label: choice for choice in suite.envs}
    agents = {choice.label: choice for choice in suite.agents}
    for run in comparison.runs:
        env, agent = envs[run.env], agents[run.agent]
        reference = comparison.references[run.env]
        exact = reference.optimum is not None
        optimum = reference.optimum if exact else reference.played  # in the unit of the score
        yield (
            run.env,
            env.id,
            run.agent,
            agent.id,
            run.seed,
            run.status,
            "gap" if exact else "return",
            run.score,
            math.nan if optimum is None else optimum,
            suite.steps_on(env),
            *(_reached(comparison, run, fraction, "steps") for fraction in FRACTIONS),
            json.dumps(agent.hyper_parameters, sort_keys=True),
        )


def _curves(comparison: Comparison) -> Iterator[tuple[Any, ...]]:
    for run in comparison.runs:
        for i, steps in enumerate(run.steps):
            yield run.env, run.agent, run.seed, int(steps), run.gap[i], run.mean_return[i], run.evaluated_return[i]


def _timing(comparison: Comparison) -> Iterator[tuple[Any, ...]]:
    for run in comparison.runs:
        seconds = float(run.seconds[-1]) if len(run.seconds) else math.nan
        reached = (_reached(comparison, run, fraction, "seconds") for fraction in FRACTIONS)
        yield run.env, run.agent, run.seed, seconds, *reached


def _reached(comparison: Comparison, run: RunResult, fraction: float, of: str) -> float:
    """Return when a run came within a share of the optimum: inf for never, nan where that is not known."""
    if not comparison.references[run.env].optimum or not run.finished:
        return math.nan
    times = comparison.times_to(run.env, run.agent, fraction, of=of)
    finished = [other.seed for other in comparison.of(run.env, run.agent) if other.finished]
    return float(times[finished.index(run.seed)])


def _shown(cell: Any) -> Any:
    """Return a cell as CSV holds it: every digit of a number, nothing for one that is not known."""
    if isinstance(cell, float):
        return "" if math.isnan(cell) else repr(float(cell))
    return cell
