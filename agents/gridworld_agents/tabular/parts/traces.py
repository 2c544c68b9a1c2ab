"""Eligibility traces, as a list of the pairs that have one: a step costs as many updates as there are such pairs.

A memory with traces has, beside `q` and `visits`, the arrays of :class:`Traces`. A pair is in the list exactly where
its trace is above 0. A trace that has decayed to the cut-off or below is dropped; what is lost of each later error is
that share at most.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import real
from gridworld_agents.core.schedules import VISITS, value
from gridworld_agents.tabular.control import ControlConfig

KINDS = ("accumulating", "replacing", "dutch")
ACCUMULATING, REPLACING, DUTCH = range(3)


class TraceConfig(ControlConfig):
    """The hyper-parameters of every agent with traces."""

    trace_decay: float = real("lambda", default=0.9, least=0, most=1)
    cutoff: float = real("traces at or below it are dropped; 0 keeps all", default=1e-4, least=0, below=1)


class Traces(NamedTuple):
    """The traces of an episode; the fields of a memory that has them."""

    z: Any  # (S, A) float64, the traces
    active: Any  # (S * A,) int64, pairs s * A + a; those that have a trace come first
    count: Any  # (1,) int64, how many have one

    @classmethod
    def new(cls, S: int, A: int) -> Traces:
        """Return traces that are all 0."""
        return cls(np.zeros((S, A)), np.zeros(S * A, np.int64), np.zeros(1, np.int64))


@kernel
def mark(memory: Any, s: int, a: int, z: float) -> None:
    """Set the trace of a pair; z > 0."""
    if memory.z[s, a] == 0:
        memory.active[memory.count[0]] = s * memory.z.shape[1] + a
        memory.count[0] += 1
    memory.z[s, a] = z


@kernel
def spread(memory: Any, error: float, alpha: float, params: Any, decay: float) -> None:
    """Q <- q + alpha error z, and z <- decay z, for the pairs that have a trace; decay 0 drops them all.

    Args:
        memory: With `q`, `visits`, `steps` and the fields of `Traces`.
        error: What every value moves by, times its trace.
        alpha: The step size of the present step. Where step sizes go by visits, each pair has its own instead.
        params: With `alpha`, the schedule, and `cutoff`.
        decay: gamma lambda.
    """
    q, z, active = memory.q.flat, memory.z.flat, memory.active
    n = memory.count[0]
    move = alpha * error
    i = 0
    while i < n:
        pair = active[i]
        if params.alpha.kind == VISITS:
            move = error * value(params.alpha, memory.steps[0], memory.visits.flat[pair])
        x = z[pair]
        q[pair] += move * x
        x *= decay
        if x <= params.cutoff:  # with a cut-off of 0, a trace that has become 0
            x = 0.0
            n -= 1
            active[i] = active[n]
        else:
            i += 1
        z[pair] = x
    memory.count[0] = n


def clear(memory: Any) -> None:
    """Set all traces to 0."""
    memory.z[:] = 0
    memory.count[:] = 0


def check(memory: Any) -> None:
    """Refuse traces that a file holds and compiled code could not work with.

    Raises:
        ValueError: If the list is not one of the pairs that have a trace.
    """
    n = int(memory.count[0])
    traced = np.flatnonzero(memory.z)
    if not np.array_equal(np.sort(memory.active[:n]), traced) or traced.size != n or (memory.z < 0).any():
        raise ValueError("the traces in its memory are not those in its list")
    if (memory.active >= memory.z.size).any():
        raise ValueError("the list of traces in its memory is out of range")
