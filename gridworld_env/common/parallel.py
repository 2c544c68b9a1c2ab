"""Blocks of work on a small pool of threads.

Numba's own threading layers abort the process when it forks or when two threads enter them at once. A compiled kernel
that releases the interpreter lock and works on one block ``[low, high)`` needs none of that: the standard library's
thread pool runs several blocks at a time. How the work is cut depends on its size alone, so a result never depends on
the number of threads.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BLOCKS = 8
"""The most blocks any work is cut into."""

GRAIN = 8_192
"""The fewest items worth a block of their own, where an item is cheap."""

_pools: dict[tuple[int, int], ThreadPoolExecutor] = {}


def num_threads() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def blocks(num_items: int, *, grain: int = GRAIN) -> list[tuple[int, int]]:
    """Cut ``[0, num_items)`` into consecutive blocks ``(low, high)``: at most MAX_BLOCKS, each at least `grain` long.

    The cut depends on `num_items` and `grain` only. There is always at least one block, which may be empty.
    """
    count = min(MAX_BLOCKS, max(1, num_items // grain))
    return [(num_items * i // count, num_items * (i + 1) // count) for i in range(count)]


def run_blocks(kernel: Callable[..., Any], num_items: int, *args: object, grain: int = GRAIN) -> list[Any]:
    """Call ``kernel(low, high, *args)`` on every block of ``[0, num_items)`` and return the results in block order.

    Small work, and all work where only one processor may be used, runs in the calling thread. Kernels must write to
    disjoint places and should be compiled with ``nogil=True``. Safe after a fork and from several threads at once; a
    kernel must not itself call this function.

    Args:
        kernel: The function, called with the bounds of a block and then `args`.
        num_items: How many items there are, >= 0.
        *args: Passed on to every call.
        grain: The fewest items worth a block of their own; see `blocks`.
    """
    cut = blocks(num_items, grain=grain)
    threads = min(num_threads(), MAX_BLOCKS)
    if len(cut) == 1 or threads == 1:
        return [kernel(low, high, *args) for low, high in cut]
    try:
        futures = [_pool(threads).submit(kernel, low, high, *args) for low, high in cut]
    except RuntimeError:  # the interpreter is shutting down and starts no more threads
        return [kernel(low, high, *args) for low, high in cut]
    return [future.result() for future in futures]


def _pool(threads: int) -> ThreadPoolExecutor:
    """Return this process's pool; a forked child has none of its parent's threads and gets its own."""
    key = (os.getpid(), threads)
    pool = _pools.get(key)
    if pool is None:
        pool = _pools.setdefault(key, ThreadPoolExecutor(threads, thread_name_prefix="gridworld"))
    return pool
