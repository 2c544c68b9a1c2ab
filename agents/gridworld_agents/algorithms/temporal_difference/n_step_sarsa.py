"""n-step Sarsa (Sutton and Barto, section 7.2; Zhao 2025, section 7.4).

1  in s take a, observe r, s_next, and choose a_next there, epsilon-greedy in q; note (s, a, r) as the latest of n steps
2  once n steps are noted, or where the episode ends, take the earliest, (s_i, a_i):
3      g <- q(s_next, a_next), or 0 after a terminated step
4      backwards through the noted steps: g <- r + gamma g
5      q(s_i, a_i) <- q(s_i, a_i) + alpha [g - q(s_i, a_i)], and forget the step
6  where the episode ends, do 2 to 5 until no step is left: a truncated episode bootstraps, a terminated one does not
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import integer
from gridworld_agents.tabular.control import ControlAgent, ControlConfig
from gridworld_agents.tabular.parts.table import Params, Table, epsilon_greedy, move_towards

if TYPE_CHECKING:
    from gridworld_agents.tabular.transition import Transition


class NStepSarsaConfig(ControlConfig):
    """Hyper-parameters of n-step Sarsa, beside :class:`ControlConfig`."""

    n: int = integer("number of steps; 1 is Sarsa", default=4, least=1)


class Memory(NamedTuple):
    """A table, and the last steps of the episode in a ring."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    ring: Any  # (2,) int64: where the earliest step is, how many there are
    s: Any  # (n,) int64, their states
    a: Any  # (n,) int64, their actions
    r: Any  # (n,) float64, their rewards


@kernel
def observe(memory: Memory, t: Transition, params: Params, rng: np.random.Generator) -> None:  # noqa: ARG001
    """Note a step, and learn from the one n - 1 steps before it; where the episode ends, from all that are left."""
    n = memory.s.size
    first, length = memory.ring[0], memory.ring[1]
    i = first + length
    i = i - n if i >= n else i  # a division would cost more than the learning
    memory.s[i], memory.a[i], memory.r[i] = t.s, t.a, t.r  # 1
    length += 1
    over = t.terminated or t.truncated
    while length == n or (over and length > 0):  # 2, 6
        g = 0.0 if t.terminated else memory.q[t.s_next, t.a_next]  # 3
        j = i
        for _ in range(length):  # 4
            g = memory.r[j] + params.gamma * g
            j = j - 1 if j > 0 else n - 1
        move_towards(memory, memory.s[first], memory.a[first], g, params)  # 5
        first = first + 1 if first + 1 < n else 0
        length -= 1
    memory.ring[0], memory.ring[1] = first, length
    memory.steps[0] += 1


class NStepSarsa(ControlAgent):
    """Sarsa with n rewards before it bootstraps. Hyper-parameters: :class:`NStepSarsaConfig`."""

    id = "n-step-sarsa"
    on_policy = True
    Config = NStepSarsaConfig
    act = epsilon_greedy  # 1
    observe = observe
    next_action_first = True

    @staticmethod
    def new_memory(S: int, A: int, config: NStepSarsaConfig) -> Memory:
        """Return a table in which every value is the initial one, and no steps."""
        n = config.n
        table = Table.new(S, A, config.initial_value)
        return Memory(*table, np.zeros(2, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n))

    @staticmethod
    def forget_episode(memory: Memory) -> None:
        """Drop the steps so far."""
        memory.ring[:] = 0

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:
        """Refuse steps that are none."""
        first, length = memory.ring.tolist()
        n = memory.s.size
        if first >= n or length >= n or (memory.s >= S).any() or (memory.a >= A).any():  # n steps never stay
            raise ValueError("the steps in its memory are out of range")
