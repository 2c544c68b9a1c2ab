"""Learning in chunks: the loop around every agent of ours, whatever it learns with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.callbacks import CallbackLike, CallbackList, Progress, ProgressBar
from gridworld_agents.core.interrupts import deferred_interrupt

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK_SECONDS = 0.07
FIRST_CHUNK, LARGEST_CHUNK = 16, 1 << 22


def run_chunks(
    agent: Any,
    advance: Callable[[int], None],
    total_timesteps: int,
    callback: CallbackLike = None,
    *,
    progress_bar: bool = False,
) -> None:
    """Learn until `agent.num_timesteps` is `total_timesteps`, or a callback says that it is enough.

    Args:
        agent: Has `num_timesteps`, and `recent_episodes()`, which returns how many episodes were finished, and the
            returns and lengths of the last of them; it may have `metrics()`, losses and the like by name.
        advance: Learns n steps, n >= 1, and counts them. Ctrl-C waits for it to return.
        total_timesteps: Where to stop.
        callback: One, several or none.
        progress_bar: Show one.
    """
    callbacks = CallbackList([ProgressBar(), callback] if progress_bar else callback)
    began = time.perf_counter()

    def progress() -> Progress:
        episodes, returns, lengths = agent.recent_episodes()
        seconds = time.perf_counter() - began
        metrics = agent.metrics() if hasattr(agent, "metrics") else {}
        return Progress(agent.num_timesteps, total_timesteps, episodes, returns, lengths, seconds, metrics)

    size = FIRST_CHUNK
    try:
        callbacks.start(agent, progress())
        while agent.num_timesteps < total_timesteps:
            n = min(size, total_timesteps - agent.num_timesteps)
            n = min(n, callbacks.steps_left(agent.num_timesteps) or n)
            start = time.perf_counter()
            with deferred_interrupt():
                advance(n)
            size = _next_size(size, n, time.perf_counter() - start)
            if not callbacks(agent, progress()):
                break
    finally:
        callbacks.stop(agent, progress())


def _next_size(size: int, n: int, seconds: float) -> int:
    """Return how many steps the next chunk may have: it grows fast, because the first is slow where it compiles."""
    if n < size:  # cut short by a callback or the end: its time says little
        return size
    return max(1, min(int(n * CHUNK_SECONDS / max(seconds, 1e-9)), 4 * size, LARGEST_CHUNK))
