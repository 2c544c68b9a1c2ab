"""Measurements side by side: ours and a peer's repeats in turn, nothing else running meanwhile.

Whatever fails on the peer's side is reported in its place and stops nothing; a failure of ours makes the exit status 1.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from peer_environments import PeerAbsent, last_line
from report import Comparison, Fact, Goal, Series, machine, notes, table
from sides import Repeating, WorkerError

THREADS = 2
"""Cores that all sides are held to, where the system can do so."""


@contextlib.contextmanager
def _guard(series: Series) -> Iterator[None]:
    """Turn whatever goes wrong on one side into that side's error."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the other side's figures are worth keeping
        known = isinstance(error, (WorkerError, PeerAbsent))
        series.error = str(error) if known else f"{type(error).__name__}: {last_line(str(error))}"


def alternate(
    sides: dict[str, Callable[[], Repeating]], *, repeats: int, seconds: float, warm_ups: int = 1
) -> list[Series]:
    """Open the sides and let them repeat in turn: A B A B ...

    Args:
        sides: What opens each side, by name.
        repeats: Counted repeats of each.
        seconds: About how long each repeat takes.
        warm_ups: Repeats of each that come first and are not counted.
    """
    all_series = [Series(name) for name in sides]
    with ExitStack() as stack:
        opened: list[tuple[Series, Repeating]] = []
        for series, start in zip(all_series, sides.values(), strict=True):
            with _guard(series):
                side = start()
                stack.callback(getattr(side, "close", lambda: None))
                opened.append((series, side))
        for turn in range(warm_ups + repeats):
            for series, side in opened:
                if series.error is None:
                    with _guard(series):
                        sample = side.repeat(seconds)
                        if turn >= warm_ups:
                            series.speeds.append(sample.work / sample.seconds)
        for series, side in opened:
            series.versions, series.facts, series.idle = side.versions, side.facts, side.idle
    return all_series


def compare(
    title: str,
    ours: Callable[[], Repeating],
    peer: tuple[str, Callable[[], Repeating]] | None,
    options: argparse.Namespace,
    *,
    unit: str = "steps/s",
    ratio: str = "speed",
    goal: Goal | None = None,
    warm_ups: int = 1,
) -> Comparison:
    """Measure our side beside a peer's, or alone; see :class:`report.Comparison`."""
    print(f"measuring {title}", file=sys.stderr)
    sides = {"ours": ours} if peer is None else {"ours": ours, peer[0]: peer[1]}
    found = alternate(sides, repeats=options.repeats, seconds=options.seconds, warm_ups=warm_ups)
    return Comparison(title, found[0], found[1] if len(found) > 1 else None, unit, ratio, goal)


Benchmark = Callable[[argparse.Namespace], list[Comparison | Fact]]


def positive(text: str) -> int:
    """Return a whole number from the command line, at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number, at least 1, got {text!r}")
    return int(text)


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the options that all benchmarks have."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--repeats", type=positive, default=5, help="counted repeats of each side (default 5)")
    made.add_argument("--seconds", type=float, default=0.5, help="about how long a repeat takes (default 0.5)")
    made.add_argument(
        "--size", type=positive, default=1000, help="rows and columns of the grid that is solved (default 1000)"
    )
    made.add_argument(
        "--quick", action="store_true", help="a look in a few minutes: short repeats, small sizes, nothing stored"
    )
    made.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    made.add_argument("--check", action="store_true", help="exit with 1 if a goal was not shown to be met")
    return made


@contextlib.contextmanager
def _few_cores() -> Iterator[None]:
    """Hold this process, and the workers it starts, to `THREADS` cores."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:THREADS])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def measure(options: argparse.Namespace, benchmarks: dict[str, Benchmark]) -> dict[str, list[Comparison | Fact]]:
    """Run benchmarks and return the rows of each."""
    if options.quick:
        options.repeats, options.seconds = min(options.repeats, 3), min(options.seconds, 0.1)
        options.size = min(options.size, 300)
    with _few_cores():
        return {name: benchmark(options) for name, benchmark in benchmarks.items()}


def show(options: argparse.Namespace, found: dict[str, list[Comparison | Fact]]) -> int:
    """Print one table and return the exit status."""
    rows = [row for some in found.values() for row in some]
    print(table(rows, markdown=options.markdown), machine(), *notes(rows), sep="\n\n" if options.markdown else "\n")
    failed = any(row.failed for row in rows)
    return int(failed or (options.check and any(row.missed for row in rows)))


def main(options: argparse.Namespace, benchmark: Benchmark) -> int:
    """Run one benchmark, print its table and return the exit status."""
    return show(options, measure(options, {"": benchmark}))
