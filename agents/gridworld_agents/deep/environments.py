"""More of an environment, and where networks are kept."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import torch


def copies(env: gym.Env[Any, Any], count: int) -> list[gym.Env[Any, Any]]:
    """Make an environment again, as `gymnasium.make` made it, wrappers included.

    Raises:
        ValueError: If that cannot be done.
    """
    if count == 0:
        return []
    try:
        spec: Any = env.spec  # None where it was not made by gymnasium.make, or a wrapper does not tell its arguments
        return [gym.make(spec) for _ in range(count)]
    except (ValueError, TypeError, AttributeError, gym.error.Error) as error:
        reason = "gymnasium.make did not make it" if env.spec is None else error
        raise ValueError(
            f"{env} cannot be made again, which num_seeds and num_envs above 1 need: {reason}; register it and make it "
            "by gymnasium.make, wrappers too, or train one seed at a time in one environment"
        ) from error


def device_of(name: str) -> torch.device:
    """Return a device of torch.

    Raises:
        ValueError: If there is none of that name here.
    """
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        first = str(error).strip().splitlines()[0]
        raise ValueError(f'device must be one that torch finds here, such as "cpu", got {name!r}: {first}') from error
    return device
