"""`OffPolicyControlAgent`: what agents share that may behave otherwise than the policy they learn about.

They learn from each step by itself, whoever took it. So the behaviour is a hyper-parameter, and transitions that were
recorded by anyone can be learned from (Zhao 2025, Algorithm 7.3): through the very same `observe`.

A subclass has an array `behaviour` among its memory, and its `observe` reads neither `a_next` nor what happened before.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from gridworld_agents.core.checks import flag, whole_number
from gridworld_agents.core.compiling import compiled
from gridworld_agents.core.interrupts import deferred_interrupt
from gridworld_agents.tabular.behaviour import BehaviourAgent, BehaviourConfig, behaviour_table
from gridworld_agents.tabular.control import ControlAgent, ControlConfig
from gridworld_agents.tabular.parts.table import Table
from gridworld_agents.tabular.parts.transitions import Transitions
from gridworld_agents.tabular.transition import UNCHOSEN, Transition

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    import numpy.typing as npt

CHUNK = 1 << 20
"""Transitions between two moments at which Ctrl-C may stop the learning."""


class OffPolicyControlConfig(BehaviourConfig, ControlConfig):
    """The hyper-parameters that all of them have."""


class OffPolicyTable(NamedTuple):
    """The memory of a one-step method."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    behaviour: Any  # (S, A) float64, the policy that acts; (0, 0) where that is the epsilon-greedy one

    @classmethod
    def new(cls, S: int, A: int, config: OffPolicyControlConfig) -> OffPolicyTable:
        """Return a table in which every value is the initial one."""
        return cls(*Table.new(S, A, config.initial_value), behaviour_table(S, A, config))


class OffPolicyControlAgent(BehaviourAgent, ControlAgent):
    """An agent that learns from single steps, whoever took them."""

    Config: ClassVar[type[Any]] = OffPolicyControlConfig

    @staticmethod
    def new_memory(S: int, A: int, config: Any) -> Any:
        """Return a table in which every value is the initial one."""
        return OffPolicyTable.new(S, A, config)

    def learn_offline(self, data: Any, epochs: int = 1, *, shuffle: bool = False) -> Self:
        """Learn from transitions that were recorded (Zhao 2025, Algorithm 7.3); the environment is not touched.

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
        transitions = Transitions.of(data, self.observations, self.actions)
        T = len(transitions.r)
        learn = _cached_learn(type(self).observe)
        for _ in range(epochs):
            order: npt.NDArray[np.int64] = self.rng.permutation(T) if shuffle else np.arange(T)
            for start in range(0, T, CHUNK):
                with deferred_interrupt():
                    learn(self.memory, self.params, self.rng, transitions, order[start : start + CHUNK])
        return self


@functools.cache
def _cached_learn(observe: Callable[..., Any]) -> Any:
    return compiled(_learn, observe=observe)


observe: Any = None  # filled in by `_cached_learn`


def _learn(memory: Any, params: Any, rng: np.random.Generator, data: Transitions, order: Any) -> None:
    for i in order:
        t = Transition(data.s[i], data.a[i], data.r[i], data.s_next[i], UNCHOSEN, data.terminated[i], data.truncated[i])
        observe(memory, t, params, rng)
