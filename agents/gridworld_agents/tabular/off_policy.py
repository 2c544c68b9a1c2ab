"""`OffPolicyAgent`: what agents share that may behave otherwise than the policy they learn about.

They learn from each step by itself, whoever took it. So the behaviour is a hyper-parameter, and transitions that were
recorded by anyone can be learned from (the book, Algorithm 7.3): through the very same `observe`.

A subclass has an array `behaviour` among its memory and an integer `behaviour` among its scalars, and its `observe`
reads neither `a_next` nor what happened before.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.checks import choose, flag, whole_number
from gridworld_agents.core.compiling import compiled, kernel
from gridworld_agents.core.interrupts import deferred_interrupt
from gridworld_agents.tabular.control import ControlAgent, ControlConfig
from gridworld_agents.tabular.policies import policy_table
from gridworld_agents.tabular.run import UNCHOSEN
from gridworld_agents.tabular.table import Params, Table
from gridworld_agents.tabular.transitions import Transitions

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.core.schedules import Schedule

BEHAVIOURS = ("epsilon-greedy", "uniform", "given")
UNIFORM = BEHAVIOURS.index("uniform")
CHUNK = 1 << 20
"""Transitions between two moments at which Ctrl-C may stop the learning."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class OffPolicyConfig(ControlConfig):
    """The hyper-parameters that all of them have; a policy that was handed over is kept in the memory."""

    behaviour: str = "epsilon-greedy"  # what acts: "epsilon-greedy", "uniform" or a policy (S, A), (S,) or callable

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        choose("behaviour", self.behaviour, BEHAVIOURS)


class OffPolicyParams(NamedTuple):
    """`table.Params`, and which behaviour."""

    alpha: Schedule
    gamma: float
    epsilon: Schedule
    random_ties: bool
    behaviour: int

    @classmethod
    def of(cls, config: OffPolicyConfig) -> OffPolicyParams:
        """Return them of a dataclass."""
        return cls(*Params.of(config), BEHAVIOURS.index(config.behaviour))


class OffPolicyTable(NamedTuple):
    """The memory of a one-step method."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    behaviour: Any  # (S, A) float64, the policy that was given; (0, 0) where none was

    @classmethod
    def new(cls, S: int, A: int, config: OffPolicyConfig) -> OffPolicyTable:
        """Return a table in which every value is the initial one; a policy that is given is yet to be filled in."""
        shape = (S, A) if config.behaviour == "given" else (0, 0)
        return cls(*Table.new(S, A, config.initial_value), np.zeros(shape))


@kernel
def behave(memory: Any, s: int, params: Any, rng: np.random.Generator) -> int:
    """Return an action of a behaviour that does not look at the values: uniform, or as it was given."""
    A = memory.q.shape[1]
    x = rng.random()
    if params.behaviour == UNIFORM:
        return int(x * A)
    last = 0
    for a in range(A):
        p = memory.behaviour[s, a]
        if x < p:
            return a
        x -= p
        last = a if p > 0 else last
    return last  # where probabilities sum to a little less than 1


class OffPolicyAgent(ControlAgent):
    """An agent that learns from single steps, whoever took them.

    Args:
        env: With finite observations and actions.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`. As `behaviour` also a policy, in any of the forms of
            `policies.policy_table`.

    Raises:
        ValueError: If the environment or a hyper-parameter does not fit.
    """

    Config = OffPolicyConfig

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> None:
        given = hyper_parameters.get("behaviour", "epsilon-greedy")
        if isinstance(given, str):
            if given == "given":
                raise ValueError(
                    'behaviour must be "epsilon-greedy", "uniform" or a policy, got \'given\': pass the policy itself'
                )
            super().__init__(env, seed=seed, **hyper_parameters)
            return
        super().__init__(env, seed=seed, **{**hyper_parameters, "behaviour": "given"})
        self.memory.behaviour[:] = policy_table("behaviour", given, self.states.size, self.actions.size)

    def behaviour(self) -> Callable[..., Any]:
        """Return the compiled function that acts; the usual one is not to pay for the choice at every step."""
        return super().behaviour() if self.config.behaviour == "epsilon-greedy" else behave

    @staticmethod
    def new_memory(S: int, A: int, config: Any) -> Any:
        """Return a table in which every value is the initial one."""
        return OffPolicyTable.new(S, A, config)

    @staticmethod
    def scalars(config: Any) -> Any:
        """Return the hyper-parameters as compiled code reads them."""
        return OffPolicyParams.of(config)

    @staticmethod
    def check_memory(memory: Any, S: int, A: int) -> None:
        """Refuse a behaviour that is no policy."""
        pi = memory.behaviour
        if pi.size and not (pi.shape == (S, A) and (pi >= 0).all() and (abs(pi.sum(axis=1) - 1) < 1e-9).all()):
            raise ValueError("the behaviour in its memory is no policy")

    def learn_offline(self, data: Any, epochs: int = 1, *, shuffle: bool = False) -> Self:
        """Learn from transitions that were recorded (the book, Algorithm 7.3); the environment is not touched.

        These are no steps of the environment: `num_timesteps` stays. Schedules go on with every one.

        Args:
            data: An object with the arrays `observations` (T, ...), `actions` (T,), `rewards` (T,),
                `next_observations` (T, ...), `terminated` (T,) and `truncated` (T,), as the spaces of the environment
                have them. A transition that was truncated is bootstrapped from, as always.
            epochs: How often all of them are learned from, >= 1.
            shuffle: In an order drawn by the agent's generator, another in every epoch, rather than as given.

        Raises:
            ValueError: If something is missing, empty, of another length, outside its space or not finite; nothing has
                been learned then.
        """
        epochs, shuffle = whole_number("epochs", epochs, 1), flag("shuffle", shuffle)
        transitions = Transitions.of(data, self.states, self.actions)
        T = len(transitions.r)
        for _ in range(epochs):
            order: npt.NDArray[np.int64] = self.rng.permutation(T) if shuffle else np.arange(T)
            for start in range(0, T, CHUNK):
                with deferred_interrupt():
                    self._offline(self.memory, self.params, self.rng, transitions, order[start : start + CHUNK])
        return self

    @functools.cached_property
    def _offline(self) -> Any:
        return compiled(_learn, observe=type(self).observe)


observe: Any = None  # filled in by `OffPolicyAgent`


def _learn(memory: Any, params: Any, rng: np.random.Generator, data: Transitions, order: Any) -> None:
    for i in order:
        terminated, truncated = data.terminated[i], data.truncated[i]
        observe(memory, data.s[i], data.a[i], data.r[i], data.s_next[i], UNCHOSEN, terminated, truncated, params, rng)
