"""How a comparison comes along, read from its files, so that it shows whoever does the runs."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_agents.comparison.results import status_of
from gridworld_agents.core.numerals import short
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from gridworld_agents.comparison.folder import ComparisonFolder
    from gridworld_agents.comparison.suite import Suite

EVERY = 0.5
"""Seconds between two looks at the files, at least; looking takes a tenth of the time at most."""
MOST_SHOWN = 16
"""Runs under way that are listed at most."""


class RunCounts(NamedTuple):
    """How far a comparison is."""

    runs: int
    finished: int
    failed: int
    steps: int  # done, in all runs
    total: int  # to be done
    under_way: dict[str, tuple[int, int]]  # steps done and to be done of each run that was begun, by its name


def count_runs(folder: ComparisonFolder, suite: Suite) -> RunCounts:
    """Look at the files of every run."""
    finished = failed = steps = total = runs = 0
    under_way: dict[str, tuple[int, int]] = {}
    for env in suite.envs:
        length = suite.steps_on(env)
        for agent in suite.agents:
            for seed in suite.seeds:
                runs, total = runs + 1, total + length
                status = status_of(folder, env, agent, seed)
                finished, failed = finished + (status == "finished"), failed + (status == "failed")
                if status != "missing":
                    steps += length
                    continue
                done = _steps(folder, env, agent, seed)
                if done is not None:
                    under_way[f"{agent.label} on {env.label}, seed {seed}"] = (done, length)
                    steps += done
    return RunCounts(runs, finished, failed, steps, total, under_way)


def _steps(folder: ComparisonFolder, *run: Any) -> int | None:
    place = folder.run(*run)
    try:
        with place.metrics.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - 512))
            last = file.read().splitlines()[-1].split(b",")[0]
    except (OSError, IndexError):
        return 0 if place.record.exists() else None
    return int(last) if last.isdigit() else 0


@export("gridworld_agents.comparison.Live")
class Live:
    """Shows a comparison while it runs: a table in a terminal, a line now and then elsewhere.

    Args:
        console: Where.
    """

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextlib.contextmanager
    def __call__(self, folder: ComparisonFolder, suite: Suite) -> Iterator[None]:
        """Show it until the block ends."""
        over = threading.Event()
        thread = threading.Thread(target=self._follow, args=(folder, suite, over), daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _follow(self, folder: ComparisonFolder, suite: Suite, over: threading.Event) -> None:
        begin, first = time.monotonic(), count_runs(folder, suite)
        told = 0
        with self._screen() as screen:
            while True:
                last, looked = over.is_set(), time.monotonic()
                now = count_runs(folder, suite)
                line = summary(now, now.steps - first.steps, looked - begin)
                tenths = 10 * (now.finished + now.failed) // now.runs
                if screen is not None:
                    screen.update(_table(now, line))
                elif tenths > told or last:
                    told = tenths
                    self.console.print(line, soft_wrap=True)
                if last:
                    return
                over.wait(max(EVERY, 9 * (time.monotonic() - looked)))

    @contextlib.contextmanager
    def _screen(self) -> Iterator[Any]:
        if not self.console.is_terminal:
            yield None
            return
        from rich.live import Live as Screen

        with Screen(console=self.console, refresh_per_second=4, transient=True) as screen:
            yield screen


def on_stderr() -> Live:
    """Return what shows a comparison on standard error, where progress bars go."""
    from rich.console import Console

    return Live(Console(stderr=True, markup=False, highlight=False, emoji=False))


def summary(now: RunCounts, steps: int, seconds: float) -> str:
    """Return how far it is in a line.

    Args:
        now: How far it is.
        steps: Done since it was begun or gone on with.
        seconds: Since then.
    """
    done = f"{now.finished + now.failed} of {now.runs} runs done"
    failed = f", {now.failed} failed" if now.failed else ""
    speed = steps / seconds if seconds > 0 else 0.0
    if now.finished + now.failed == now.runs:
        return f"{done}{failed}, {short(now.steps)} steps"
    left = f", about {_time((now.total - now.steps) / speed)} left" if speed else ""
    return f"{done}{failed}, {short(speed)} steps/s{left}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _table(now: RunCounts, line: str) -> Any:
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for name, (done, total) in list(now.under_way.items())[:MOST_SHOWN]:
        table.add_row(name, ProgressBar(total=total, completed=done, width=30), f"{done:,} of {total:,} steps")
    more = len(now.under_way) - MOST_SHOWN
    if more > 0:
        table.add_row(f"and {more} more")
    return Group(table, ProgressBar(total=max(1, now.total), completed=now.steps), line)
