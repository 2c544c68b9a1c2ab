"""Sarsa (Rummery and Niranjan 1994; the book, Algorithm 7.1; Sutton and Barto, section 6.4).

1  in s take a, epsilon-greedy in q
2  observe r, s_next, and choose a_next there, epsilon-greedy in q
3  q(s, a) <- q(s, a) + alpha [r + gamma q(s_next, a_next) - q(s, a)]; nothing follows a terminated step
4  take a_next, and so on
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from gridworld_agents.core.compiling import kernel
from gridworld_agents.tabular.control import ControlAgent, ControlConfig
from gridworld_agents.tabular.table import Params, Table, epsilon_greedy, move_towards

if TYPE_CHECKING:
    import numpy as np


@dataclasses.dataclass(frozen=True, kw_only=True)
class SarsaConfig(ControlConfig):
    """Hyper-parameters of Sarsa: those of every control agent, see :class:`ControlConfig`."""


@kernel
def observe(
    memory: Table,
    s: int,
    a: int,
    r: float,
    s_next: int,
    a_next: int,
    terminated: bool,
    truncated: bool,  # noqa: ARG001
    params: Params,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    target = r  # 2
    if not terminated:
        target += params.gamma * memory.q[s_next, a_next]
    move_towards(memory, s, a, target, params)  # 3
    memory.steps[0] += 1


class Sarsa(ControlAgent):
    """Sarsa with epsilon-greedy exploration. Hyper-parameters: :class:`SarsaConfig`."""

    id = "sarsa"
    Config = SarsaConfig
    act = epsilon_greedy  # 1
    observe = observe
    next_action_first = True  # 2, 4
