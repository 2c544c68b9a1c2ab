"""Checks of the tables that a scene shows: shapes, numbers, probabilities, counts."""

from __future__ import annotations

import dataclasses
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.arrays import frozen, with_one_axis
from gridworld_env.common.checks import is_number
from gridworld_env.common.probabilities import real, sum_tolerance

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray, IntArray


def by_state(value: Any, maps: tuple[int, ...]) -> Any:
    """Return a table with one axis of states where it had the shape of the maps; anything else as it is."""
    try:
        array = with_one_axis(value, maps)
    except ValueError:  # rows of several lengths: what checks it says so
        return value
    return value if array.ndim == np.ndim(value) else array


def drawn(value: Any, field: dataclasses.Field[Any]) -> bool:
    """Return whether a field of a scene holds something beside what it holds where nobody gives it."""
    if field.default is dataclasses.MISSING or value is None or value is field.default:
        return False
    return not (isinstance(value, str | tuple) and len(value) == 0)


def policy_table(policy: Any, S: int, A: int) -> FloatArray | None:
    """Return a policy as (S, A) probabilities, made from (S,) actions where that is what it is.

    A row of zeros or NaN, an unknown policy there, is left as it is.

    Raises:
        ValueError: If it is neither.
    """
    if policy is None:
        return None
    given = np.asarray(policy)
    if given.shape == (S,) and np.issubdtype(given.dtype, np.integer):
        if ((given < 0) | (given >= A)).any():
            raise ValueError(f"a policy of actions must hold integers in [0, {A}), got {given.min()} to {given.max()}")
        return frozen(np.eye(A)[given])
    chances = table("policy", policy, (S, A), "or (S,) integers, the actions")
    total, off = np.nansum(chances, axis=1), sum_tolerance(np.nan_to_num(real(policy)), 1e-6)
    with np.errstate(invalid="ignore"):
        wrong = ((chances < 0) | (chances > 1 + off)).any(axis=1) | ((np.abs(total - 1) > off) & (total != 0))
    if wrong.any():
        s = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"the rows of a policy must be probabilities that sum to 1, got {chances[s]} for state {s}")
    return frozen(np.nan_to_num(chances))


def visit_counts(visits: Any, S: int, A: int) -> IntArray | None:
    """Return visits as (S,) counts, summed over the actions where they are given for each.

    Raises:
        ValueError: If they are not counts.
    """
    if visits is None:
        return None
    if np.shape(visits) == (S, A) and A != 1:
        visits = np.sum(visits, axis=1)
    numbers: IntArray = counts("visits", visits, (S,))
    return numbers


def one_line(text: Any) -> str:
    """Return a text as one line that any font can write, at most 1,000 characters of it."""
    return "".join(letter if letter.isprintable() else " " for letter in str(text)[:1000])


def table(name: str, value: Any, shape: tuple[int, ...], otherwise: str = "") -> Any:
    """Return a table of numbers, NaN where nothing is known."""
    if value is None:
        return None
    numbers = shaped(name, value, np.float64, shape, otherwise)
    if np.isinf(numbers).any():
        raise ValueError(f"{name} must be finite, or NaN where unknown, got an infinite number")
    return numbers


def span(name: str, value: Any) -> tuple[float, float] | None:
    """Return two finite numbers, the lower first; None as it is.

    Raises:
        ValueError: If it is neither.
    """
    if value is None:
        return None
    ends = tuple(value) if np.shape(value) == (2,) else ()
    if not ends or not all(map(is_number, ends)) or ends[0] > ends[1]:
        raise ValueError(f"{name} must be two finite numbers, the lower first, got {value!r}")
    return value if isinstance(value, tuple) else (float(ends[0]), float(ends[1]))  # the same object: see `Painter`


def counts(name: str, value: Any, shape: tuple[int, ...]) -> Any:
    """Return whole numbers >= 0 as int64, None as it is."""
    if value is None:
        return None
    numbers = shaped(name, value, np.float64, shape)
    with np.errstate(invalid="ignore"):
        if not ((numbers >= 0) & (numbers < 2.0**63) & (numbers % 1 == 0)).all():
            raise ValueError(f"{name} must be whole numbers >= 0, got {value!r}")
    return frozen(numbers.astype(np.int64))


def shaped(name: str, value: Any, dtype: Any, shape: tuple[int, ...], otherwise: str = "") -> Any:
    """Return an array of a type and shape that nobody can write to.

    Raises:
        ValueError: If it has another shape; the rule ends with `otherwise`, what else it might have been.
    """
    try:
        array = np.asarray(value, dtype)
    except (TypeError, ValueError):
        array = None
    if array is None or array.shape != shape:
        rule = " ".join(part for part in (f"{name} must be numbers of shape {shape}", otherwise) if part)
        got = f"shape {np.shape(value)}" if array is not None else repr(value)
        raise ValueError(f"{rule}, got {got}")
    return frozen(array)


def cells(name: str, value: Any, S: int) -> tuple[int, ...]:
    """Return numbers of cells as a tuple.

    Raises:
        ValueError: If one is not on the map.
    """
    try:
        numbers = tuple(operator.index(cell) for cell in value)
    except TypeError:
        numbers = (-1,)
    if any(not 0 <= cell < S for cell in numbers):
        raise ValueError(f"{name} must be a sequence of cells, integers in [0, {S}), got {value!r}")
    return numbers
