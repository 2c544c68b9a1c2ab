"""Q-learning (Watkins 1989; Zhao 2025, Algorithms 7.2 and 7.3; Sutton and Barto, section 6.5).

1  in s take a, epsilon-greedy in q or by another behaviour; or take (s, a, r, s_next) from given experience
2  observe r, s_next
3  q(s, a) <- q(s, a) + alpha [r + gamma max_b q(s_next, b) - q(s, a)]; nothing follows a terminated step
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridworld_agents.core.compiling import kernel
from gridworld_agents.tabular.off_policy import (
    OffPolicyControlAgent,
    OffPolicyControlConfig,
    OffPolicyTable,
)
from gridworld_agents.tabular.parts.table import Params, largest, move_towards

if TYPE_CHECKING:
    import numpy as np

    from gridworld_agents.tabular.transition import Transition


class QLearningConfig(OffPolicyControlConfig):
    """Hyper-parameters of Q-learning: those of every off-policy agent, see :class:`OffPolicyControlConfig`."""


@kernel
def observe(
    memory: OffPolicyTable,
    t: Transition,
    params: Params,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    target = t.r  # 2
    if not t.terminated:
        target += params.gamma * largest(memory.q, t.s_next)
    move_towards(memory, t.s, t.a, target, params)  # 3
    memory.steps[0] += 1


class QLearning(OffPolicyControlAgent):
    """Off-policy TD control: the best values, whatever it does.

    `learn_offline` is Zhao's Algorithm 7.3. Hyper-parameters: :class:`QLearningConfig`.
    """

    id = "q-learning"
    Config = QLearningConfig
    observe = observe
