"""What came out of a comparison, as plain data: `read` takes it from the folder, finished or not."""

from __future__ import annotations

import csv
import dataclasses
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.comparison.folder import ComparisonFolder, blaming
from gridworld_agents.comparison.progress import COLUMNS as PROGRESS
from gridworld_agents.comparison.reference import Reference
from gridworld_agents.core.callbacks import MetricsToCSV
from gridworld_agents.core.checks import finite_number, probability, whole_number
from gridworld_agents.core.files import LARGEST_RECORD, read_text
from gridworld_agents.core.json_text import parsed
from gridworld_agents.core.links import refuse_links
from gridworld_agents.core.public import export
from gridworld_agents.runs.folder import RunFolder
from gridworld_agents.statistics.reaching import first_reached
from gridworld_env.authoring import Displayed, printable

if TYPE_CHECKING:
    import os
    import pathlib
    from collections.abc import Sequence

    import numpy.typing as npt

    from gridworld_agents.comparison.suite import AgentChoice, EnvChoice, Suite

    FloatArray = npt.NDArray[np.float64]

KNOWN_COLUMNS = {*MetricsToCSV.COLUMNS, "gap", "value_error", "visited"}
"""What `metrics.csv` holds of every agent; further columns are an agent's own metrics."""


@export("gridworld_agents.comparison.Stopping")
class Stopping(NamedTuple):
    """The rule by which seeds were added until agents were told apart; see `statistics.sequential`."""

    budget: int  # of seeds
    confidence: float


@export("gridworld_agents.comparison.RunResult")
@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class RunResult:
    """One run: an agent on an environment with a seed."""

    env: str  # label
    agent: str  # label
    seed: int
    folder: pathlib.Path
    status: str  # "finished", "failed", or "missing": not run yet, or not to its end
    error: str | None  # the traceback, where it failed
    score: float  # the final gap to the optimum, or mean return; nan unless finished
    steps: FloatArray  # (T,) steps of the environment, of the points of the curves
    seconds: FloatArray  # (T,) of learning
    gap: FloatArray  # (T,) exact gap to the optimum; nan where it is not known
    mean_return: FloatArray  # (T,) of the last episodes while learning; nan before there is one
    evaluated_return: FloatArray  # (T,) of episodes played greedily; nan where none were
    metrics: dict[str, FloatArray]  # (T,) each: losses and the like by name, of agents that have any

    def __repr__(self) -> str:
        """Say which run it is, and how it ended; its curves are too long to be shown."""
        ended = f"score {self.score:.6g}" if self.finished else self.status
        return f"<RunResult: {self.agent} on {self.env}, seed {self.seed}, {ended}>"

    def to_pandas(self) -> Any:
        """Return its learning curve as a pandas frame, a row a point: see `Comparison.to_pandas`.

        Raises:
            ImportError: If pandas is missing.
        """
        from gridworld_agents.comparison import frames

        return frames.curves_frame((self,))

    @property
    def reason(self) -> str:
        """Why it failed: the last line of the traceback, printable and not too long; empty where it did not."""
        return printable("".join((self.error or "").strip().splitlines()[-1:]))

    @property
    def finished(self) -> bool:
        """Whether it came to its end."""
        return self.status == "finished"


