"""The agents that sb3-contrib adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sb3_contrib
from sb3_contrib.common.maskable.utils import is_masking_supported

from gridworld_agents.baselines.baseline import Baseline
from gridworld_env.protocol import name_of

if TYPE_CHECKING:
    import gymnasium as gym


class QRDQN(Baseline):
    """Quantile regression DQN (Dabney et al. 2018)."""

    id = "sb3/qrdqn"
    action_spaces = "Discrete"
    algorithm = sb3_contrib.QRDQN


class TRPO(Baseline):
    """Trust region policy optimisation (Schulman et al. 2015)."""

    id = "sb3/trpo"
    algorithm = sb3_contrib.TRPO


class MaskablePPO(Baseline):
    """PPO with action masks (Huang 2022). In learning it never takes one that the environment's masks rule out."""

    id = "sb3/maskable-ppo"
    action_spaces = "finite"
    algorithm = sb3_contrib.MaskablePPO

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = False,
        action_masks: Any = None,
    ) -> tuple[Any, Any]:
        """Return the action for an observation, or the actions for a batch of them, and the next recurrent state.

        Args:
            observation: One, or a batch stacked along a first axis.
            state: Of no use here.
            episode_start: Of no use here.
            deterministic: The likeliest action rather than one drawn.
            action_masks: (A,) or (N, A) bool, what may be chosen: `env.unwrapped.action_masks()`; None: anything.
        """
        return self._predict(observation, state, episode_start, deterministic, action_masks=action_masks)

    @classmethod
    def check_env(cls, env: gym.Env[Any, Any]) -> None:
        """Refuse an environment without masks, too.

        Raises:
            ValueError: If the environment has no `action_masks`, or spaces that the agent cannot handle.
        """
        super().check_env(env)
        if not is_masking_supported(env):
            raise ValueError(
                f"{cls.id} needs an environment with a method action_masks(), which {name_of(env)} lacks; sb3/ppo does "
                "without"
            )
