"""Prioritized sweeping (Moore and Atkeson 1993; Peng and Williams 1993; Sutton and Barto, section 8.4).

1  in s take a, epsilon-greedy in q or by another behaviour; observe r, s_next
2  note r and s_next in the model of (s, a)
3  p <- |e(s, a) - q(s, a)|, where e(s, a) is the model's mean of r + gamma max_b q(s_next, b)
4  if p > theta: put (s, a) in the queue with priority p, unless it is there with a larger one
5  planning_steps times, while the queue is not empty:
6      (s', a') <- the first of the queue
7      q(s', a') <- q(s', a') + alpha [e(s', a') - q(s', a')]
8      if max_b q(s', b) has changed: for all (s'', a'') that lead to s' in the model do 3 and 4

The model, `tabular.learned_model`, holds up to `outcomes` outcomes of each pair with their frequencies, and updates are
expected ones: so it plans with the most likely model in stochastic environments too. `outcomes=1` keeps the last one
only, as their box does, which is right in deterministic environments. A step size of 1, the default, is right for
either: e is a mean. Deviation: there 8 looks at them in any case; with a step size of 1 it is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import integer, real, schedule
from gridworld_agents.core.schedules import Schedule, value
from gridworld_agents.tabular.off_policy import OffPolicyControlAgent, OffPolicyTable
from gridworld_agents.tabular.parts import learned_model, predecessors, priority_queue
from gridworld_agents.tabular.parts.learned_model import LearnedModel, ModelConfig, expectation
from gridworld_agents.tabular.parts.predecessors import Predecessors, note_linked
from gridworld_agents.tabular.parts.priority_queue import PriorityQueue, pop, push
from gridworld_agents.tabular.parts.table import Params, largest

if TYPE_CHECKING:
    import numpy as np

    from gridworld_agents.tabular.transition import Transition


class PrioritizedSweepingConfig(ModelConfig):
    """Hyper-parameters of prioritized sweeping, beside :class:`ModelConfig`."""

    alpha: float | str = schedule("step size; 1 takes the model at its word", default=1.0, above=0, most=1)
    planning_steps: int = integer("updates after every real step at most", default=5, least=1)
    theta: float = real("error below which a pair is left alone", default=1e-4, least=0)


class Memory(NamedTuple):
    """A table, a model, who leads where, and a queue."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    behaviour: Any  # (S, A) float64, or (0, 0)
    times: Any  # (S, A, M) int64, this and the next three: the model
    next_state: Any  # (S, A, M) int64
    reward: Any  # (S, A, M) float64
    ended: Any  # (S, A, M) bool
    first: Any  # (S,) int64, this and the next two: the predecessors
    after: Any  # (S * A * M,) int64
    before: Any  # (S * A * M,) int64
    heap: Any  # (S * A,) int64, this and the next three: the queue
    length: Any  # (1,) int64
    place: Any  # (S * A,) int64
    priority: Any  # (S * A,) float64


class PrioritizedSweepingParams(NamedTuple):
    """The hyper-parameters as compiled code reads them: `Params` and those of planning."""

    alpha: Schedule
    gamma: float
    epsilon: Schedule
    random_ties: bool
    planning_steps: int
    theta: float


@kernel
def observe(
    memory: Memory,
    t: Transition,
    params: PrioritizedSweepingParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Note a step in the model, and plan."""
    note_linked(memory, t.s, t.a, t.r, t.s_next, t.terminated)  # 2
    memory.visits[t.s, t.a] += 1
    _consider(memory, t.s, t.a, params)  # 3, 4
    for _ in range(params.planning_steps):  # 5
        if memory.length[0] == 0:
            break
        pair = pop(memory)  # 6
        x, b = divmod(pair, memory.q.shape[1])
        alpha = value(params.alpha, memory.steps[0], max(memory.visits[x, b], 1))
        before = largest(memory.q, x)
        memory.q[x, b] += alpha * (expectation(memory, x, b, params.gamma) - memory.q[x, b])  # 7
        number = memory.first[x] if largest(memory.q, x) != before else 0
        while number > 0:  # 8
            y, c = divmod((number - 1) // memory.times.shape[2], memory.q.shape[1])
            _consider(memory, y, c, params)
            number = memory.after[number - 1]
    memory.steps[0] += 1


@kernel
def _consider(memory: Memory, s: int, a: int, params: PrioritizedSweepingParams) -> None:
    p = abs(expectation(memory, s, a, params.gamma) - memory.q[s, a])  # 3
    if p > params.theta:  # 4
        push(memory, s * memory.q.shape[1] + a, p)


class PrioritizedSweeping(OffPolicyControlAgent):
    """Learns from a model of its own where values change most. Hyper-parameters: :class:`PrioritizedSweepingConfig`."""

    id = "prioritized-sweeping"
    Config = PrioritizedSweepingConfig
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, config: PrioritizedSweepingConfig) -> Memory:
        """Return a table in which every value is the initial one, an empty model and an empty queue."""
        table, M = OffPolicyTable.new(S, A, config), config.outcomes
        return Memory(*table, *LearnedModel.new(S, A, M), *Predecessors.new(S, A, M), *PriorityQueue.new(S * A))

    @staticmethod
    def scalars(config: PrioritizedSweepingConfig) -> PrioritizedSweepingParams:
        """Return the hyper-parameters as compiled code reads them."""
        scalars = Params.of(config)
        return PrioritizedSweepingParams(*scalars, config.planning_steps, float(config.theta))

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:  # noqa: ARG004
        """Refuse a model, lists or a queue that are none."""
        learned_model.check(memory, S)
        predecessors.check(memory)
        priority_queue.check(memory)
