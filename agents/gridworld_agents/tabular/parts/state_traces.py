"""Eligibility traces of states, as a list of those that have one: a step costs as many updates as the list is long."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel

LEAST = 1e-300
"""Smaller traces are dropped in any case: they add nothing, and are slow to compute with."""


class StateTraces(NamedTuple):
    """The traces of an episode; the fields of a memory that has them."""

    count: Any  # (1,) int64, length of the list
    traced: Any  # (S,) int64, the states in the list
    e: Any  # (S,) float64, the traces in the list
    index: Any  # (S,) int64, 1 + the index of a state in the list; 0 where it has no trace

    @classmethod
    def new(cls, S: int) -> StateTraces:
        """Return an empty list."""
        return cls(np.zeros(1, np.int64), np.zeros(S, np.int64), np.zeros(S), np.zeros(S, np.int64))


@kernel
def trace_of(memory: Any, s: int) -> float:
    """Return the trace of a state, 0 where it has none."""
    i = memory.index[s]
    e: float = memory.e[i - 1] if i > 0 else 0.0
    return e


@kernel
def set_trace(memory: Any, s: int, e: float) -> None:
    """Set the trace of a state."""
    if memory.index[s] == 0:
        memory.traced[memory.count[0]] = s
        memory.count[0] += 1
        memory.index[s] = memory.count[0]
    memory.e[memory.index[s] - 1] = e


@kernel
def spread(memory: Any, error: float, decay: float, least: float) -> None:
    """Do v <- v + error e and e <- decay e, for all that have a trace; traces not above `least` are dropped."""
    v, traced, traces, index = memory.v, memory.traced, memory.e, memory.index
    least = max(least, LEAST)
    n, i = memory.count[0], 0
    while i < n:
        s, e = traced[i], traces[i]
        v[s] += error * e
        e *= decay
        if e > least:
            traces[i] = e
            i += 1
        else:  # the last of the list takes its place
            n -= 1
            last = traced[n]
            traced[i], traces[i], index[last] = last, traces[n], i + 1
            index[s] = 0
    memory.count[0] = n


@kernel
def clear(memory: Any) -> None:
    """Drop all traces."""
    for i in range(memory.count[0]):
        memory.index[memory.traced[i]] = 0
    memory.count[0] = 0


def check_traces(memory: Any, S: int) -> None:
    """Refuse traces that a file holds and compiled code could not work with.

    Raises:
        ValueError: If the list is not one of different states.
    """
    n = int(memory.count[0])
    listed = memory.traced[:n]
    if (
        n > S
        or (listed >= S).any()
        or (memory.index[listed] != np.arange(1, n + 1)).any()
        or np.count_nonzero(memory.index) != n
    ):
        raise ValueError("the traces in its memory are not those in its list")
