"""Workers on this machine end with the process that started them, also when that is killed and cannot tell them.

A worker of joblib's waits for the next job for minutes, and where whoever would hand it one is dead it waits for ever,
with all that it has imported; the processes that clean up after it stay too, until their last worker has gone.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_EVERY = 1.0
"""Seconds between two looks."""
PATIENCE = 60.0
"""Seconds that a run is given to notice by itself and to be saved."""

_busy = threading.Lock()
"""Held while a job is done."""


def ending_with(parent: int, job: Callable[..., str], *arguments: Any) -> str:
    """Do a job in a worker, which ends once its parent has.

    Args:
        parent: Process id of whoever started the worker; where it does the job itself nothing is added.
        job: What to do.
        *arguments: Of the job.
    """
    if parent == os.getpid():
        return job(*arguments)
    _watch(parent)
    with _busy:
        return job(*arguments)


@functools.cache  # once in each worker
def _watch(parent: int) -> None:
    if os.name == "nt":  # where nobody takes the place of a parent that is gone
        return
    threading.Thread(target=_end_with, args=(parent,), daemon=True, name="gridworld-orphan").start()


def _end_with(parent: int) -> None:
    own = os.getppid() == parent
    while os.getppid() == parent if own else _exists(parent):
        time.sleep(LOOK_EVERY)
    _busy.acquire(timeout=PATIENCE)  # the run under way stops by itself: see `owner`
    os._exit(1)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return not isinstance(error, ProcessLookupError)
    return True
