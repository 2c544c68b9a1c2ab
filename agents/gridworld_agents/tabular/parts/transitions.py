"""Recorded transitions as compiled code reads them, checked before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.core.spaces import Actions, Observations

NAMES = ("observations", "actions", "rewards", "next_observations", "terminated", "truncated")


class Transitions(NamedTuple):
    """T transitions, each by itself: none is taken to follow the one before."""

    s: Any  # (T,) int64
    a: Any  # (T,) int64
    r: Any  # (T,) float64
    s_next: Any  # (T,) int64
    terminated: Any  # (T,) bool
    truncated: Any  # (T,) bool

    @classmethod
    def of(cls, data: Any, states: Observations, actions: Actions) -> Transitions:
        """Return the transitions of any object that has them as attributes.

        Args:
            data: With the attributes `NAMES`, arrays whose first axis has the length T.
            states: Numbers the observations.
            actions: The actions that there are.

        Raises:
            ValueError: If an attribute is missing or is not what it should be.
        """
        missing = [name for name in NAMES if not hasattr(data, name)]
        if missing:
            raise ValueError(
                f"data must have the attributes {', '.join(NAMES)}, {type(data).__name__} has no {', '.join(missing)}"
            )
        made = cls(
            _numbers("observations", data.observations, states),
            _actions(data.actions, actions),
            _rewards(data.rewards),
            _numbers("next_observations", data.next_observations, states),
            _flags("terminated", data.terminated),
            _flags("truncated", data.truncated),
        )
        lengths = [len(array) for array in made]
        if len(set(lengths)) > 1:
            found = ", ".join(f"{name} {length}" for name, length in zip(NAMES, lengths, strict=True))
            raise ValueError(f"the arrays of data must have one length, got {found}")
        if lengths[0] == 0:
            raise ValueError("data must hold at least one transition, got none")
        return made


def _numbers(name: str, given: Any, states: Observations) -> npt.NDArray[np.int64]:
    try:
        numbers = states.numbers(given)
    except ValueError as error:
        raise ValueError(f"data.{name} must be observations of the agent's space: {error}") from None
    if numbers.ndim != 1:
        raise ValueError(f"data.{name} must be a batch of observations, got a single one, {given!r}")
    return np.ascontiguousarray(numbers)


def _actions(given: Any, actions: Actions) -> npt.NDArray[np.int64]:
    array = _flat("actions", given, "iu")
    low, high = actions.start, actions.start + actions.size - 1
    wrong = np.flatnonzero((array < low) | (array > high))
    if wrong.size:
        raise ValueError(f"data.actions must be from {low} to {high}, got {array[wrong[0]]} at {wrong[0]}")
    return array.astype(np.int64) - low


def _rewards(given: Any) -> npt.NDArray[np.float64]:
    array = _flat("rewards", given, "iuf").astype(np.float64)
    wrong = np.flatnonzero(~np.isfinite(array))
    if wrong.size:
        raise ValueError(f"data.rewards must be finite, got {array[wrong[0]]} at {wrong[0]}")
    return array


def _flags(name: str, given: Any) -> npt.NDArray[np.bool_]:
    array = _flat(name, given, "biu")
    if array.dtype.kind != "b" and ((array != 0) & (array != 1)).any():
        raise ValueError(f"data.{name} must be True or False, or 1 or 0, got other numbers")
    return array.astype(np.bool_)


def _flat(name: str, given: Any, kinds: str) -> npt.NDArray[Any]:
    """Return a value as an array of one axis, refusing another shape or kind; an empty list has no kind."""
    try:
        array = np.asarray(given)
    except ValueError:
        array = np.empty((), object)
    if array.ndim != 1 or (array.size and array.dtype.kind not in kinds):
        raise ValueError(
            f"data.{name} must have the shape (T,) and hold {'flags' if 'b' in kinds else 'numbers'}, got shape "
            f"{array.shape} and dtype {array.dtype}"
        )
    return array
