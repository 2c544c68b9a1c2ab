"""What users pass to a vector environment's `reset` and `step`, checked and made into arrays over its N copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, IntArray
    from gridworld_env.engine.tabular.world import World


def actions_of(actions: Any, N: int) -> IntArray:
    """Return actions as (N,) int64.

    Raises:
        ValueError: If they are not N integers.
    """
    array = np.asarray(actions)
    if array.shape != (N,) or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"actions must be {N} integers, one a copy, got shape {array.shape} and dtype {array.dtype}")
    if array.dtype == np.uint64:  # there is no action so large, and none may turn negative
        array = np.minimum(array, np.uint64(np.iinfo(np.int64).max))
    return array.astype(np.int64)


def seeds_of(seed: Any, selected: BoolArray) -> dict[int, int]:
    """Return the seeds of the selected copies, (N,) bool, that get one: ``seed + i``, or a sequence's i-th.

    Raises:
        ValueError: If a sequence has not N, or one of those selected is neither None nor an integer >= 0.
    """
    N = selected.size
    if seed is None:
        return {}
    if _is_integer(seed):
        given: Any = range(int(seed), int(seed) + N)
    elif isinstance(seed, (list, tuple, np.ndarray)):
        given = seed
    else:
        raise ValueError(f"seed must be None, an integer >= 0, or {N} of these, one a copy, got {seed!r}")
    if len(given) != N:
        raise ValueError(f"seed must be one integer or {N} of them, one a copy, got {len(given)}")
    seeds = {i: given[i] for i in np.flatnonzero(selected).tolist() if given[i] is not None}
    for i, each in seeds.items():
        if not _is_integer(each) or each < 0:
            raise ValueError(f"a seed must be an integer >= 0, got {each!r} for copy {i}")
    return {i: int(each) for i, each in seeds.items()}


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


def starts_of(options: dict[str, Any], selected: BoolArray, world: World) -> IntArray:
    """Return the state that each selected copy, (N,) bool, is to start in, (N,) int64: -1 where it is to be drawn.

    Raises:
        ValueError: If both "start" and "starts" are given, there are not N starts, or no episode can be in one.
    """
    N = selected.size
    chosen = np.full(N, -1, np.int64)
    start, starts = options.get("start"), options.get("starts")
    if start is not None and starts is not None:
        raise ValueError("options may hold 'start', for all copies, or 'starts', for each, got both")
    if start is not None:
        chosen[:] = world.start_state(start)
    if starts is not None:
        if np.shape(starts) != (N,):
            raise ValueError(f"options['starts'] must be {N} states, one a copy, got shape {np.shape(starts)}")
        for i in np.flatnonzero(selected):
            chosen[i] = world.start_state(starts[i])
    return chosen


def _is_integer(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)
