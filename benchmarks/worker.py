"""The measured end of a benchmark: what a side does in its own process. Standard library only, any interpreter.

A worker prepares, prints one line of JSON when it is ready, and then waits, using no processor, for lines on its
standard input. Each holds a number of seconds; the worker repeats its block of work for about that long and answers
with one line of JSON. It ends with its input. Other lines on its standard output are ignored, so libraries may chat.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LONG_WAIT = 0.1
"""Seconds of waiting from which it can be told whether a side kept a processor busy meanwhile."""


class Sample(NamedTuple):
    """One timed repeat."""

    work: int
    """Units of work done: steps, solutions, imports."""
    seconds: float


def timed(block: Callable[[], int], seconds: float) -> Sample:
    """Run a block until `seconds` have passed, at least once; it returns the work it did."""
    work, start = 0, time.perf_counter()
    while True:
        work += block()
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return Sample(work, elapsed)


def arguments() -> dict[str, Any]:
    """Return what the harness passes to a worker: one JSON object on the command line."""
    given: dict[str, Any] = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    return given


def serve(
    block: Callable[[], int], *, packages: Iterable[str] = (), facts: Callable[[], dict[str, Any]] = dict
) -> None:
    """Speak the worker's side of the protocol until the input ends.

    Args:
        block: Does some milliseconds of work and returns how much.
        packages: Distributions whose versions are worth reporting.
        facts: Called after each repeat, untimed; what it returns reaches the harness with the sample.
    """
    _answer(versions={name: importlib.metadata.version(name) for name in packages}, facts=facts())
    busy, since = time.process_time(), time.perf_counter()
    for line in sys.stdin:
        waited = time.perf_counter() - since
        idle = (time.process_time() - busy) / waited if waited > LONG_WAIT else 0.0
        sample = timed(block, float(line))
        _answer(work=sample.work, seconds=sample.seconds, idle=idle, facts=facts())
        busy, since = time.process_time(), time.perf_counter()


def _answer(**message: Any) -> None:
    print(json.dumps(message), flush=True)
