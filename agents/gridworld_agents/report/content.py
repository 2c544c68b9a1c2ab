"""What a report says, as plain data: everything on the page, and nothing of how it looks."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridworld_agents.comparison.curves import Curve


@dataclasses.dataclass(frozen=True, kw_only=True)
class SweepLine:
    """Final scores of one agent at several values of a hyper-parameter."""

    name: str  # of the line: the agent, and what else is set
    values: list[Any]  # (N,) numbers in order, or texts
    middle: list[float]  # (N,)
    low: list[float]  # (N,) the bar's lower end
    high: list[float]  # (N,)
    best: int | None  # which of them was chosen; None: one of another line


@dataclasses.dataclass(frozen=True, kw_only=True)
class SweepChart:
    """Final scores against a hyper-parameter."""

    name: str
    measure: str
    explanation: str
    lines: list[SweepLine]


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgentInterval:
    """An estimate with its interval."""

    agent: str
    estimate: float | None
    low: float | None
    high: float | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Estimates:
    """One quantity, estimated for every agent."""

    title: str
    explanation: str
    intervals: list[AgentInterval]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of a table that sorts."""

    text: str
    order: float | str | None = None  # what it is sorted by; None, as its text


@dataclasses.dataclass(frozen=True, kw_only=True)
class SortableTable:
    """A table with a heading for each column; the first column names the row."""

    caption: str
    headings: list[str]
    rows: list[list[Cell]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture of what an agent learned, and an animation of what it does with it, as data URIs."""

    agent: str
    still: str
    alt: str
    animation: str | None = None
    animation_alt: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class EnvironmentPart:
    """What there is to say about one environment."""

    label: str
    description: str  # id, arguments, the optimum if it is known
    measure: str  # what the curves show: the title of their axis
    verdicts: list[str]  # sentences
    band: str  # what the band around a curve is
    curves: list[Curve]
    table: SortableTable
    comparisons: SortableTable | None  # pairs of agents
    pictures: list[Picture]
    metrics: dict[str, list[Curve]]  # losses and the like by name, of the agents that have them
    sweeps: list[SweepChart] = dataclasses.field(default_factory=list)
    optimum: float | None = None  # what the known optimum returns, where curves are of returns


@dataclasses.dataclass(frozen=True, kw_only=True)
class Failure:
    """A run that did not end as it should."""

    run: str
    reason: str
    traceback: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Content:
    """A whole report."""

    title: str
    summary: str  # one sentence: how much was compared
    verdicts: list[str]  # sentences, the most important first
    agents: list[str]  # labels, in the order of their colours
    environments: list[EnvironmentPart]
    aggregates: list[Estimates]  # over all environments
    profiles: list[Curve]  # share of runs that score above a threshold; `steps` are the thresholds
    failures: list[Failure]
    hyper_parameters: SortableTable
    settings: list[tuple[str, str]]
    versions: list[tuple[str, str]]
    command: str
    methods: list[str]  # paragraphs: how the numbers were computed, and what they assume
    left_out: list[str] = dataclasses.field(default_factory=list)  # sentences: which items could not be drawn, and why

    def charts(self) -> dict[str, Any]:
        """Return what the charts on the page are drawn from, as JSON holds it."""
        return {
            "agents": self.agents,
            "environments": [
                {
                    "measure": part.measure,
                    "optimum": part.optimum,
                    "sweeps": [dataclasses.asdict(one) for one in part.sweeps],
                    "curves": [dataclasses.asdict(curve) for curve in part.curves],
                    "metrics": {
                        name: [dataclasses.asdict(one) for one in drawn] for name, drawn in part.metrics.items()
                    },
                }
                for part in self.environments
            ],
            "aggregates": [dataclasses.asdict(estimates) for estimates in self.aggregates],
            "profiles": [dataclasses.asdict(curve) for curve in self.profiles],
        }
