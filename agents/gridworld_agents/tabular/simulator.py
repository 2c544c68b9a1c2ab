"""`SimulatedAgent`: an agent that learns from a model's transitions and begins its episodes wherever it wants.

To write one, give a subclass what `agent.TabularAgent` asks for, and

- `start(memory, params, rng)`, compiled by `compiling.kernel`: returns the state s and the action a with which the next
  episode begins. `random_start` draws any pair; a method that sweeps all pairs counts in its memory. With UNCHOSEN for
  the action, `act` chooses it;
- `Config` with a field `episode_length`: steps after which an episode is truncated. :class:`SimulationConfig`
  has it.

A step is a simulated one. The environment gives its exact model and is never stepped, reset or drawn from.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, cast

from gridworld_agents.core.checks import probability, whole_number
from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.finite_spaces import spaces_and_model
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.simulator_driver import SimulatorDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    import numpy as np


@dataclasses.dataclass(frozen=True, kw_only=True)
class SimulationConfig:
    """The hyper-parameters that all of them have."""

    gamma: float = 0.99  # discount, in [0, 1]
    episode_length: int = 100  # steps after which a simulated episode is truncated, >= 1

    def __post_init__(self) -> None:
        """Check the ranges."""
        probability("gamma", self.gamma)
        whole_number("episode_length", self.episode_length, 1)


@kernel
def random_start(memory: Any, params: Any, rng: np.random.Generator) -> tuple[int, int]:  # noqa: ARG001
    """Return any pair of state and action, with equal chance."""
    S, A = memory.q.shape
    pair = int(rng.random() * (S * A))
    return pair // A, pair % A


class SimulatedAgent(TabularAgent):
    """An agent that learns in simulation.

    Args:
        env: With an exact model, and observations that tell the state.
        seed: Fixes all that the agent does; None draws a fresh one.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: As for :class:`TabularAgent`; if the environment has no exact model, or shows something else.
    """

    needs_model = True
    start: ClassVar[Callable[..., Any]] = random_start

    @property
    def compiled(self) -> bool:
        """Whether the learning runs on the environment's model: always, where there is one to learn on."""
        return self._driver is not None

    def _attach(self, env: gym.Env[Any, Any] | None) -> None:
        self.env, self._driver = env, None
        if env is not None:
            cls, length = type(self), self.config.episode_length
            driver = SimulatorDriver(
                spaces_and_model(self.id, env)[2],
                length,
                cls.start,
                cls.act,
                cls.observe,
                next_action_first=self.next_action_first,
            )
            self._driver = cast("Any", driver)  # which has the methods of the other drivers