@export("gridworld_agents.comparison.Comparison")
@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Comparison(Displayed):
    """All of a comparison. A notebook shows a table of the final scores."""

    folder: pathlib.Path
    suite: Suite
    references: dict[str, Reference]  # by the environment's label
    runs: tuple[RunResult, ...]  # by environment, then agent, then seed
    command: str  # that repeats it
    versions: dict[str, str]
    platform: str
    stopping: Stopping | None = None  # None: the number of seeds was fixed beforehand

    def __repr__(self) -> str:
        """Say what was compared, how many runs ended how, and where they are: the whole would fill many screens."""
        suite, counts = self.suite, dict.fromkeys(("finished", "failed", "missing"), 0)
        for run in self.runs:
            counts[run.status] += 1
        ended = ", ".join(f"{count} {status}" for status, count in counts.items() if count or status == "finished")
        agents, envs = (", ".join(one.label for one in chosen) for chosen in (suite.agents, suite.envs))
        return f"<Comparison of {agents} on {envs}, {len(suite.seeds)} seeds: {ended}; in {self.folder}>"

    def of(self, env: str, agent: str) -> list[RunResult]:
        """Return the runs of an agent on an environment by seed; `env` and `agent` are their labels."""
        return [run for run in self.runs if (run.env, run.agent) == (env, agent)]

    def exact(self, env: str) -> bool:
        """Return whether scores on `env`, a label, are exact gaps to its optimum; otherwise they are mean returns."""
        return self.references[env].optimum is not None

    def seeds(self, env: str) -> list[int]:
        """Return the seeds with which every agent finished on `env`, a label: those that can be paired."""
        unfinished = {run.seed for run in self.runs if run.env == env and not run.finished}
        return [seed for seed in self.suite.seeds if seed not in unfinished]

    def scores(self, env: str) -> dict[str, FloatArray]:
        """Return the final scores of each agent on `env`, a label, by the seeds that all finished: (R,) each."""
        seeds = set(self.seeds(env))
        return {
            agent.label: np.array([run.score for run in self.of(env, agent.label) if run.seed in seeds])
            for agent in self.suite.agents
        }

    def times_to(self, env: str, agent: str, fraction: float, *, of: str = "steps") -> FloatArray:
        """Return when the runs that finished first came within a share of the optimum: (R,), inf for never.

        Args:
            env: Label of the environment, whose optimum must be known.
            agent: Label of the agent.
            fraction: Of the optimum's absolute value, in (0, 1).
            of: `"steps"` or `"seconds"`.

        Raises:
            ValueError: If the optimum is 0 or not known.
        """
        optimum = self.references[env].optimum
        if optimum is None:
            raise ValueError(f"the optimum of {env} is not known")
        times = []
        for run in self.of(env, agent):
            known = ~np.isnan(run.gap)
            if not run.finished:
                continue
            at, gap = getattr(run, of)[known], run.gap[known]
            times.append(float(first_reached(gap[None], at, optimum, fraction)[0]) if len(at) else np.inf)
        return np.array(times)

    def to_pandas(self, what: str = "runs") -> Any:
        """Return the comparison as a tidy pandas frame.

        Args:
            what: `"runs"`: a row a run, with the columns of `results.csv`, `seconds` of learning, and one column for
                each hyper-parameter that is set in the suite, nan for agents that do not set it. `"curves"`: a row a
                point of a learning curve, with env, agent, seed, steps, gap, mean_return, evaluated_return, seconds,
                and the agents' own metrics.

        Raises:
            ValueError: If `what` is neither.
            ImportError: If pandas is missing.
        """
        from gridworld_agents.comparison import frames

        if what not in ("runs", "curves"):
            raise ValueError(f'what must be "runs" or "curves", got {what!r}')
        return frames.runs_frame(self) if what == "runs" else frames.curves_frame(self.runs)

    def _shown(self) -> Any:
        from gridworld_agents.comparison.printing import sheet

        return sheet(self)

    @property
    def failures(self) -> list[RunResult]:
        """The runs that failed."""
        return [run for run in self.runs if run.status == "failed"]


@export("gridworld_agents.comparison.read")
def read(path: str | os.PathLike[str]) -> Comparison:
    """Read a comparison from its folder.

    Args:
        path: Of the folder.

    Raises:
        ValueError: If the folder holds none, or a file in it cannot be used, with its name and what to do.
    """
    folder = ComparisonFolder(path)
    suite = folder.suite()
    with folder.reading_record() as content:
        known: dict[str, Any] = {
            "references": {env.label: _reference(content["references"][env.label]) for env in suite.envs},
            "command": _text(content["command"]),
            "versions": {_text(name): _text(version) for name, version in content["versions"].items()},
            "platform": _text(content["platform"]),
            "stopping": stopping_of(content),
        }
    runs = [result(folder, env, agent, seed) for env in suite.envs for agent in suite.agents for seed in suite.seeds]
    return Comparison(folder=folder.path, suite=suite, runs=tuple(runs), **known)


def _reference(values: Any) -> Reference:
    made = Reference(*values)
    for value in made[:3]:
        if value is not None:
            finite_number("a reference", value)
    return made._replace(reason=_text(made.reason))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"it must have text, got {value!r}")
    return value


def stopping_of(content: dict[str, Any]) -> Stopping | None:
    """Return the stopping rule in a comparison's record, None where it has none."""
    held = content.get("stopping")
    if held is None:
        return None
    budget, confidence = held
    return Stopping(whole_number("the budget of seeds", budget, 1), probability("the confidence", confidence))


def status_of(folder: ComparisonFolder, env: EnvChoice, agent: AgentChoice, seed: int) -> str:
    """Return "finished", "failed" or "missing"."""
    path = folder.run(env, agent, seed).path
    if (path / "error.txt").exists():
        return "failed"
    return "finished" if (path / "score.json").exists() else "missing"


