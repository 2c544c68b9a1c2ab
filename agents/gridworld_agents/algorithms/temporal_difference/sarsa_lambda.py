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

import dataclasses
from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.checks import choose
from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.schedules import Schedule, value
from gridworld_agents.tabular import traces
from gridworld_agents.tabular.control import ControlAgent
from gridworld_agents.tabular.table import Params, Table, epsilon_greedy
from gridworld_agents.tabular.traces import ACCUMULATING, DUTCH, KINDS, Traces, mark, spread


@dataclasses.dataclass(frozen=True, kw_only=True)
class SarsaLambdaConfig(traces.TraceConfig):
    """Hyper-parameters of Sarsa(lambda), beside :class:`TraceConfig`."""

    traces: str = "dutch"  # "accumulating", "replacing", or "dutch" for true online Sarsa(lambda)

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        choose("traces", self.traces, KINDS)


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
    s: int,
    a: int,
    r: float,
    s_next: int,
    a_next: int,
    terminated: bool,
    truncated: bool,
    params: SarsaLambdaParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    q = memory.q[s, a]
    q_next = 0.0 if terminated else memory.q[s_next, a_next]
    error = r + params.gamma * q_next - q  # 2
    memory.visits[s, a] += 1
    alpha = value(params.alpha, memory.steps[0], memory.visits[s, a])
    z = 1.0  # 3
    if params.kind == ACCUMULATING:
        z += memory.z[s, a]
    elif params.kind == DUTCH:
        z += memory.z[s, a] - alpha * memory.z[s, a]
        error += q - memory.q_old[0]  # 5
    mark(memory, s, a, z)
    over = terminated or truncated
    spread(memory, error, alpha, params, 0.0 if over else params.decay)  # 4, 6
    if params.kind == DUTCH:
        memory.q[s, a] -= alpha * (q - memory.q_old[0])  # 5
        memory.q_old[0] = 0.0 if over else q_next
    memory.steps[0] += 1


class SarsaLambda(ControlAgent):
    """Sarsa(lambda) with epsilon-greedy exploration. Hyper-parameters: :class:`SarsaLambdaConfig`."""

    id = "sarsa-lambda"
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
