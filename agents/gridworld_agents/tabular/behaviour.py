"""`BehaviourAgent`: what agents share that may behave otherwise than the policy they learn about.

Its memory has `behaviour`, (S, A) float64, the policy that acts; (0, 0) where that is the epsilon-greedy one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import Config
from gridworld_agents.tabular.given_policy import GivenPolicyAgent, policy
from gridworld_agents.tabular.parts.policies import UNIFORM, sample
from gridworld_agents.tabular.parts.table import epsilon_greedy, exploration, largest

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

EPSILON_GREEDY = "epsilon-greedy"
BEHAVIOURS = (EPSILON_GREEDY, UNIFORM)


class BehaviourConfig(Config):
    """The hyper-parameter that all of them have; a policy that was handed over is kept in the memory."""

    behaviour: str = policy("behaviour policy", BEHAVIOURS, default=EPSILON_GREEDY)


@kernel
def behave(memory: Any, s: int, params: Any, rng: np.random.Generator) -> int:  # noqa: ARG001
    """Return an action of a behaviour that does not look at the values."""
    a: int = sample(memory.behaviour, s, rng)
    return a


@kernel
def action_probability(memory: Any, s: int, a: int, params: Any) -> float:
    """Return the probability with which the behaviour takes an action; `params` has `epsilon` and `random_ties`."""
    if memory.behaviour.size > 0:
        given: float = memory.behaviour[s, a]
        return given
    q, A = memory.q, memory.q.shape[1]
    best, ties, first = largest(q, s), 0, 0
    for b in range(A - 1, -1, -1):
        if q[s, b] == best:
            ties, first = ties + 1, b
    epsilon: float = exploration(memory, s, params)
    share = 0.0
    if params.random_ties and q[s, a] == best:
        share = 1 / ties
    elif not params.random_ties and a == first:
        share = 1.0
    mixed: float = epsilon / A + (1 - epsilon) * share
    return mixed


class BehaviourAgent(GivenPolicyAgent):
    """An agent that acts epsilon-greedily, or by a behaviour that is given."""

    given = "behaviour"
    names = BEHAVIOURS
    act: ClassVar[Callable[..., Any]] = epsilon_greedy

    def acting(self) -> Callable[..., Any]:
        """Return the compiled function that acts; the usual one is not to pay for the choice at every step."""
        return super().acting() if self.config.behaviour == EPSILON_GREEDY else behave


def behaviour_table(S: int, A: int, config: Any) -> npt.NDArray[np.float64]:
    """Return the array `behaviour` of a memory: uniform until one that is given takes its place."""
    return np.zeros((0, 0)) if config.behaviour == EPSILON_GREEDY else np.full((S, A), 1 / A)
