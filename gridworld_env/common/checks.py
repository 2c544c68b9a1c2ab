"""Checks of arguments that several modules share. Each error states the value, the rule and the way out."""

from __future__ import annotations

import math
import numbers
import operator
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.public import export
from gridworld_env.common.suggesting import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable


MOST_CELLS = 4_000_000
"""Cells or states of a world that is made from numbers, such as a maze; its tables take about 100 bytes for each."""


@export("gridworld_env.authoring.choose")
def choose(argument: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse a value of the argument named `argument` that is not among those allowed.

    Raises:
        ValueError: With the value, the allowed ones, and the nearest.
    """
    allowed = tuple(allowed)
    if not isinstance(value, str) or value not in allowed:
        listed = ", ".join(repr(name) for name in allowed)
        raise ValueError(f"{argument} must be one of {listed}, got {value!r}{suggest(value, allowed)}")


@export("gridworld_env.authoring.whole_number")
def whole_number(argument: str, value: Any, least: int | None = 0) -> int:
    """Return the value of the argument named `argument` as an int, >= `least`; None allows any integer.

    Raises:
        ValueError: With the value and the least allowed.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or (least is not None and number < least):
        rule = "an integer" if least is None else f"an integer >= {least}"
        raise ValueError(f"{argument} must be {rule}, got {value!r}")
    return number


def check_cells(what: str, number: int) -> None:
    """Refuse to generate what has more cells or states than `MOST_CELLS`, before memory is taken.

    Raises:
        ValueError: With the number and the limit.
    """
    if number > MOST_CELLS:
        raise ValueError(f"{what} would have {number:,} cells: at most {MOST_CELLS:,} are made, make it smaller")


@export("gridworld_env.authoring.finite_number")
def finite_number(argument: str, value: Any) -> float:
    """Return the value of the argument named `argument` as a float, refusing what is not a finite number.

    Raises:
        ValueError: With the value.
    """
    if not is_number(value):
        raise ValueError(f"{argument} must be a finite number, got {value!r}")
    return float(value)


@export("gridworld_env.authoring.probability")
def probability(argument: str, value: Any) -> float:
    """Return the value of the argument named `argument` as a float, refusing what is not in [0, 1].

    Raises:
        ValueError: With the value.
    """
    if not is_number(value) or not 0 <= value <= 1:
        raise ValueError(f"{argument} must be in [0, 1], got {value!r}")
    return float(value)


@export("gridworld_env.authoring.flag")
def flag(argument: str, value: Any) -> bool:
    """Return the value of the argument named `argument` as a bool, refusing what is neither True nor False.

    Raises:
        ValueError: With the value.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{argument} must be True or False, got {value!r}")
    return bool(value)


@export("gridworld_env.authoring.is_number")
def is_number(value: object) -> bool:
    """Return whether a value is a finite real number, which a bool is not."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def known_options(options: dict[str, Any] | None, known: tuple[str, ...]) -> dict[str, Any]:
    """Return the options of a reset that the environment knows; a warning names the others, which do nothing.

    Gymnasium's own environments take any options, and tools hand one dict to many environments.

    Raises:
        ValueError: If they are no dict.
    """
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise ValueError(f"options must be a dict, got {options!r}; it may hold {', '.join(known)}")
    unknown = [name for name in options if name not in known]
    if unknown:
        near = "".join(suggest(name, known) for name in unknown)
        listed = ", ".join(map(repr, unknown))
        warnings.warn(f"reset ignores the options {listed}, it knows {', '.join(known)}{near}", stacklevel=3)
    return {name: options[name] for name in options if name in known}
