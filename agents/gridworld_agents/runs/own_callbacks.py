"""Callbacks of the user's own in runs that other code begins: a class is made anew for each run."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.callbacks import Callback, CallbackList

if TYPE_CHECKING:
    import pathlib

    from gridworld_agents.core.callbacks import CallbackLike, Progress

FOLDER = "folder"
"""The argument by which a callback's class asks for the folder of its run."""


def callback_in(given: Any, folder: pathlib.Path) -> CallbackLike:
    """Return the callback of a run.

    Args:
        given: A class, of which an object is made, with `folder=` if it takes that; or a callback; or None.
        folder: Of the run.
    """
    if not isinstance(given, type):
        callback: CallbackLike = given
        return callback
    takes = FOLDER in inspect.signature(given).parameters
    made: CallbackLike = given(**({FOLDER: folder} if takes else {}))
    return made


class ToTheEnd(Callback):
    """Callbacks that watch runs of which all have to come to the same number of steps.

    Args:
        callback: One, several or none.
    """

    def __init__(self, callback: CallbackLike) -> None:
        self.callbacks = CallbackList(callback)

    def start(self, agent: Any, progress: Progress) -> None:
        """Tell each."""
        self.callbacks.start(agent, progress)

    def __call__(self, agent: Any, progress: Progress) -> None:
        """Call each.

        Raises:
            RuntimeError: If one of them ends the learning before its last step.
        """
        if not self.callbacks(agent, progress) and progress.num_timesteps < progress.total_timesteps:
            raise RuntimeError(
                f"the callback ended the learning after {progress.num_timesteps:,} of {progress.total_timesteps:,} "
                "steps: agents are compared after the same number of them. Return None to go on"
            )

    def stop(self, agent: Any, progress: Progress) -> None:
        """Tell each."""
        self.callbacks.stop(agent, progress)

    def steps_left(self, num_timesteps: int) -> int | None:
        """Return the least that any of them asks for."""
        return self.callbacks.steps_left(num_timesteps)
