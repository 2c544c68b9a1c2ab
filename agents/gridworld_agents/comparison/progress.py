"""`ProgressFile`: a learning curve's seconds, which count learning only, and its evaluations on the way."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.callbacks import Callback
from gridworld_agents.runs.folder import drop_rows_after

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from gridworld_agents.core.callbacks import Progress

COLUMNS = ("num_timesteps", "seconds", "evaluated_return")


class ProgressFile(Callback):
    """Rows of steps, seconds and the mean return of an evaluation, appended to a CSV file.

    Its `clock` must be the last of the callbacks: what those before it take is not counted as learning. A run that
    goes on goes on counting.

    Args:
        path: Of the file.
        every: Steps between rows, >= 1.
        evaluate: Values the agent by playing; None where that is not asked for.
        evaluate_every: Steps between evaluations, >= 1.
    """

    def __init__(
        self, path: pathlib.Path, every: int, evaluate: Callable[[Any], float] | None = None, evaluate_every: int = 1
    ) -> None:
        self.path, self.every = path, every
        self.evaluate, self.evaluate_every = evaluate, evaluate_every
        self.clock = self._count_elsewhere

    def start(self, agent: Any, progress: Progress) -> None:  # noqa: ARG002 - a callback's signature
        """Start the clock where the agent's file left it."""
        drop_rows_after(self.path, COLUMNS, progress.num_timesteps)
        self._before = _last_seconds(self.path)
        self._elsewhere = 0.0
        self._began = time.perf_counter() - progress.seconds

    def __call__(self, agent: Any, progress: Progress) -> None:
        """Write a row, where it is time."""
        n = progress.num_timesteps
        evaluates = self.evaluate is not None and n % self.evaluate_every == 0
        if n % self.every == 0 or evaluates:
            value = self.evaluate(agent) if evaluates and self.evaluate is not None else ""
            new = not self.path.exists() or self.path.stat().st_size == 0
            row = [n, round(self._before + progress.seconds - self._elsewhere, 6), value]
            with self.path.open("a", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([COLUMNS, row] if new else [row])

    def steps_left(self, num_timesteps: int) -> int:
        """Stop at each multiple."""
        left = self.every - num_timesteps % self.every
        if self.evaluate is None:
            return left
        return min(left, self.evaluate_every - num_timesteps % self.evaluate_every)

    def _count_elsewhere(self, agent: Any, progress: Progress) -> None:  # noqa: ARG002 - a callback's signature
        """Count as no learning what the callbacks have taken since this chunk ended."""
        self._elsewhere += time.perf_counter() - self._began - progress.seconds


def _last_seconds(path: pathlib.Path) -> float:
    if not path.exists():
        return 0.0
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return float(rows[-1]["seconds"]) if rows else 0.0
