"""Dyna-Q and Dyna-Q+ (Sutton 1990; Sutton and Barto, sections 8.2 and 8.3).

1  in s take a, epsilon-greedy in q or by another behaviour
2  observe r, s_next
3  q(s, a) <- q(s, a) + alpha [r + gamma max_b q(s_next, b) - q(s, a)]; nothing follows a terminated step
4  note r and s_next in the model of (s, a)
5  planning_steps times:
6      draw one of the pairs known, (s', a'), each with the same chance
7      draw r', s'' from its model
8      Dyna-Q+: r' <- r' + kappa sqrt(tau), tau being the steps since a' was last taken in s'
9      learn from (s', a', r', s'') as in 3

The model, `tabular.learned_model`, holds up to `outcomes` outcomes of each pair with their frequencies: exact after one
visit in a deterministic environment, as exact as frequencies are in a stochastic one. `outcomes=1` keeps the last one
only, as their box does. With kappa > 0 all actions of a state once acted in are known, as in their footnote:
one never taken leads back for no reward. Planning counts no visits and takes the step size of the last real one.
Deviation: there 6 draws a state, then one of its actions; with kappa > 0 that is the same.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import integer, real
from gridworld_agents.core.schedules import Schedule, value
from gridworld_agents.tabular.off_policy import OffPolicyControlAgent, OffPolicyTable
from gridworld_agents.tabular.parts import learned_model
from gridworld_agents.tabular.parts.learned_model import (
    KnownPairs,
    LearnedModel,
    ModelConfig,
    draw,
    make_known,
    remember,
)
from gridworld_agents.tabular.parts.table import Params, largest, move_towards

if TYPE_CHECKING:
    from gridworld_agents.tabular.transition import Transition


class DynaQConfig(ModelConfig):
    """Hyper-parameters of Dyna-Q, beside :class:`ModelConfig`."""

    planning_steps: int = integer("after every real step; 0 is Q-learning", default=5, least=0)
    kappa: float = real("bonus for actions not tried for long; above 0 it is Dyna-Q+", default=0.0, least=0)


class Memory(NamedTuple):
    """A table, a model, and the pairs known; see `LearnedModel` and `KnownPairs`."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    behaviour: Any  # (S, A) float64, or (0, 0)
    times: Any  # (S, A, M) int64
    next_state: Any  # (S, A, M) int64
    reward: Any  # (S, A, M) float64
    ended: Any  # (S, A, M) bool
    known: Any  # (S * A,) int64
    count: Any  # (1,) int64
    is_known: Any  # (S, A) bool
    last: Any  # (S, A) int64, the step after which the action was last taken; 0 where never


class DynaQParams(NamedTuple):
    """The hyper-parameters as compiled code reads them: `Params` and those of planning."""

    alpha: Schedule
    gamma: float
    epsilon: Schedule
    random_ties: bool
    planning_steps: int
    kappa: float


@kernel
def observe(memory: Memory, t: Transition, params: DynaQParams, rng: np.random.Generator) -> None:
    """Learn from a step, and plan."""
    if not memory.is_known[t.s, t.a]:
        for b in range(memory.q.shape[1]):
            if b == t.a or params.kappa > 0:
                make_known(memory, t.s, b)
    target = t.r if t.terminated else t.r + params.gamma * largest(memory.q, t.s_next)  # 2
    move_towards(memory, t.s, t.a, target, params)  # 3
    remember(memory, t.s, t.a, t.r, t.s_next, t.terminated)  # 4
    memory.steps[0] += 1
    memory.last[t.s, t.a] = memory.steps[0]
    for _ in range(params.planning_steps):  # 5
        _plan(memory, params, rng)


@kernel
def _plan(memory: Memory, params: DynaQParams, rng: np.random.Generator) -> None:
    pair = memory.known[int(rng.random() * memory.count[0])]  # 6
    s, a = divmod(pair, memory.q.shape[1])
    r, s_next, terminated = 0.0, s, False
    if memory.times[s, a, 0] > 0:  # 7
        m = draw(memory, s, a, rng)
        r, s_next, terminated = memory.reward[s, a, m], memory.next_state[s, a, m], memory.ended[s, a, m]
    if params.kappa > 0:
        r += params.kappa * math.sqrt(memory.steps[0] - memory.last[s, a])  # 8
    if not terminated:
        r += params.gamma * largest(memory.q, s_next)
    alpha = value(params.alpha, memory.steps[0] - 1, max(memory.visits[s, a], 1))  # steps has counted the real one
    memory.q[s, a] += alpha * (r - memory.q[s, a])  # 9


class DynaQ(OffPolicyControlAgent):
    """Q-learning that also learns from a model of its own.

    Dyna-Q+ where kappa is above 0. Hyper-parameters: :class:`DynaQConfig`.
    """

    id = "dyna-q"
    Config = DynaQConfig
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, config: DynaQConfig) -> Memory:
        """Return a table in which every value is the initial one, and an empty model."""
        table, model = OffPolicyTable.new(S, A, config), LearnedModel.new(S, A, config.outcomes)
        return Memory(*table, *model, *KnownPairs.new(S, A), np.zeros((S, A), np.int64))

    @staticmethod
    def scalars(config: DynaQConfig) -> DynaQParams:
        """Return the hyper-parameters as compiled code reads them."""
        return DynaQParams(*Params.of(config), config.planning_steps, float(config.kappa))

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:  # noqa: ARG004
        """Refuse a model or known pairs that are none."""
        learned_model.check(memory, S)
        learned_model.check_known(memory)
        if (memory.last > memory.steps[0]).any():
            raise ValueError("its memory holds steps that were never taken")
