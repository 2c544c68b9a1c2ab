"""Double Q-learning (van Hasselt 2010; Sutton and Barto, section 6.7).

1  in s take a, epsilon-greedy in q1 + q2 or by another behaviour
2  observe r, s_next
3  with probability 1/2 exchange the roles of q1 and q2 in what follows
4  b <- argmax q1(s_next, .)
5  q1(s, a) <- q1(s, a) + alpha [r + gamma q2(s_next, b) - q1(s, a)]; nothing follows a terminated step

What the agent shows as its values is the mean of q1 and q2, and it acts on that: the same action as by the sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.schedules import value
from gridworld_agents.tabular.off_policy import (
    OffPolicyControlAgent,
    OffPolicyControlConfig,
    OffPolicyTable,
)
from gridworld_agents.tabular.parts.table import Params, greedy

if TYPE_CHECKING:
    from gridworld_agents.tabular.transition import Transition


class DoubleQLearningConfig(OffPolicyControlConfig):
    """Hyper-parameters of double Q-learning: those of every off-policy agent, see :class:`OffPolicyControlConfig`."""


class Memory(NamedTuple):
    """Two tables, and their mean."""

    q: Any  # (S, A) float64, the mean of the two
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    behaviour: Any  # (S, A) float64, or (0, 0)
    pair: Any  # (2, S, A) float64, q1 and q2
    updates: Any  # (2, S, A) int64, how often each pair was learned from in either: what a step size by visits counts


@kernel
def observe(memory: Memory, t: Transition, params: Params, rng: np.random.Generator) -> None:
    """Learn from a step."""
    one = 0 if rng.random() < 0.5 else 1  # 3
    target = t.r  # 2
    if not t.terminated:
        b = greedy(memory.pair[one], t.s_next, params.random_ties, rng)  # 4
        target += params.gamma * memory.pair[1 - one, t.s_next, b]
    memory.visits[t.s, t.a] += 1
    memory.updates[one, t.s, t.a] += 1
    alpha = value(params.alpha, memory.steps[0], memory.updates[one, t.s, t.a])
    memory.pair[one, t.s, t.a] += alpha * (target - memory.pair[one, t.s, t.a])  # 5
    memory.q[t.s, t.a] = 0.5 * (memory.pair[0, t.s, t.a] + memory.pair[1, t.s, t.a])
    memory.steps[0] += 1


class DoubleQLearning(OffPolicyControlAgent):
    """Q-learning with two tables, against maximisation bias. Hyper-parameters: :class:`DoubleQLearningConfig`."""

    id = "double-q-learning"
    Config = DoubleQLearningConfig
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, config: DoubleQLearningConfig) -> Memory:
        """Return two tables in which every value is the initial one."""
        table = OffPolicyTable.new(S, A, config)
        return Memory(*table, np.stack([table.q, table.q]), np.zeros((2, S, A), np.int64))

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:
        """Refuse a mean that is none."""
        OffPolicyControlAgent.check_memory(memory, S, A)
        if (memory.q != 0.5 * (memory.pair[0] + memory.pair[1])).any():
            raise ValueError("the values in its memory are not the mean of its two tables")
