"""Q-learning, on-policy version (Watkins 1989; the book, Algorithm 7.2; Sutton and Barto, section 6.5).

1  in s take a, epsilon-greedy in q
2  observe r, s_next
3  q(s, a) <- q(s, a) + alpha [r + gamma max_b q(s_next, b) - q(s, a)]; nothing follows a terminated step
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from gridworld_agents.tabular.compiling import kernel
from gridworld_agents.tabular.control import ControlAgent, ControlParameters
from gridworld_agents.tabular.table import Params, Table, epsilon_greedy, largest, move_towards

if TYPE_CHECKING:
    import numpy as np


@dataclasses.dataclass(frozen=True, kw_only=True)
class QLearningParameters(ControlParameters):
    """Hyper-parameters of Q-learning: those of every control agent, see :class:`ControlParameters`."""


@kernel
def observe(
    memory: Table,
    s: int,
    a: int,
    r: float,
    s_next: int,
    a_next: int,  # noqa: ARG001
    terminated: bool,
    truncated: bool,  # noqa: ARG001
    params: Params,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    target = r  # 2
    if not terminated:
        target += params.gamma * largest(memory.q, s_next)
    move_towards(memory, s, a, target, params)  # 3
    memory.steps[0] += 1


class QLearning(ControlAgent):
    """Q-learning with epsilon-greedy exploration. Hyper-parameters: :class:`QLearningParameters`."""

    id = "q-learning"
    Parameters = QLearningParameters
    act = epsilon_greedy  # 1
    observe = observe
