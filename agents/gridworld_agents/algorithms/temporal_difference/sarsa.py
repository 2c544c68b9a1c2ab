"""Sarsa (Rummery and Niranjan 1994; Zhao 2025, Algorithm 7.1; Sutton and Barto, section 6.4).

1  in s take a, epsilon-greedy in q
2  observe r, s_next, and choose a_next there, epsilon-greedy in q
3  q(s, a) <- q(s, a) + alpha [r + gamma q(s_next, a_next) - q(s, a)]; nothing follows a terminated step
4  take a_next, and so on
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridworld_agents.core.compiling import kernel
from gridworld_agents.tabular.control import ControlAgent, ControlConfig
from gridworld_agents.tabular.parts.table import Params, Table, epsilon_greedy, move_towards

if TYPE_CHECKING:
    import numpy as np

    from gridworld_agents.tabular.transition import Transition


class SarsaConfig(ControlConfig):
    """Hyper-parameters of Sarsa: those of every control agent, see :class:`ControlConfig`."""


@kernel
def observe(memory: Table, t: Transition, params: Params, rng: np.random.Generator) -> None:  # noqa: ARG001
    """Learn from a step."""
    target = t.r  # 2
    if not t.terminated:
        target += params.gamma * memory.q[t.s_next, t.a_next]
    move_towards(memory, t.s, t.a, target, params)  # 3
    memory.steps[0] += 1


class Sarsa(ControlAgent):
    """On-policy TD control: values of its epsilon-greedy policy. Hyper-parameters: :class:`SarsaConfig`."""

    id = "sarsa"
    on_policy = True
    Config = SarsaConfig
    act = epsilon_greedy  # 1
    observe = observe
    next_action_first = True  # 2, 4
