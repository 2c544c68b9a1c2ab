"""What is seen while an agent learns: a bar with steps a second, the recent return and the exact gap."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from gridworld_agents.core.callbacks import Callback
from gridworld_agents.core.numerals import short

if TYPE_CHECKING:
    from gridworld_agents.core.callbacks import Progress as Record
    from gridworld_agents.evaluation.judge import Judge

SHARE = 0.05
"""Of the time that valuing the agent may take."""


class LiveProgress(Callback):
    """A bar on standard error.

    Args:
        judge: Values the agent exactly; None where that cannot be done.
    """

    def __init__(self, judge: Judge | None) -> None:
        self.judge = judge
        self._bar: Any = None
        self._gap, self._next = "", 0.0
        self._steps, self._seconds, self._speed = 0, 0.0, 0.0

    def start(self, agent: Any, progress: Record) -> None:  # noqa: ARG002 - a callback's signature
        """Show the bar."""
        columns = (BarColumn(bar_width=24), TextColumn("{task.percentage:>3.0f}%"), TextColumn("{task.description}"))
        self._bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
        self._task = self._bar.add_task("", total=progress.total_timesteps, completed=progress.num_timesteps)
        self._steps = self._first = progress.num_timesteps
        self._bar.start()

    def __call__(self, agent: Any, progress: Record) -> None:
        """Move the bar."""
        seconds = progress.seconds - self._seconds
        if seconds > 0.2:
            self._speed = (progress.num_timesteps - self._steps) / seconds
            self._steps, self._seconds = progress.num_timesteps, progress.seconds
        self._value(agent)
        parts = [f"{progress.num_timesteps:,} steps"]
        if self._speed:
            parts.append(f"{short(self._speed)}/s")
        if progress.returns:
            parts.append(f"return {progress.mean_return:.3g}")
        self._bar.update(self._task, completed=progress.num_timesteps, description="  ".join([*parts, self._gap]))

    def stop(self, agent: Any, progress: Record) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._next = 0.0
            self(agent, progress)
            if progress.seconds > 0:  # of all of it: what was measured last may be the first steps, with compiling
                self._speed = (progress.num_timesteps - self._first) / progress.seconds
                self(agent, progress)
            self._bar.stop()

    def _value(self, agent: Any) -> None:
        """Value the agent, now and then: never for more than a small share of the time."""
        now = time.perf_counter()
        if self.judge is None or now < self._next:
            return
        self._gap = f"gap {self.judge.gap(agent):.3g}"
        self._next = now + (time.perf_counter() - now) / SHARE
