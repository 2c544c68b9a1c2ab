"""Checks of arguments that several agents share. Each error states the value, the rule and the way out."""

from __future__ import annotations

import difflib
import math
import numbers
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.public import export

if TYPE_CHECKING:
    from collections.abc import Iterable


def suggest(name: object, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest known name, or nothing where none is near."""
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def plain(value: Any) -> Any:
    """Return NumPy's scalars as Python's own numbers, bools and texts, which JSON can hold; also those in containers.

    Anything else is returned as it is.
    """
    if isinstance(value, np.floating):
        return float(value)  # `item` leaves a longdouble as it is
    if isinstance(value, np.generic):
        return value.item()
    if type(value) in (list, tuple):
        return type(value)(plain(one) for one in value)
    if type(value) is dict:
        return {name: plain(one) for name, one in value.items()}
    return value


@export("gridworld_agents.authoring.choose")
def choose(argument: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse a value that is not among those allowed.

    Raises:
        ValueError: With the value, the allowed ones, and the nearest.
    """
    allowed = tuple(allowed)
    if not isinstance(value, str) or value not in allowed:
        listed = ", ".join(repr(name) for name in allowed)
        raise ValueError(f"{argument} must be one of {listed}, got {value!r}{suggest(value, allowed)}")


@export("gridworld_agents.authoring.whole_number")
def whole_number(argument: str, value: Any, least: int = 0) -> int:
    """Return a value as an int, refusing what is not an integer or less than `least`.

    Raises:
        ValueError: With the value and the least allowed.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or number < least:
        raise ValueError(f"{argument} must be an integer >= {least}, got {value!r}")
    return number


def is_number(value: object) -> bool:
    """Return whether a value is a finite real number, which a bool is not."""
    return not isinstance(value, bool) and isinstance(value, numbers.Real) and math.isfinite(value)


@export("gridworld_agents.authoring.finite_number")
def finite_number(argument: str, value: Any) -> float:
    """Return a value as a float, refusing what is not a finite real number.

    Raises:
        ValueError: With the value.
    """
    if not is_number(value):
        raise ValueError(f"{argument} must be a finite number, got {value!r}")
    return float(value)


@export("gridworld_agents.authoring.probability")
def probability(argument: str, value: Any) -> float:
    """Return a value as a float, refusing what is not a number in [0, 1].

    Raises:
        ValueError: With the value.
    """
    if not is_number(value) or not 0 <= value <= 1:
        raise ValueError(f"{argument} must be in [0, 1], got {value!r}")
    return float(value)


@export("gridworld_agents.authoring.flag")
def flag(argument: str, value: Any) -> bool:
    """Return a value that is True or False, refusing any other.

    Raises:
        ValueError: With the value.
    """
    if not isinstance(value, bool):
        raise ValueError(f"{argument} must be True or False, got {value!r}")
    return value
