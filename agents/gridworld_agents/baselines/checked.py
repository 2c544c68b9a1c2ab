"""`CheckedEnv`: what an environment returns is checked before Stable-Baselines3 sees it, as for our own agents.

Stable-Baselines3 writes observations and rewards into arrays: 0.9 becomes 0 there, a number broadcasts, nan is learned
from, and what it does stumble over it reports in terms of its own buffers.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym

from gridworld_agents.core import stepping


class CheckedEnv(gym.Wrapper[Any, Any, Any, Any]):
    """An environment whose every return is checked, see `core.stepping`; nothing else changes.

    Args:
        env: The environment, which messages name.
    """

    preserves_mdp = True

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self._observations = stepping.observations_of(env)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Reset the environment.

        Raises:
            ValueError: If it returns what no environment does, or an observation outside its space.
        """
        observation, info = stepping.reset(self.env, seed, options)
        stepping.check_observation(self.env, self._observations, observation)
        return observation, dict(info)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take a step.

        Raises:
            ValueError: As in `reset`, or if the reward is no finite number.
        """
        observation, r, terminated, truncated, info = stepping.step(self.env, action)
        stepping.check_observation(self.env, self._observations, observation)
        return observation, r, terminated, truncated, info if type(info) is dict else dict(info)


def checked(env: Any) -> Any:
    """Return an environment with checks; as it is where it is none of Gymnasium's, but vectorised or of Gym's."""
    return CheckedEnv(env) if isinstance(env, gym.Env) else env
