"""What acts where a policy is learned from the actions of another, and how probable it makes them.

A memory with a behaviour has `q`, `visits`, `steps`, and `pi`, (S, A) float64, the behaviour where it is given and else
(0, 0). Its hyper-parameters as scalars have `epsilon`, `random_ties` and `given`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gridworld_agents.core.checks import choose
from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.schedules import parse
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.policies import GIVEN, UNIFORM, is_policy, policy_table, sample
from gridworld_agents.tabular.table import epsilon_greedy, exploration, largest

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    import numpy.typing as npt

EPSILON_GREEDY = "epsilon-greedy"


@dataclasses.dataclass(frozen=True, kw_only=True)
class BehaviourConfig:
    """The hyper-parameters of a behaviour."""

    behaviour: str = EPSILON_GREEDY  # "epsilon-greedy" in q, "uniform", the path of an .npy file, an array, a callable
    epsilon: float | str = 0.1  # of the epsilon-greedy one: probability of a random action, in [0, 1], or a schedule
    tie_breaking: str = "random"  # of the epsilon-greedy one: "random", or "index" for the first

    def __post_init__(self) -> None:
        """Check the ranges."""
        choose("behaviour", self.behaviour, (EPSILON_GREEDY, GIVEN))
        parse("epsilon", self.epsilon, zero=True)
        choose("tie_breaking", self.tie_breaking, ("random", "index"))


@kernel
def behave(memory: Any, s: int, params: Any, rng: np.random.Generator) -> int:
    """Return an action of the behaviour."""
    a: int = sample(memory.pi, s, rng) if params.given else epsilon_greedy(memory, s, params, rng)
    return a


@kernel
def chance(memory: Any, s: int, a: int, params: Any) -> float:
    """Return the probability with which the behaviour takes an action."""
    if params.given:
        given: float = memory.pi[s, a]
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


class BehaviourAgent(TabularAgent):
    """An agent that acts by a behaviour.

    Args:
        env: With finite observations and actions.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`; `behaviour` also in any of the forms of `policies.policy_table`.

    Raises:
        ValueError: If the environment or a hyper-parameter does not fit, or a behaviour never takes some action.
    """

    act: ClassVar[Callable[..., Any]] = behave

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> None:
        behaviour = hyper_parameters.pop("behaviour", EPSILON_GREEDY)
        if isinstance(behaviour, str) and behaviour == EPSILON_GREEDY:
            super().__init__(env, seed=seed, **hyper_parameters)
            return
        if isinstance(behaviour, str) and not behaviour.endswith(".npy"):
            choose("behaviour", behaviour, (EPSILON_GREEDY, UNIFORM))
        super().__init__(env, seed=seed, **hyper_parameters, behaviour=GIVEN)
        self.memory.pi[:] = _soft(policy_table("behaviour", behaviour, self.states.size, self.actions.size))

    @staticmethod
    def check_memory(memory: Any, S: int, A: int) -> None:
        """Refuse a behaviour that is no policy, or never takes some action."""
        if memory.pi.size:
            if not is_policy(memory.pi, S, A):
                raise ValueError("the behaviour in its memory is no policy")
            _soft(memory.pi)


def room_for_behaviour(S: int, A: int, config: BehaviourConfig) -> npt.NDArray[np.float64]:
    """Return `pi` as it is before a behaviour that is given takes its place."""
    return np.zeros((S, A) if config.behaviour == GIVEN else (0, 0))


def _soft(pi: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    never = np.argwhere(pi <= 0)
    if len(never):
        s, a = never[0].tolist()
        raise ValueError(f"behaviour must take every action with a probability above 0, got {pi[s, a]} for {a} in {s}")
    return pi
