"""The agent that takes any action with equal chance, the one to be better than.

1  whatever s is, take a uniform a
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_agents.algorithms.reference.fixed import FixedAgent
from gridworld_agents.core import files
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.config import Config
from gridworld_agents.core.env_state import checked_state, kept
from gridworld_agents.core.numbering import Numbering

if TYPE_CHECKING:
    import os
    from typing import Self

    import gymnasium as gym
    import numpy.typing as npt


class RandomConfig(Config):
    """It has none."""


class RandomAgent(FixedAgent):
    """Samples the action space, whichever it is. `deterministic` makes no difference.

    Args:
        env: Any environment.
        seed: Fixes the actions.
    """

    id = "random"
    stochastic = True  # it acts at random on purpose: `judging` values its `policy`, not one draw from it
    Config = RandomConfig

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None) -> None:
        self.observation_space = env.observation_space
        self.action_space = copy.deepcopy(env.action_space)  # one of its own, whose generator nobody else uses
        self.action_space.seed(None if seed is None else whole_number("seed", seed))

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """1 / A for each action in each state: (S, A) float64.

        Raises:
            ValueError: If the spaces are not finite.
        """
        states = Numbering.of(self.observation_space)
        if states is None or not isinstance(self.action_space, spaces.Discrete):
            raise ValueError(f"there is no (S, A) policy over {self.observation_space} and {self.action_space}")
        A = int(self.action_space.n)
        return np.full((states.size, A), 1 / A)

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,  # noqa: ARG002 - for recurrent agents
        deterministic: bool = False,  # noqa: ARG002 - chance is all it has
    ) -> tuple[Any, Any]:
        """Return a random action, or one for each of a batch of observations, and `state` as it is."""
        count = batch_size(self.observation_space, observation)
        if count is None:
            return self.action_space.sample(), state
        return np.array([self.action_space.sample() for _ in range(count)], self.action_space.dtype), state

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write what its actions come from; the spaces are the environment's to give."""
        files.write(path, {"id": self.id, "num_timesteps": self.num_timesteps, "rng": kept(self._rng)}, {})

    @classmethod
    def load(cls, path: str | os.PathLike[str], env: gym.Env[Any, Any] | None = None) -> Self:
        """Read an agent from a file.

        Raises:
            AgentFileError: If the file does not hold one.
            ValueError: If there is no environment.
        """
        with files.reading(path) as saved:
            files.check_id(saved, cls.id)
            steps = whole_number("num_timesteps", saved.field("num_timesteps", int))
            rng = checked_state(saved.field("rng", dict))
        if env is None:
            raise ValueError("the random agent is no agent without an environment: pass env to load")
        agent = cls(env)
        agent.num_timesteps = steps
        agent._rng.bit_generator.state = rng
        return agent

    @property
    def _rng(self) -> np.random.Generator:
        return self.action_space.np_random


def batch_size(space: gym.Space[Any], observation: Any) -> int | None:
    """Return how many observations a batch holds, None for a single one."""
    if isinstance(observation, dict):
        first = next(iter(observation))
        return batch_size(space[first], observation[first])  # type: ignore[index]
    if isinstance(space, spaces.Tuple) and isinstance(observation, tuple):
        return batch_size(space[0], observation[0])
    return None if np.ndim(observation) == len(space.shape or ()) else len(observation)