def result(folder: ComparisonFolder, env: EnvChoice, agent: AgentChoice, seed: int) -> RunResult:
    """Read one run."""
    run = folder.run(env, agent, seed)
    refuse_links(run.path, below=folder.path)  # what is read here may be shown to others
    status = status_of(folder, env, agent, seed)
    again = f"remove the folder {run.path}, and --resume does the run again"
    return _run_of(run, env.label, agent.label, seed, status, again)


def read_run(path: str | os.PathLike[str]) -> RunResult:
    """Read a run from its folder, one of a comparison's or what `gridworld train` has written; its score is left out.

    Raises:
        ValueError: If the folder holds none, or a file in it cannot be used.
    """
    run = RunFolder(str(path))
    settings = run.settings()
    refuse_links(run.path)
    status = "finished" if run.status() == "finished" else "missing"
    return _run_of(run, settings.env, settings.agent, settings.seed, status, "train again", scored=False)


def _run_of(
    run: RunFolder, env: str, agent: str, seed: int, status: str, again: str, *, scored: bool = True
) -> RunResult:
    """Read what a run has left."""
    error, score = None, float("nan")
    if status == "failed":
        error = (run.path / "error.txt").read_text(encoding="utf-8", errors="replace")
    with blaming(run.path / "score.json", again):
        if status == "finished" and scored:
            score = _score(parsed(read_text(run.path / "score.json", LARGEST_RECORD)), env, agent)
    with blaming(run.metrics, again):
        metrics = _columns(run.metrics, MetricsToCSV.COLUMNS)
    with blaming(run.path / "progress.csv", again):
        progress = _columns(run.path / "progress.csv", PROGRESS)
    steps = metrics.get("num_timesteps", np.empty(0))
    return RunResult(
        env=env,
        agent=agent,
        seed=seed,
        folder=run.path,
        status=status,
        error=error,
        score=score,
        steps=steps,
        seconds=_joined(steps, progress, "seconds"),
        gap=metrics.get("gap", np.full(len(steps), np.nan)),
        mean_return=metrics.get("mean_return", np.full(len(steps), np.nan)),
        evaluated_return=_joined(steps, progress, "evaluated_return"),
        metrics={name: column for name, column in metrics.items() if name not in KNOWN_COLUMNS},
    )


def _score(held: dict[str, Any], env: str, agent: str) -> float:
    """Return the score that a file holds, which must be that of the run in whose folder it is."""
    if (held["env"], held["agent"]) != (env, agent):
        raise ValueError(f"it is the score of {held['agent']!r} on {held['env']!r}")
    score = held["score"]
    if type(score) not in (int, float):
        raise TypeError(f"the score must be a number, got {score!r}")
    if held["measure"] == "return":
        returns = np.array([finite_number("each of its returns", g) for g in held["returns"]])
        if not returns.size or not math.isclose(returns.mean(), score, rel_tol=1e-9, abs_tol=1e-12):
            raise ValueError(f"its score, {score!r}, is not the mean of its returns")
    elif held["measure"] != "gap":
        raise ValueError(f"its measure must be gap or return, got {held['measure']!r}")
    return float(score)


def _columns(path: pathlib.Path, first: Sequence[str]) -> dict[str, FloatArray]:
    """Return the columns of a CSV file of numbers; of a last row that was cut off, nothing.

    Args:
        path: Of the file; there may be none.
        first: The columns that must come first; the very first counts steps.
    """
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file, strict=True)) or [[]]
    if rows and len(rows[-1]) < len(header):
        rows.pop()
    if not rows:
        return {}
    if header[: len(first)] != list(first) or len(set(header)) != len(header):
        raise ValueError(f"its first columns must be {', '.join(first)}, and no two the same")
    if any(len(row) != len(header) for row in rows):
        raise ValueError(f"each of its rows must have {len(header)} cells")
    columns = {name: np.array([_number(row[i]) for row in rows]) for i, name in enumerate(header)}
    steps = columns[first[0]]
    if not (np.isfinite(steps).all() and (steps == np.floor(steps)).all() and (np.diff(steps, prepend=0) > 0).all()):
        raise ValueError(f"its {first[0]} must be whole numbers above 0, ascending")
    return columns


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def _joined(steps: FloatArray, columns: dict[str, Any], name: str) -> FloatArray:
    """Return a column of another file at the same steps, nan where it has none."""
    known = dict(zip(columns.get("num_timesteps", ()), columns.get(name, ()), strict=True))
    return np.array([known.get(step, np.nan) for step in steps], dtype=np.float64)
