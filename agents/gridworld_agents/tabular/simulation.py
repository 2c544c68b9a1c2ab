"""`SimulatedAgent`: an agent that learns from a model's transitions and begins its episodes wherever it wants.

To write one, give a subclass what `agent.TabularAgent` asks for, and

- `start(memory, params, rng)`, compiled by `kernel`: returns the state s and the action a with which the next
  episode begins. `random_start` draws any pair; a method that sweeps all pairs counts in its memory. With UNCHOSEN for
  the action, `act` chooses it;
- `Config` with a field `episode_length`: steps after which an episode is truncated. :class:`SimulationConfig`
  has it.

A step is a simulated one. The environment gives its exact model and is never stepped, reset or drawn from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gridworld_agents.core.base import BaseAgent
from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import Config, integer, real
from gridworld_agents.core.finite_spaces import spaces_and_model
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.drivers.simulator_driver import SimulatorDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym
    import numpy as np


class SimulationConfig(Config):
    """The hyper-parameters that all of them have."""

    gamma: float = real("discount", default=0.99, least=0, most=1)
    episode_length: int = integer("steps after which a simulated episode is truncated", default=100, least=1)


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

    def attach(self, env: gym.Env[Any, Any]) -> None:
        """Take the exact model of an environment."""
        BaseAgent.attach(self, env)
        cls, (*_, mdp) = type(self), spaces_and_model(self.id, env)
        self._driver = SimulatorDriver(
            mdp, self.config.episode_length, cls.start, cls.act, cls.observe, next_action_first=self.next_action_first
        )
