"""TD(0), or TD learning of state values (Sutton 1988; Zhao 2025, section 7.1; Sutton and Barto, section 6.1).

1  in s take a, by the policy that is valued
2  observe r, s_next
3  v(s) <- v(s) + alpha [r + gamma v(s_next) - v(s)]; nothing follows a terminated step
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridworld_agents.core.compiling import kernel
from gridworld_agents.tabular.prediction import (
    PredictionAgent,
    PredictionConfig,
    PredictionParams,
    Values,
    follow,
    move_towards,
)

if TYPE_CHECKING:
    import numpy as np

    from gridworld_agents.tabular.transition import Transition


class TD0Config(PredictionConfig):
    """Hyper-parameters of TD(0): those of every agent that predicts, see :class:`PredictionConfig`."""


@kernel
def observe(
    memory: Values,
    t: Transition,
    params: PredictionParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    target = t.r  # 2
    if not t.terminated:
        target += params.gamma * memory.v[t.s_next]
    move_towards(memory, t.s, target, params)  # 3
    memory.steps[0] += 1


class TD0(PredictionAgent):
    """Values of a given policy, by one-step TD. Hyper-parameters: :class:`TD0Config`."""

    id = "td0"
    Config = TD0Config
    act = follow  # 1
    observe = observe
