"""What an environment says that it shows in its states, and which actions are worth trying there: checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_env.common.public import export

if TYPE_CHECKING:
    import gymnasium as gym

    from gridworld_env.common.arrays import BoolArray, IntArray


@export("gridworld_env.protocol.observe_states")
def observe_states(env: gym.Env[Any, Any], states: IntArray) -> Any:
    """Return what `env` shows in states of its model: (N,) integers in, (N, ...) observations out.

    Wrappers count for nothing here. An environment that does not say shows the number of the state.

    Raises:
        ValueError: If what it says is no batch of N observations of its own space, bounds of Boxes aside, or it raises.
    """
    base: Any = env.unwrapped
    if not hasattr(base, "observe_states"):
        return states
    try:
        shown = base.observe_states(states)
    except Exception as error:
        raise ValueError(f"observe_states of {env} raised {type(error).__name__}: {error}") from error
    try:
        _check(base.observation_space, shown, len(states))
    except ValueError as error:
        raise ValueError(
            f"observe_states of {env} must return {len(states)} observations of {base.observation_space}, stacked "
            f"along a first axis, for {len(states)} states: {error}"
        ) from None
    return shown


@export("gridworld_env.protocol.mask_states")
def mask_states(env: gym.Env[Any, Any], states: IntArray) -> BoolArray | None:
    """Return which actions are worth trying in states of the model: (N, A) bool; None where `env` does not say.

    Raises:
        ValueError: If what it says is something else.
    """
    base: Any = env.unwrapped
    if not hasattr(base, "mask_states"):
        return None
    masks: BoolArray = np.asarray(base.mask_states(states))
    if masks.dtype != np.bool_ or masks.shape != (len(states), base.action_space.n):
        raise ValueError(
            f"mask_states of {env} must return bools of shape ({len(states)}, {base.action_space.n}) for {len(states)} "
            f"states, got {masks.dtype} of shape {masks.shape}"
        )
    return masks


def _check(space: spaces.Space[Any], given: Any, count: int) -> None:
    """Refuse what is no batch of so many elements of a space; spaces of other kinds are not known.

    Raises:
        ValueError: With the reason.
    """
    if isinstance(space, spaces.Dict):
        if not isinstance(given, Mapping) or given.keys() != space.spaces.keys():
            raise ValueError(f"got {_described(given)} where a dict of {sorted(space.spaces)} is shown")
        for name, part in space.spaces.items():
            _check(part, given[name], count)
    elif isinstance(space, spaces.Tuple):
        if not isinstance(given, tuple) or len(given) != len(space.spaces):
            raise ValueError(f"got {_described(given)} where a tuple of {len(space.spaces)} is shown")
        for part, one in zip(space.spaces, given, strict=True):
            _check(part, one, count)
    elif isinstance(space, spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary | spaces.Box):
        _check_array(space, given, count)


def _check_array(
    space: spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary | spaces.Box, given: Any, count: int
) -> None:
    """Do so for a space of numbers."""
    try:
        array = np.asarray(given)
    except ValueError:  # rows of many lengths
        raise ValueError(f"got {_described(given)}") from None
    shape, real = (count, *(space.shape or ())), isinstance(space, spaces.Box)
    if array.shape != shape:
        raise ValueError(f"got {_described(given)}, not of shape {shape}")
    if array.dtype.kind not in ("biuf" if real else "biu"):
        raise ValueError(f"got {array.dtype} where {space.dtype if real else 'an integer dtype'} is shown")
    if isinstance(space, spaces.Box):
        wrong = ~np.isfinite(array)
    else:
        low, high = _range(space)
        wrong = (array < low) | (array > high)
    if wrong.any():
        row = int(np.argwhere(wrong)[0][0])
        raise ValueError(f"got {array[row]!r} for the state in row {row}")


def _range(space: spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary) -> tuple[Any, Any]:
    """Return the least and the greatest integer of each place."""
    if isinstance(space, spaces.MultiBinary):
        return 0, 1
    if isinstance(space, spaces.MultiDiscrete):
        return space.start, space.start + space.nvec - 1
    return space.start, space.start + space.n - 1


def _described(given: Any) -> str:
    """Return what something is, in short."""
    if isinstance(given, np.ndarray):
        return f"{given.dtype} of shape {given.shape}"
    text = " ".join(repr(given).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
