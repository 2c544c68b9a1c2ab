"""`copies_of`: many of one environment, compiled where that can be, and made as `gymnasium.make` made it where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
from gymnasium.envs.registration import load_env_creator
from gymnasium.vector import AutoresetMode

from gridworld_agents.deep.serial_copies import SerialCopies
from gridworld_agents.deep.vector_copies import VectorCopies, is_exact
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
    spec: Any = None if count == 1 or protocol.unknown_wrapper(env) is not None else env.spec
    if spec is None or spec.additional_wrappers or not _is_exact(spec.vector_entry_point):
        return SerialCopies([env, *_made_again(env, count - 1)])
    limit = protocol.time_limit(env)
    envs = gym.make_vec(
        spec,
        num_envs=count,
        vectorization_mode="vector_entry_point",
        max_episode_steps=None if limit == protocol.NO_LIMIT else limit,
        autoreset_mode=AutoresetMode.SAME_STEP,
        final_obs="dense",
    )
    return VectorCopies(envs)


def _is_exact(entry_point: Any) -> bool:
    """Return whether what makes a vector environment is a class that declares "exact_copies"."""
    return is_exact(load_env_creator(entry_point) if isinstance(entry_point, str) else entry_point)


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
