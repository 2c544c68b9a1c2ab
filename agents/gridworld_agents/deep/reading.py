"""What environments show and pay, as networks can learn from it, or one clear error that says at which step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

LARGEST_REWARD = float(np.finfo(np.float32).max)


def observation_row(
    env: gym.Env[Any, Any], observation: Any, shape: tuple[int, ...], step: int
) -> npt.NDArray[np.float32]:
    """Return an observation as numbers in a row.

    Raises:
        ValueError: If it has another shape, or is not finite.
    """
    given: npt.NDArray[np.float32] = np.asarray(observation, np.float32)
    if given.shape != shape:
        raise ValueError(
            f"{env} showed an observation of the shape {given.shape} at step {step}: it must have the shape {shape}, "
            "as its observation_space says; mend the environment, or wrap it"
        )
    row = given.reshape(-1)
    if not np.isfinite(row).all():
        raise ValueError(
            f"{env} showed the observation {observation} at step {step}: it must be finite; mend the environment, or "
            "wrap it"
        )
    return row


def reward_of(env: gym.Env[Any, Any], paid: Any, step: int) -> float:
    """Return a reward.

    Raises:
        ValueError: If it is no number that is finite in single precision.
    """
    try:
        r = float(paid)
    except (TypeError, ValueError):
        r = math.nan
    if not abs(r) <= LARGEST_REWARD:
        raise ValueError(
            f"{env} paid the reward {paid} at step {step}, from which nothing can be learned: it must be a number that "
            "is finite in single precision; mend the environment, or wrap it in gymnasium.wrappers.TransformReward"
        )
    return r
