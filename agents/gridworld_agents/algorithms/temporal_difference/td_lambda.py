"""TD(lambda) (Sutton 1988; Sutton and Barto, sections 12.2 and 12.5).

1  in s take a, by the policy that is valued; observe r, s_next
2  delta <- r + gamma v(s_next) - v(s); nothing follows a terminated step
3  e(s) <- e(s) + alpha                  with accumulating traces
           alpha                         with replacing traces (Singh and Sutton 1996)
           e(s) + alpha [1 - e(s)]       with Dutch traces
4  v <- v + delta e, wherever e is not 0
5  with Dutch traces, true online TD(lambda) (van Seijen et al. 2016): v_old is the v(s_next) of the step before; delta
   in 4 is delta + v(s) - v_old, and after it v(s) <- v(s) - alpha [v(s) - v_old], both with the v(s) of 2
6  e <- gamma lambda e; where the episode ends, e <- 0

The step size is part of the trace, as in van Seijen et al.: so one that changes, by the step or by the visits of a
state, leaves lambda = 1 with Dutch traces the constant-alpha Monte Carlo method, forwards through the episode.

Deviation: a trace that has decayed to `cutoff` times the present step size is dropped. So a step costs as many updates
as there are traces, whatever the number of states.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import choice, real
from gridworld_agents.core.schedules import Schedule, value
from gridworld_agents.tabular.parts.state_traces import StateTraces, check_traces, clear, set_trace, spread, trace_of
from gridworld_agents.tabular.prediction import PredictionAgent, PredictionConfig, PredictionParams, Values, follow

if TYPE_CHECKING:
    from gridworld_agents.tabular.transition import Transition

KINDS = ("accumulating", "replacing", "dutch")
ACCUMULATING, REPLACING, DUTCH = range(3)


class TDLambdaConfig(PredictionConfig):
    """Hyper-parameters of TD(lambda), beside :class:`PredictionConfig`."""

    trace_decay: float = real("lambda", default=0.9, least=0, most=1)
    traces: str = choice("kind of traces; dutch is true online TD(lambda)", KINDS, default="dutch")
    cutoff: float = real(
        "traces at or below that share of the step size are dropped; 0 keeps all", default=1e-4, least=0, below=1
    )


class Memory(NamedTuple):
    """Values, and the traces of the episode, see :class:`StateTraces`."""

    v: Any  # (S,) float64
    visits: Any  # (S,) int64
    steps: Any  # (1,) int64
    policy: Any  # (S, A) float64
    v_old: Any  # (1,) float64
    count: Any  # (1,) int64
    traced: Any  # (S,) int64
    e: Any  # (S,) float64
    index: Any  # (S,) int64


class TDLambdaParams(NamedTuple):
    """The hyper-parameters as compiled code reads them."""

    alpha: Schedule
    gamma: float
    decay: float  # gamma lambda
    kind: int
    cutoff: float


@kernel
def observe(
    memory: Memory,
    t: Transition,
    params: TDLambdaParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    v = memory.v
    v_next = 0.0 if t.terminated else v[t.s_next]
    target = t.r if t.terminated else t.r + params.gamma * v_next
    delta = target - v[t.s]  # 2
    memory.visits[t.s] += 1
    alpha = value(params.alpha, memory.steps[0], memory.visits[t.s])
    before = trace_of(memory, t.s)
    added = alpha  # 3
    if params.kind == REPLACING:
        added = alpha - before
    elif params.kind == DUTCH:
        added = alpha - alpha * before
    drift = v[t.s] - memory.v_old[0] if params.kind == DUTCH else 0.0  # 5
    spread(memory, delta + drift, params.decay, params.cutoff * alpha)  # 4, 5, 6: but for what s has added
    v[t.s] += added * delta + (added - alpha) * drift
    if params.decay > params.cutoff:
        set_trace(memory, t.s, params.decay * (before + added))
    memory.v_old[0] = v_next
    memory.steps[0] += 1
    if t.terminated or t.truncated:
        clear(memory)


class TDLambda(PredictionAgent):
    """Values of a given policy, by TD with eligibility traces. Hyper-parameters: :class:`TDLambdaConfig`."""

    id = "td-lambda"
    Config = TDLambdaConfig
    act = follow  # 1
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, config: TDLambdaConfig) -> Memory:
        """Return values that are all the initial one, and no traces."""
        return Memory(*Values.new(S, A, config), np.zeros(1), *StateTraces.new(S))

    @staticmethod
    def scalars(config: TDLambdaConfig) -> TDLambdaParams:
        """Return the hyper-parameters as compiled code reads them."""
        alpha, gamma = PredictionParams.of(config)
        kind = KINDS.index(config.traces)
        return TDLambdaParams(alpha, gamma, gamma * float(config.trace_decay), kind, float(config.cutoff))

    @staticmethod
    def forget_episode(memory: Memory) -> None:
        """Drop all traces."""
        clear(memory)

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:
        """Refuse a policy that is none, and traces that are not those of different states."""
        PredictionAgent.check_memory(memory, S, A)
        check_traces(memory, S)
