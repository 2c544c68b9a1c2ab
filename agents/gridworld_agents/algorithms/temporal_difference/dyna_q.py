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
only, as the book's box does. With kappa > 0 all actions of a state once acted in are known, as in the book's footnote:
one never taken leads back for no reward. Planning counts no visits and takes the step size of the last real one.
Deviation from the book: there 6 draws a state, then one of its actions; with kappa > 0 that is the same.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.checks import is_number, whole_number
from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.schedules import Schedule, value
from gridworld_agents.tabular import learned_model
from gridworld_agents.tabular.learned_model import KnownPairs, LearnedModel, ModelConfig, draw, make_known, remember
from gridworld_agents.tabular.off_policy import OffPolicyAgent, OffPolicyParams, OffPolicyTable
from gridworld_agents.tabular.table import largest, move_towards


@dataclasses.dataclass(frozen=True, kw_only=True)
class DynaQConfig(ModelConfig):
    """Hyper-parameters of Dyna-Q, beside :class:`ModelConfig`."""

    planning_steps: int = 5  # after every real step, >= 0; 0 is Q-learning
    kappa: float = 0.0  # bonus for actions not tried for long, >= 0; above 0 it is Dyna-Q+

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        whole_number("planning_steps", self.planning_steps)
        if not is_number(self.kappa) or self.kappa < 0:
            raise ValueError(f"kappa must be a finite number >= 0, got {self.kappa!r}")


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
    """The hyper-parameters as compiled code reads them: `OffPolicyParams` and those of planning."""

    alpha: Schedule
    gamma: float
    epsilon: Schedule
    random_ties: bool
    behaviour: int
    planning_steps: int
    kappa: float


@kernel
def observe(
    memory: Memory,
    s: int,
    a: int,
    r: float,
    s_next: int,
    a_next: int,  # noqa: ARG001
    terminated: bool,
    truncated: bool,  # noqa: ARG001
    params: DynaQParams,
    rng: np.random.Generator,
) -> None:
    """Learn from a step, and plan."""
    if not memory.is_known[s, a]:
        for b in range(memory.q.shape[1]):
            if b == a or params.kappa > 0:
                make_known(memory, s, b)
    target = r if terminated else r + params.gamma * largest(memory.q, s_next)  # 2
    move_towards(memory, s, a, target, params)  # 3
    remember(memory, s, a, r, s_next, terminated)  # 4
    memory.steps[0] += 1
    memory.last[s, a] = memory.steps[0]
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


class DynaQ(OffPolicyAgent):
    """Dyna-Q, and Dyna-Q+ where kappa is above 0. Hyper-parameters: :class:`DynaQConfig`."""

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
        return DynaQParams(*OffPolicyParams.of(config), config.planning_steps, float(config.kappa))

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:
        """Refuse a model or known pairs that are none."""
        OffPolicyAgent.check_memory(memory, S, A)
        learned_model.check(memory, S)
        learned_model.check_known(memory)
        if (memory.last > memory.steps[0]).any():
            raise ValueError("its memory holds steps that were never taken")
