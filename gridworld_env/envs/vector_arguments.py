"""What users pass to a vector environment's `reset` and `step`, checked and made into arrays over its N copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gridworld_env.arrays import BoolArray, IntArray
    from gridworld_env.envs.world import World


def actions_of(actions: Any, N: int) -> IntArray:
    """Return actions as (N,) int64.

    Raises:
        ValueError: If they are not N integers.
    """
    array = np.asarray(actions)
    if array.shape != (N,) or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"actions must be {N} integers, one a copy, got shape {array.shape} and dtype {array.dtype}")
    return array.astype(np.int64)


def seeds_of(seed: Any, N: int) -> list[int | None]:
    """Return each copy's seed: ``seed + i`` for an integer, a sequence's i-th, None for None.

    Raises:
        ValueError: If there are not N, or one is neither None nor an integer >= 0.
    """
    if _is_integer(seed):
        seeds: list[Any] = [int(seed) + i for i in range(N)]
    elif seed is None:
        seeds = [None] * N
    elif isinstance(seed, (list, tuple, np.ndarray)):
        seeds = list(seed)
    else:
        raise ValueError(f"seed must be None, an integer >= 0, or {N} of these, one a copy, got {seed!r}")
    if len(seeds) != N:
        raise ValueError(f"seed must be one integer or {N} of them, one a copy, got {len(seeds)}")
    for i, each in enumerate(seeds):
        if each is not None and (not _is_integer(each) or each < 0):
            raise ValueError(f"a seed must be an integer >= 0, got {each!r} for copy {i}")
    return [None if each is None else int(each) for each in seeds]


def reset_mask_of(mask: Any, N: int) -> BoolArray:
    """Return which copies to reset, (N,) bool: all for None.

    Raises:
        ValueError: If it is not a bool array of shape (N,) with a True in it.
    """
    if mask is None:
        return np.ones(N, np.bool_)
    array = np.asarray(mask)
    if array.dtype != np.bool_ or array.shape != (N,) or not array.any():
        raise ValueError(
            f"options['reset_mask'] must be a bool array of shape ({N},) with at least one True, "
            f"got dtype {array.dtype}, shape {array.shape} and {int(np.count_nonzero(array))} True"
        )
    return array.copy()


def starts_of(start: Any, N: int, world: World) -> IntArray:
    """Return the state that each copy is to start in, (N,) int64: -1, to be drawn, for None.

    Raises:
        ValueError: If there is not one for all or one for each, or no episode can be in it.
    """
    if start is None:
        return np.full(N, -1, np.int64)
    if isinstance(start, (tuple, str)) or np.ndim(start) == 0:
        return np.full(N, world.start_state(start), np.int64)
    if np.shape(start) != (N,):
        raise ValueError(
            f"options['start'] must be one state, one position as a tuple, or {N} states, one a copy, "
            f"got shape {np.shape(start)}"
        )
    return np.array([world.start_state(state) for state in np.asarray(start)], np.int64)


def _is_integer(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)
