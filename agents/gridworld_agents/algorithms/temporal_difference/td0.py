"""TD(0), or TD learning of state values (Sutton 1988; the book, section 7.1; Sutton and Barto, section 6.1).

1  in s take a, by the policy that is valued
2  observe r, s_next
3  v(s) <- v(s) + alpha [r + gamma v(s_next) - v(s)]; nothing follows a terminated step
"""

from __future__ import annotations

import dataclasses
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


@dataclasses.dataclass(frozen=True, kw_only=True)
class TD0Parameters(PredictionConfig):
    """Hyper-parameters of TD(0): those of every agent that predicts, see :class:`PredictionConfig`."""


@kernel
def observe(
    memory: Values,
    s: int,
    a: int,  # noqa: ARG001
    r: float,
    s_next: int,
    a_next: int,  # noqa: ARG001
    terminated: bool,
    truncated: bool,  # noqa: ARG001
    params: PredictionParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    target = r  # 2
    if not terminated:
        target += params.gamma * memory.v[s_next]
    move_towards(memory, s, target, params)  # 3
    memory.steps[0] += 1


class TD0(PredictionAgent):
    """TD(0). Hyper-parameters: :class:`TD0Parameters`."""

    id = "td0"
    Config = TD0Parameters
    act = follow  # 1
    observe = observe
