"""Watkins's Q(lambda) (Watkins 1989; Sutton and Barto, section 12.10).

1  in s take a, observe r, s_next, and choose a_next there, epsilon-greedy in q
2  delta <- r + gamma max_b q(s_next, b) - q(s, a); nothing follows a terminated step
3  z(s, a) <- z(s, a) + 1 with accumulating traces, 1 with replacing traces
4  q <- q + alpha delta z, wherever z is not 0
5  z <- gamma lambda z if q(s_next, a_next) was the largest value in s_next, any of them; else z <- 0
6  where the episode ends, z <- 0

Deviations: traces at or below `cutoff` are dropped. A step size by visits is that of each pair in 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import choice
from gridworld_agents.core.schedules import Schedule, value
from gridworld_agents.tabular.control import ControlAgent
from gridworld_agents.tabular.parts import traces
from gridworld_agents.tabular.parts.table import Params, Table, epsilon_greedy, largest
from gridworld_agents.tabular.parts.traces import ACCUMULATING, KINDS, REPLACING, Traces, mark, spread

if TYPE_CHECKING:
    import numpy as np

    from gridworld_agents.tabular.transition import Transition


class QLambdaConfig(traces.TraceConfig):
    """Hyper-parameters of Watkins's Q(lambda), beside :class:`TraceConfig`."""

    traces: str = choice("kind of traces", (KINDS[ACCUMULATING], KINDS[REPLACING]), default="replacing")


class Memory(NamedTuple):
    """A table, and the traces of the episode."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    z: Any  # (S, A) float64
    active: Any  # (S * A,) int64
    count: Any  # (1,) int64


class QLambdaParams(NamedTuple):
    """The hyper-parameters as compiled code reads them: `table.Params` and those of the traces."""

    alpha: Schedule
    gamma: float
    epsilon: Schedule
    random_ties: bool
    decay: float  # gamma lambda
    cutoff: float
    kind: int


@kernel
def observe(
    memory: Memory,
    t: Transition,
    params: QLambdaParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    error, decay = t.r - memory.q[t.s, t.a], 0.0  # 2, 6
    if not t.terminated:
        best = largest(memory.q, t.s_next)
        error += params.gamma * best
        if not t.truncated and memory.q[t.s_next, t.a_next] == best:  # 5
            decay = params.decay
    memory.visits[t.s, t.a] += 1
    alpha = value(params.alpha, memory.steps[0], memory.visits[t.s, t.a])
    z = memory.z[t.s, t.a] + 1 if params.kind == ACCUMULATING else 1.0  # 3
    mark(memory, t.s, t.a, z)
    spread(memory, error, alpha, params, decay)  # 4, 5
    memory.steps[0] += 1


class QLambda(ControlAgent):
    """Watkins's Q-learning with eligibility traces. Hyper-parameters: :class:`QLambdaConfig`."""

    id = "q-lambda"
    Config = QLambdaConfig
    act = epsilon_greedy  # 1
    observe = observe
    next_action_first = True

    @staticmethod
    def new_memory(S: int, A: int, config: QLambdaConfig) -> Memory:
        """Return a table in which every value is the initial one, and no traces."""
        return Memory(*Table.new(S, A, config.initial_value), *Traces.new(S, A))

    @staticmethod
    def scalars(config: QLambdaConfig) -> QLambdaParams:
        """Return the hyper-parameters as compiled code reads them."""
        decay, kind = float(config.gamma * config.trace_decay), KINDS.index(config.traces)
        return QLambdaParams(*Params.of(config), decay, float(config.cutoff), kind)

    @staticmethod
    def forget_episode(memory: Memory) -> None:
        """Drop the traces."""
        traces.clear(memory)

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:  # noqa: ARG004
        """Refuse traces that are none."""
        traces.check(memory)
