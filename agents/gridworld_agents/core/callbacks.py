"""Callbacks: what is done while an agent learns - show it, log it, save it, stop it.

Learning comes in chunks of some 0.05 to 0.1 seconds. After each, `callback(agent, progress)` is called; returning False
ends the learning, and returning anything else does not. A plain function will do. A :class:`Callback` is also told when
learning starts and stops, and may ask that no chunk lead past a multiple of some number of steps. Where the chunks end
has no influence on what is learned. Nothing here knows what kind of agent it is.
"""

from __future__ import annotations

import csv
import dataclasses
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from gridworld_agents.core.checks import finite_number, whole_number
from gridworld_agents.core.episode_log import RECENT
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    import os

    from gridworld_agents.core.agent import Agent


@export("gridworld_agents.callbacks.Progress")
@dataclasses.dataclass(frozen=True)
class Progress:
    """How far an agent is."""

    num_timesteps: int
    """Steps since the learning began, or began anew."""
    total_timesteps: int
    """What `num_timesteps` will be in the end."""
    episodes: int
    """Episodes finished in these steps."""
    returns: tuple[float, ...]
    """Undiscounted returns of the last of them, at most 100, the latest last."""
    lengths: tuple[int, ...]
    """Their lengths in steps."""
    seconds: float
    """Time since this call of `learn`."""
    metrics: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """The latest losses and the like by name, nan before the first update; of agents that have any."""

    @property
    def mean_return(self) -> float:
        """Mean of the recent returns; nan where there are none."""
        return sum(self.returns) / len(self.returns) if self.returns else float("nan")

    @property
    def mean_length(self) -> float:
        """Mean of the recent lengths; nan where there are none."""
        return sum(self.lengths) / len(self.lengths) if self.lengths else float("nan")


@export("gridworld_agents.callbacks.Callback")
class Callback:
    """A callback that is told when learning starts and stops; subclasses override what they need."""

    def start(self, agent: Agent, progress: Progress) -> None:
        """Learning starts.

        Args:
            agent: The agent that learns.
            progress: How far it is.
        """

    def __call__(self, agent: Agent, progress: Progress) -> bool | None:
        """Take note of a chunk; False ends the learning.

        Args:
            agent: The agent that learns.
            progress: How far it is.
        """

    def stop(self, agent: Agent, progress: Progress) -> None:
        """Learning has stopped, or was stopped by an exception.

        Args:
            agent: The agent that learned.
            progress: How far it is.
        """

    def steps_left(self, num_timesteps: int) -> int | None:
        """Return after how many steps the callback wants to be called at the latest, None if it does not matter.

        Args:
            num_timesteps: Steps since the learning began, or began anew.
        """


CallbackLike: TypeAlias = Callable[[Any, Progress], bool | None] | Sequence["CallbackLike"] | None
"""A callback, a list of them, or None."""
export("gridworld_agents.callbacks.CallbackLike").constant("CallbackLike")


@export("gridworld_agents.callbacks.CallbackList")
class CallbackList(Callback):
    """Several callbacks as one: each is called every time, and any of them can end the learning.

    Args:
        callbacks: Callbacks, functions, lists of them, or None.

    Raises:
        ValueError: If something is none of these.
    """

    def __init__(self, callbacks: CallbackLike) -> None:
        self.callbacks: list[Callable[[Any, Progress], bool | None]] = list(_flat(callbacks))

    def start(self, agent: Agent, progress: Progress) -> None:
        """Tell each."""
        for callback in self._told():
            callback.start(agent, progress)

    def __call__(self, agent: Agent, progress: Progress) -> bool:
        """Call each; False if any of them said so."""
        answers = [callback(agent, progress) for callback in self.callbacks]
        return not any(answer is False for answer in answers)

    def stop(self, agent: Agent, progress: Progress) -> None:
        """Tell each."""
        for callback in self._told():
            callback.stop(agent, progress)

    def steps_left(self, num_timesteps: int) -> int | None:
        """Return the least that any of them asks for."""
        asked = [callback.steps_left(num_timesteps) for callback in self._told()]
        return min((steps for steps in asked if steps is not None), default=None)

    def _told(self) -> list[Callback]:
        return [callback for callback in self.callbacks if isinstance(callback, Callback)]


