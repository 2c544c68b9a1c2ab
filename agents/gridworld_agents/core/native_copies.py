"""`make_native`: the compiled vector environment of an environment, where it has one that does exactly the same."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.envs.registration import load_env_creator
from gymnasium.vector import AutoresetMode, VectorEnv

from gridworld_env import protocol

LARGE = 4096
"""Numbers in an observation from which final observations are handed over one by one: copying all takes longer."""


def is_exact(envs: Any) -> bool:
    """Return whether a vector environment, or its class, declares that copies do what the single environment does."""
    return bool(getattr(envs, "metadata", {}).get("exact_copies", False))


def native_spec(env: gym.Env[Any, Any]) -> Any:
    """Return what makes the compiled vector environment of an environment; None where there is none.

    There is one where the environment is registered with a vector class whose `metadata` has "exact_copies", and
    nothing but the wrappers that `gymnasium.make` adds by itself surrounds it.
    """
    spec: Any = env.spec if protocol.unknown_wrapper(env) is None else None
    return None if spec is None or spec.additional_wrappers or not _is_exact(spec.vector_entry_point) else spec


def make_native(env: str | gym.Env[Any, Any], count: int, **arguments: Any) -> VectorEnv[Any, Any, Any]:
    """Make `count` compiled copies of an environment, by its id or itself, that are reset in the same step.

    Args:
        env: Its id, or an environment, whose arguments and time limit the copies get.
        count: How many.
        **arguments: More arguments.

    Raises:
        ValueError: If there is no such vector environment.
    """
    spec = gym.spec(env) if isinstance(env, str) else native_spec(env)
    if spec is None or not _is_exact(spec.vector_entry_point):
        raise ValueError(
            f"{env} has no vector environment whose copies do exactly what it does: gridworld_env's environments have, "
            "within no wrappers but those of gymnasium.make"
        )
    if not isinstance(env, str):
        limit = protocol.time_limit(env)
        arguments.setdefault("max_episode_steps", None if limit == protocol.NO_LIMIT else limit)
    envs: Any = gym.make_vec(
        spec,
        num_envs=count,
        vectorization_mode="vector_entry_point",
        autoreset_mode=AutoresetMode.SAME_STEP,
        final_obs="dense",
        **arguments,
    )
    if int(np.prod(envs.single_observation_space.shape or ())) > LARGE:
        envs.unwrapped.final_obs = "object"
    return envs  # type: ignore[no-any-return]


def _is_exact(entry_point: Any) -> bool:
    """Return whether what makes a vector environment is a class that declares "exact_copies"."""
    return is_exact(load_env_creator(entry_point) if isinstance(entry_point, str) else entry_point)
