"""What a benchmark found, and how it is printed: one table, and the machine it holds for."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import os
import platform
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

HEADER = ("measured", "ours", "peer", "ratio", "goal")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Goal:
    """A bound on a number: `Goal(least=10)` or `Goal(most=1.3)`."""

    least: float = -float("inf")
    most: float = float("inf")

    def met(self, value: float) -> bool:
        """Return whether the number is within the bound."""
        return self.least <= value <= self.most

    def __str__(self) -> str:
        """Return the bound: `>= 10`."""
        return f">= {self.least:g}" if self.most == float("inf") else f"<= {self.most:g}"


@dataclasses.dataclass
class Series:
    """One side's counted repeats."""

    name: str
    speeds: list[float] = dataclasses.field(default_factory=list)  # units of work a second
    error: str | None = None  # why there are no more of them
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    facts: dict[str, Any] = dataclasses.field(default_factory=dict)
    idle: float = 0.0  # most of one core used while it should have waited


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Our side beside a peer's, or alone.

    Args:
        title: What is measured.
        ours: Our repeats.
        peer: The peer's, None if nothing is compared.
        unit: "s" shows seconds for a unit of work; anything else, such as "steps/s", work a second.
        ratio: "speed", ours over the peer's: more is better; "time", ours over the peer's: less is better.
        goal: For the median ratio.
    """

    title: str
    ours: Series
    peer: Series | None = None
    unit: str = "steps/s"
    ratio: str = "speed"
    goal: Goal | None = None

    @property
    def ratios(self) -> list[float]:
        """The ratio of each pair of repeats; none unless both sides finished."""
        if self.peer is None or self.peer.error or self.ours.error:
            return []
        pairs = zip(self.ours.speeds, self.peer.speeds, strict=True)
        return [a / b if self.ratio == "speed" else b / a for a, b in pairs]

    @property
    def failed(self) -> bool:
        """Whether our own side failed."""
        return self.ours.error is not None

    @property
    def missed(self) -> bool:
        """Whether there is a goal that was not shown to be met; one that could not be measured was not."""
        return self.goal is not None and not (self.ratios and self.goal.met(median(self.ratios)))

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table."""
        peer = "" if self.peer is None else f"{self.peer.name}: {self._shown(self.peer)}"
        ratio = spread(self.ratios, "{:.3g}".format, "x") if self.ratios else ""
        return (
            self.title,
            self._shown(self.ours),
            peer,
            ratio,
            verdict(self.goal, missed=self.missed, known=bool(ratio)),
        )

    def _shown(self, series: Series) -> str:
        if series.error:
            return f"not measured: {series.error}"
        if self.unit == "s":
            return spread([1 / speed for speed in series.speeds], "{:.3g}".format, " s")
        return spread(series.speeds, short, f" {self.unit}")


@dataclasses.dataclass(frozen=True)
class Fact:
    """One number that is not a ratio."""

    title: str
    value: float | None  # None: could not be measured
    text: str
    goal: Goal | None = None
    failed = False

    @property
    def missed(self) -> bool:
        """Whether there is a goal that was not shown to be met."""
        return self.goal is not None and (self.value is None or not self.goal.met(self.value))

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table."""
        return self.title, self.text, "", "", verdict(self.goal, missed=self.missed, known=self.value is not None)


def spread(values: Sequence[float], form: Callable[[float], str], unit: str) -> str:
    """Return median, least and most: `12 s (11 to 14)`."""
    return f"{form(median(values))}{unit} ({form(min(values))} to {form(max(values))})"


def short(value: float) -> str:
    """Return three digits and a power of a thousand: 139M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def verdict(goal: Goal | None, *, missed: bool, known: bool) -> str:
    """Return the goal and what became of it."""
    if goal is None:
        return ""
    return f"{goal}: {('not met' if missed else 'met') if known else 'not measured'}"


def table(rows: Iterable[Comparison | Fact], *, markdown: bool) -> str:
    """Lay the rows out, as Markdown or in columns."""
    lines = [HEADER, *(row.cells() for row in rows)]
    if markdown:
        return markdown_table(lines)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def markdown_table(lines: Sequence[Sequence[str]]) -> str:
    """Lay lines of cells out as Markdown; the first is the header."""
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    escaped.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)


def machine() -> str:
    """Return processor, cores, Python and the versions on our side."""
    names = ("gridworld-env", "gymnasium", "numpy", "numba", "scipy")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()}; Python {platform.python_version()}, {versions}"
    )


def notes(rows: Iterable[Comparison | Fact]) -> list[str]:
    """Return the peers' versions, and which sides disturbed the other by working while they should have waited."""
    found: dict[str, None] = {}  # a set that keeps the order
    for row in rows:
        for side in (row.ours, row.peer) if isinstance(row, Comparison) else ():
            if side is not None and side.versions:
                found[f"{side.name}: " + ", ".join(f"{name} {v}" for name, v in side.versions.items())] = None
            if side is not None and side.idle > 0.05:
                found[f"{side.name} used {side.idle:.0%} of a core while the other side ran ({row.title})"] = None
    return list(found)


def _processor() -> str:
    """Return the processor's name, which the standard library knows only on some systems."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