@export("gridworld_agents.callbacks.ProgressBar")
class ProgressBar(Callback):
    """A bar on the terminal, with the number of episodes and their recent mean return."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def start(self, agent: Agent, progress: Progress) -> None:  # noqa: ARG002
        """Show the bar.

        Raises:
            ImportError: If rich is not installed.
        """
        try:
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        except ImportError as error:
            raise ImportError("the progress bar needs rich: pip install rich") from error
        columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}% {task.description}"))
        self._bar = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn())
        self._task = self._bar.add_task("", total=progress.total_timesteps, completed=progress.num_timesteps)
        self._bar.start()

    def __call__(self, agent: Agent, progress: Progress) -> None:  # noqa: ARG002
        """Move the bar."""
        seen = f"{progress.num_timesteps:,} steps, {progress.episodes:,} episodes"
        if progress.returns:
            seen += f", mean return {progress.mean_return:.3g}"
        self._bar.update(self._task, completed=progress.num_timesteps, description=seen)

    def stop(self, agent: Agent, progress: Progress) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self(agent, progress)
            self._bar.stop()
            self._bar = None


@export("gridworld_agents.callbacks.MetricsToCSV")
class MetricsToCSV(Callback):
    """One row of numbers every `every` steps, appended to a CSV file: progress, `measures`, the agent's metrics.

    Args:
        path: Of the file; it gets its header when it is new, and its folder if there is none.
        every: Steps between rows, >= 1.
        measures: Further columns: by name, a function of the agent.
    """

    COLUMNS = ("num_timesteps", "episodes", "mean_return", "mean_length", "seconds")

    def __init__(
        self,
        path: str | os.PathLike[str],
        every: int = 1000,
        measures: Mapping[str, Callable[[Any], float]] | None = None,
    ) -> None:
        self.path, self.every = pathlib.Path(path), whole_number("every", every, 1)
        self.measures = dict(measures or {})

    def steps_left(self, num_timesteps: int) -> int:
        """Stop at each multiple."""
        return self.every - num_timesteps % self.every

    def __call__(self, agent: Agent, progress: Progress) -> None:
        """Write a row, where it is time."""
        if progress.num_timesteps % self.every:
            return
        row = [getattr(progress, name) for name in self.COLUMNS]
        row += [measure(agent) for measure in self.measures.values()]
        row += progress.metrics.values()
        new = not self.path.exists() or self.path.stat().st_size == 0
        if new:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([[*self.COLUMNS, *self.measures, *progress.metrics], row] if new else [row])


@export("gridworld_agents.callbacks.Checkpoints")
class Checkpoints(Callback):
    """Saves the agent every `every` steps, atomically: a run that is killed goes on from the last.

    Args:
        path: Of the file. `{steps}` in it is replaced by the number of steps, which keeps every checkpoint.
        every: Steps between checkpoints, >= 1.
    """

    def __init__(self, path: str | os.PathLike[str], every: int) -> None:
        self.path, self.every = pathlib.Path(path), whole_number("every", every, 1)

    def steps_left(self, num_timesteps: int) -> int:
        """Stop at each multiple."""
        return self.every - num_timesteps % self.every

    def __call__(self, agent: Agent, progress: Progress) -> None:
        """Save, where it is time."""
        if progress.num_timesteps % self.every == 0:
            agent.save(self.path.with_name(self.path.name.replace("{steps}", str(progress.num_timesteps))))


@export("gridworld_agents.callbacks.StopOnReturn")
class StopOnReturn(Callback):
    """Ends the learning when the mean return of the last episodes reaches a threshold.

    Args:
        threshold: Undiscounted return, such as the `reward_threshold` of `env.spec`.
        episodes: How many episodes must have been finished, in [1, 100]; the mean is over as many.
    """

    def __init__(self, threshold: float, episodes: int = RECENT) -> None:
        self.threshold = finite_number("threshold", threshold)
        self.episodes = whole_number("episodes", episodes, 1)
        if self.episodes > RECENT:
            raise ValueError(f"episodes must be in [1, {RECENT}], got {episodes!r}")

    def __call__(self, agent: Agent, progress: Progress) -> bool:  # noqa: ARG002
        """Say False when the threshold is reached."""
        last = progress.returns[-self.episodes :]
        return len(last) < self.episodes or sum(last) / len(last) < self.threshold


def _flat(callbacks: Any) -> list[Callable[[Any, Progress], bool | None]]:
    if callbacks is None:
        return []
    if isinstance(callbacks, CallbackList):
        return callbacks.callbacks
    if callable(callbacks):
        return [callbacks]
    if isinstance(callbacks, list | tuple):
        return [one for some in callbacks for one in _flat(some)]
    raise ValueError(
        f"callback must be callable as callback(agent, progress), a list of such, or None, got {callbacks!r}"
    )
