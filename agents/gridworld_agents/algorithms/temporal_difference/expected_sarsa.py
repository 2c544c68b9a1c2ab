"""Expected Sarsa (van Seijen et al. 2009; Zhao 2025, section 7.3; Sutton and Barto, section 6.6).

1  in s take a, epsilon-greedy in q or by another behaviour
2  observe r, s_next
3  v <- sum_b pi(b | s_next) q(s_next, b), where pi is the epsilon-greedy policy of q
4  q(s, a) <- q(s, a) + alpha [r + gamma v - q(s, a)]; nothing follows a terminated step

The sum is exact: (1 - epsilon) times the largest value and epsilon times the mean. Among actions of equal value it does
not matter which one the behaviour prefers. With another behaviour it learns the values of pi off-policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridworld_agents.core.compiling import kernel
from gridworld_agents.tabular.off_policy import (
    OffPolicyControlAgent,
    OffPolicyControlConfig,
    OffPolicyTable,
)
from gridworld_agents.tabular.parts.table import Params, expected, move_towards

if TYPE_CHECKING:
    import numpy as np

    from gridworld_agents.tabular.transition import Transition


class ExpectedSarsaConfig(OffPolicyControlConfig):
    """Hyper-parameters of Expected Sarsa: those of every off-policy agent, see :class:`OffPolicyControlConfig`."""


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
        target += params.gamma * expected(memory, t.s_next, params)  # 3
    move_towards(memory, t.s, t.a, target, params)  # 4
    memory.steps[0] += 1


class ExpectedSarsa(OffPolicyControlAgent):
    """Sarsa with the mean over the next action. Hyper-parameters: :class:`ExpectedSarsaConfig`."""

    id = "expected-sarsa"
    on_policy = True
    Config = ExpectedSarsaConfig
    observe = observe
