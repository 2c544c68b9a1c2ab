"""`copies_of`: many of one environment, compiled where that can be, and made as `gymnasium.make` made it where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym

from gridworld_agents.core.native_copies import make_native, native_spec
from gridworld_agents.deep.serial_copies import SerialCopies
from gridworld_agents.deep.vector_copies import VectorCopies
from gridworld_env import protocol

if TYPE_CHECKING:
    from gridworld_agents.deep.outcomes import Copies


def copies_of(env: gym.Env[Any, Any], count: int) -> Copies:
    """Return an environment's copies: the environment itself where one is enough, and is the first where they are few.

    Where it is registered with a vector class whose `metadata` has "exact_copies", and nothing but the wrappers that
    `gymnasium.make` adds by itself surrounds it, they are compiled; else one is stepped after the other.

    Raises:
        ValueError: If it cannot be made again.
    """
    if count > 1 and native_spec(env) is not None:
        return VectorCopies(make_native(env, count))
    return SerialCopies([env, *_made_again(env, count - 1)])


def _made_again(env: gym.Env[Any, Any], count: int) -> list[gym.Env[Any, Any]]:
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
            f"{protocol.name_of(env)} cannot be made again, which num_seeds and num_envs above 1 need: {reason}; "
            "register it and make it by gymnasium.make, wrappers too, or train one seed at a time in one environment"
        ) from error
