"""The agent that takes any action with equal chance, the one to be better than.

1  whatever s is, take a uniform a
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_agents.algorithms.reference.fixed import FixedAgent
from gridworld_agents.core.config import Config
from gridworld_agents.core.spaces import Actions, Observations
from gridworld_env.protocol import checked_rng_state, rng_state

if TYPE_CHECKING:
    import os
    from typing import Self

    import gymnasium as gym
    import numpy.typing as npt


class RandomConfig(Config):
    """It has none."""


class RandomAgent(FixedAgent):
    """Any action with equal chance, of whichever space. `deterministic` makes no difference.

    Args:
        env: Any environment.
        seed: Fixes the actions.
    """

    id = "random"
    observation_spaces = action_spaces = "any"
    stochastic = True  # it acts at random on purpose: `judging` values its `policy`, not one draw from it
    Config = RandomConfig
    generator_names = ()  # the action space has one
    observations: Any
    actions: Any

    def spaces_of(self, env: gym.Env[Any, Any]) -> tuple[Any, Any]:
        """Return the spaces themselves, of any kind."""
        return env.observation_space, env.action_space

    def spaces_to_json(self) -> dict[str, Any]:
        """Return nothing: a space of any kind need not have a form in JSON. The environment has it."""
        return {}

    def spaces_from_json(self, kept: dict[str, Any]) -> tuple[Any, Any]:  # noqa: ARG002
        """Return that the spaces are not known."""
        return None, None

    def attach(self, env: gym.Env[Any, Any]) -> None:
        """Take the spaces of an environment: a copy of that of actions, whose generator nobody else uses."""
        super().attach(env)
        self.observations, self.actions = env.observation_space, copy.deepcopy(env.action_space)
        self.actions.seed(self.seed)
        if self._rng_state:
            self.actions.np_random.bit_generator.state = self._rng_state

    def build(self) -> None:
        """Begin with no generator."""
        self._rng_state: dict[str, Any] = {}

    def notes(self) -> dict[str, Any]:
        """Return what its actions come from."""
        return {"rng": rng_state(self.actions.np_random)}

    def take_notes(self, notes: dict[str, Any]) -> None:
        """Take it, for the environment to come."""
        self._rng_state = checked_rng_state(notes["rng"])

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        env: gym.Env[Any, Any] | None = None,
        *,
        trust: bool = False,
        **overrides: Any,
    ) -> Self:
        """Read an agent from a file; see `BaseAgent.load`.

        Raises:
            ValueError: If there is no environment.
        """
        agent = super().load(path, env, trust=trust, **overrides)
        if env is None:
            raise ValueError("the random agent is no agent without an environment: pass env to load")
        return agent

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """1 / A for each action in each state: (S, A) float64.

        Raises:
            ValueError: If the spaces are not finite.
        """
        observations, actions = Observations.of(self.observations), Actions.of(self.actions)
        if observations.size is None or actions.kind != "Discrete":
            raise ValueError(f"there is no (S, A) policy over {self.observations} and {self.actions}")
        return np.full((observations.size, actions.size), 1 / actions.size)

    def choose(self, observation: Any, deterministic: bool) -> Any:  # noqa: ARG002 - chance is all it has
        """Return a random action, or one for each of a batch of observations."""
        count = batch_size(self.observations, observation)
        if count is None:
            return self.actions.sample()
        return np.array([self.actions.sample() for _ in range(count)], self.actions.dtype)


def batch_size(space: gym.Space[Any], observation: Any) -> int | None:
    """Return how many observations a batch holds, None for a single one."""
    if isinstance(observation, dict):
        first = next(iter(observation))
        return batch_size(space[first], observation[first])  # type: ignore[index]
    if isinstance(space, spaces.Tuple) and isinstance(observation, tuple):
        return batch_size(space[0], observation[0])
    return None if np.ndim(observation) == len(space.shape or ()) else len(observation)
