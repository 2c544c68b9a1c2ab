"""The wrappers around an environment: which there are, what they change, and the clock of time limits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import wrappers

from gridworld_env.common.public import export
from gridworld_env.common.wrappers import HARMLESS
from gridworld_env.protocol.ownership import DYNAMICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import gymnasium as gym

NO_LIMIT = int(np.iinfo(np.int64).max)
"""The time limit of what has none: a number of steps never reached."""
export("gridworld_env.protocol.NO_LIMIT").constant("NO_LIMIT")

_HARMLESS_ELSEWHERE = (("stable_baselines3.common.monitor", "Monitor"),)
"""Harmless wrappers of libraries that may not be there: module and name."""


@export("gridworld_env.protocol.layers")
def layers(env: gym.Env[Any, Any]) -> Iterator[Any]:
    """Yield the wrappers of `env` from the outside in, and the environment itself last."""
    layer: Any = env
    base: Any = env.unwrapped
    while layer is not base:
        yield layer
        layer = getattr(layer, "env", base)  # what wraps without being a gymnasium.Wrapper may call it otherwise
    yield layer


def is_harmless(wrapper: Any) -> bool:
    """Return whether a wrapper is known to change no observation, action, reward or end but by a time limit.

    Known are those that only count, check, record or draw, and classes that say so themselves by
    ``preserves_mdp = True``. A subclass may do more: what its parents are does not count. Nor is a wrapper known whose
    `step` or `reset` has been replaced.
    """
    if replaced(wrapper):
        return False
    kind = type(wrapper)
    elsewhere = [getattr(sys.modules.get(module), name, None) for module, name in _HARMLESS_ELSEWHERE]
    return kind in HARMLESS or kind in elsewhere or vars(kind).get("preserves_mdp") is True


def replaced(wrapper: Any) -> list[str]:
    """Return which of `step` and `reset` have been replaced on a wrapper itself."""
    return [name for name in DYNAMICS if name in getattr(wrapper, "__dict__", {})]


@export("gridworld_env.protocol.unknown_wrapper")
def unknown_wrapper(env: gym.Env[Any, Any]) -> Any:
    """Return the outermost wrapper of `env` that is not known to be harmless, or None where there is none."""
    *around, _ = layers(env)
    return next((wrapper for wrapper in around if not is_harmless(wrapper)), None)


@export("gridworld_env.protocol.time_limit")
def time_limit(env: gym.Env[Any, Any]) -> int:
    """Return after how many steps `TimeLimit` truncates an episode of `env`; `NO_LIMIT` where nothing does."""
    return min((int(layer._max_episode_steps) for layer in _time_limits(env)), default=NO_LIMIT)  # noqa: SLF001 - see _time_limits


@export("gridworld_env.protocol.elapsed_steps")
def elapsed_steps(env: gym.Env[Any, Any]) -> int | None:
    """Return how many steps `TimeLimit` has counted in an episode of `env`; None before it, or where nothing counts."""
    counted = [layer._elapsed_steps for layer in _time_limits(env)]  # noqa: SLF001 - see _time_limits
    return max((int(steps) for steps in counted if steps is not None), default=None)


def set_elapsed_steps(env: gym.Env[Any, Any], steps: int) -> None:
    """Make every `TimeLimit` go on from so many steps."""
    for layer in _time_limits(env):
        layer._elapsed_steps = steps  # noqa: SLF001 - see _time_limits


def _time_limits(env: gym.Env[Any, Any]) -> Iterator[Any]:
    """Yield the time limits, whose limit and clock Gymnasium keeps in private attributes and nowhere else."""
    return (layer for layer in layers(env) if isinstance(layer, wrappers.TimeLimit))
