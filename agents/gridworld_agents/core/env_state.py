"""What agents check and keep of environments: returns that have a limit, the environment state in a file, generators.

Environment state itself is saved and restored by `gridworld_env.protocol`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env import TabularMDP, protocol

if TYPE_CHECKING:
    import gymnasium as gym


def check_discount(config: Any, env: gym.Env[Any, Any]) -> None:
    """Refuse to learn undiscounted returns where they have no limit.

    Raises:
        ValueError: If gamma is 1 and the environment is known to end no episode for good.
    """
    mdp = getattr(env.unwrapped, "mdp", None)
    if getattr(config, "gamma", 0) == 1 and isinstance(mdp, TabularMDP) and not mdp.terminated.any():
        raise ValueError(
            f"gamma must be below 1 on a continuing task, got 1: no episode of {env.spec.id if env.spec else env} ends "
            "for good, so that returns have no limit; a time limit only cuts them off"
        )


def checked_env_state(saved: Any) -> dict[str, Any]:
    """Return an environment state that a file holds, as `protocol.save_state` returned it; empty before any learning.

    Whether the environment can be in that state only the environment knows, which refuses it when it is restored.

    Raises:
        ValueError: If it is nothing of the kind.
    """
    if saved == {}:
        return {}
    try:
        state, rng_state = saved["state"], saved["rng_state"]
    except (TypeError, KeyError):
        raise ValueError(f"an environment state has the entries state and rng_state, got {saved!r}") from None
    if not _finite(state):
        raise ValueError(f"an environment cannot be in state {state!r}")
    return {"state": state, "rng_state": protocol.checked_rng_state(rng_state) if rng_state else {}}


def _finite(state: Any) -> bool:
    """Return whether all numbers in what JSON holds are finite."""
    if isinstance(state, dict):
        return all(map(_finite, state.values()))
    if isinstance(state, list):
        return all(map(_finite, state))
    return not isinstance(state, float) or math.isfinite(state)


def streams(seed: int | None, count: int) -> list[np.random.Generator]:
    """Return independent generators, none of them that of an environment reset with the same seed."""
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(count)]
