"""Gymnasium's toy-text transitions, ``P[s][a] = [(probability, next_state, reward, terminated), ...]``, as tables.

They come from anybody's environment, so that everything is looked at: an odd form is named, and nothing is rounded.
"""

from __future__ import annotations

import math
import operator
import reprlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.probabilities import real

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray

FORM = "P[s][a] must be a list of (probability, next_state, reward, terminated), s and a counted from 0"
FIELDS = ("probability", "next_state", "reward", "terminated")


def read(P: Any) -> tuple[IntArray, FloatArray, FloatArray, BoolArray]:
    """Return next states, probabilities, rewards and ends, (S, A, M) each; unused places hold probability 0.

    Args:
        P: The transitions; dicts and sequences, in any mixture. Whether probabilities sum to 1 and next states exist
            is not asked for here.

    Raises:
        ValueError: If it has another form, with the form and where.
    """
    states = _numbered(P, "states", "P")
    S, A = len(states), len(_numbered(states[0], "actions", "P[0]"))
    rows = [_numbered(states[s], "actions", f"P[{s}]") for s in range(S)]
    for s, row in enumerate(rows):
        if len(row) != A:
            raise ValueError(f"every state must have the same actions: state 0 has {A}, state {s} has {len(row)}")
    listed = [[_outcomes(row[a], f"P[{s}][{a}]") for a in range(A)] for s, row in enumerate(rows)]
    M = max(1, *(len(outcomes) for row in listed for outcomes in row))
    next_state = np.repeat(np.arange(S), A * M).reshape(S, A, M)
    probability, reward, terminated = np.zeros((S, A, M)), np.zeros((S, A, M)), np.zeros((S, A, M), np.bool_)
    for s, row in enumerate(listed):
        for a, outcomes in enumerate(row):
            for k, outcome in enumerate(outcomes):
                try:
                    p, s_next, r, end = outcome
                    probability[s, a, k] = _real(p)
                    next_state[s, a, k] = _integer(s_next)
                    reward[s, a, k] = _real(r)
                    terminated[s, a, k] = _flag(end)
                except (TypeError, ValueError, OverflowError):
                    raise _odd(outcome, f"P[{s}][{a}][{k}]") from None
    return next_state, probability, reward, terminated


def distribution(given: Any) -> npt.NDArray[Any]:
    """Return the distribution of the first state as an array, of whatever shape, in the precision that it has.

    Raises:
        ValueError: If it is no array of numbers.
    """
    try:
        array = np.asarray(given)
    except ValueError:
        array = np.empty((), object)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"the distribution of the first state must be S numbers, got {reprlib.repr(given)}")
    return real(array)


def _numbered(given: Any, noun: str, where: str) -> Any:
    """Return what can be indexed from 0 up to its length, where something like that was given."""
    if isinstance(given, Mapping):
        n = len(given)
        keys = list(given)
        whole = all(isinstance(key, int | np.integer) and type(key) is not bool for key in keys)
        if not whole or set(keys) != set(range(n)):
            raise ValueError(
                f"{FORM}: the {noun} of {where} must be numbered from 0 to {n - 1}, got the keys "
                f"{reprlib.repr(keys)}; number them, or describe the model by TabularMDP.from_names"
            )
        found: Any = given
    elif isinstance(given, list | tuple) or (isinstance(given, np.ndarray) and given.ndim):
        found = given
    else:
        raise ValueError(f"{FORM}: {where} is no dict or list of {noun}, got {reprlib.repr(given)}")
    if len(found) == 0:
        raise ValueError(f"P must have at least one state and one action, got no {noun} in {where}")
    return found


def _outcomes(given: Any, where: str) -> Any:
    """Return the outcomes of an action."""
    if isinstance(given, list | tuple) or (isinstance(given, np.ndarray) and given.ndim):
        return given
    raise ValueError(f"{FORM}: {where} is no list, got {reprlib.repr(given)}")


def _odd(outcome: Any, where: str) -> ValueError:
    """Return the error of an outcome that could not be read."""
    if isinstance(outcome, str | bytes) or not hasattr(outcome, "__len__") or not getattr(outcome, "ndim", 1):
        return ValueError(
            f"{FORM}: {where} is {reprlib.repr(outcome)}; a single outcome stands in a list too, and a model in "
            "arrays, such as probabilities (S, A, S), is made by TabularMDP itself"
        )
    if len(outcome) != len(FIELDS):
        return ValueError(f"{FORM}: {where} has {len(outcome)} values, {reprlib.repr(outcome)}")
    rules = (_real, "a number"), (_integer, "an integer"), (_real, "a number"), (_flag, "True or False")
    for name, value, (read_, rule) in zip(FIELDS, outcome, rules, strict=True):
        try:
            read_(value)
        except (TypeError, ValueError, OverflowError):
            return ValueError(f"{FORM}: the {name} in {where} must be {rule}, got {reprlib.repr(value)}")
    return ValueError(f"{FORM}: {where} is {reprlib.repr(outcome)}")


def _real(value: Any) -> float:
    if isinstance(value, str | bytes) or _has_axes(value):
        raise TypeError
    return float(value)


def _integer(value: Any) -> int:
    """Return an integer; a float where it is one, as rows of an array have them."""
    number = int(value) if isinstance(value, float | np.floating) and math.isfinite(value) else operator.index(value)
    if number != value or abs(number) >= 1 << 62:
        raise ValueError
    return number


def _flag(value: Any) -> bool:
    """Return a flag, which may be 0 or 1, as rows of an array have them."""
    if isinstance(value, str | bytes) or _has_axes(value) or not any(value == known for known in (0, 1)):
        raise TypeError
    return bool(value)


def _has_axes(value: Any) -> bool:
    return bool(getattr(value, "ndim", 0))
