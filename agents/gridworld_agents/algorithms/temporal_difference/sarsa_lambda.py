"""Sarsa(lambda) (Rummery and Niranjan 1994; Sutton and Barto, sections 12.5 and 12.7).

1  in s take a, observe r, s_next, and choose a_next there, epsilon-greedy in q
2  delta <- r + gamma q(s_next, a_next) - q(s, a); nothing follows a terminated step
3  z(s, a) <- z(s, a) + 1                             with accumulating traces
              1                                       with replacing traces (Singh and Sutton 1996)
              z(s, a) + 1 - alpha z(s, a)             with Dutch traces
4  q <- q + alpha delta z, wherever z is not 0
5  with Dutch traces, true online Sarsa(lambda) (van Seijen et al. 2016): q_old is the q(s_next, a_next) of the step
   before, 0 at the start of an episode; the error in 4 is delta + q(s, a) - q_old, and after it
   q(s, a) <- q(s, a) - alpha [q(s, a) - q_old], both with the q(s, a) of 2
6  z <- gamma lambda z; where the episode ends, z <- 0

Deviations: traces at or below `cutoff` are dropped. A step size by visits is that of each pair in 4; with any other one
the Dutch traces are exact, save for the cut-off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import choice
from gridworld_agents.core.schedules import Schedule, value
from gridworld_agents.tabular.control import ControlAgent
from gridworld_agents.tabular.parts import traces
from gridworld_agents.tabular.parts.table import Params, Table, epsilon_greedy
from gridworld_agents.tabular.parts.traces import ACCUMULATING, DUTCH, KINDS, Traces, mark, spread

if TYPE_CHECKING:
    from gridworld_agents.tabular.transition import Transition


class SarsaLambdaConfig(traces.TraceConfig):
    """Hyper-parameters of Sarsa(lambda), beside :class:`TraceConfig`."""

    traces: str = choice("kind of traces; dutch is true online Sarsa(lambda)", KINDS, default="dutch")


class Memory(NamedTuple):
    """A table, and the traces of the episode."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    z: Any  # (S, A) float64
    active: Any  # (S * A,) int64
    count: Any  # (1,) int64
    q_old: Any  # (1,) float64, q(s, a) before the last update; of use with Dutch traces only


class SarsaLambdaParams(NamedTuple):
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
    params: SarsaLambdaParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    q = memory.q[t.s, t.a]
    q_next = 0.0 if t.terminated else memory.q[t.s_next, t.a_next]
    error = t.r + params.gamma * q_next - q  # 2
    memory.visits[t.s, t.a] += 1
    alpha = value(params.alpha, memory.steps[0], memory.visits[t.s, t.a])
    z = 1.0  # 3
    if params.kind == ACCUMULATING:
        z += memory.z[t.s, t.a]
    elif params.kind == DUTCH:
        z += memory.z[t.s, t.a] - alpha * memory.z[t.s, t.a]
        error += q - memory.q_old[0]  # 5
    mark(memory, t.s, t.a, z)
    over = t.terminated or t.truncated
    spread(memory, error, alpha, params, 0.0 if over else params.decay)  # 4, 6
    if params.kind == DUTCH:
        memory.q[t.s, t.a] -= alpha * (q - memory.q_old[0])  # 5
        memory.q_old[0] = 0.0 if over else q_next
    memory.steps[0] += 1


class SarsaLambda(ControlAgent):
    """Sarsa with eligibility traces. Hyper-parameters: :class:`SarsaLambdaConfig`."""

    id = "sarsa-lambda"
    on_policy = True
    Config = SarsaLambdaConfig
    act = epsilon_greedy  # 1
    observe = observe
    next_action_first = True

    @staticmethod
    def new_memory(S: int, A: int, config: SarsaLambdaConfig) -> Memory:
        """Return a table in which every value is the initial one, and no traces."""
        return Memory(*Table.new(S, A, config.initial_value), *Traces.new(S, A), np.zeros(1))

    @staticmethod
    def scalars(config: SarsaLambdaConfig) -> SarsaLambdaParams:
        """Return the hyper-parameters as compiled code reads them."""
        decay, kind = float(config.gamma * config.trace_decay), KINDS.index(config.traces)
        return SarsaLambdaParams(*Params.of(config), decay, float(config.cutoff), kind)

    @staticmethod
    def forget_episode(memory: Memory) -> None:
        """Drop the traces."""
        traces.clear(memory)
        memory.q_old[:] = 0

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:  # noqa: ARG004
        """Refuse traces that are none."""
        traces.check(memory)
