"""Checks of arguments: the environments' own, and values as files can hold them."""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np

from gridworld_agents.core.public import export
from gridworld_env.authoring import choose, finite_number, flag, is_number, probability, suggest, whole_number

__all__ = [
    "check_names",
    "choose",
    "finite_number",
    "flag",
    "is_number",
    "plain",
    "probability",
    "suggest",
    "whole_number",
]

export("gridworld_agents.authoring.choose")(choose)
export("gridworld_agents.authoring.finite_number")(finite_number)
export("gridworld_agents.authoring.flag")(flag)
export("gridworld_agents.authoring.probability")(probability)
export("gridworld_agents.authoring.suggest")(suggest)
export("gridworld_agents.authoring.whole_number")(whole_number)


MOST_VALUES, DEEPEST = 1_000_000, 100
"""Values that hyper-parameters and arguments may hold, one within the other, and how deeply; arrays count as one."""


def plain(value: Any, name: str = "a value") -> Any:
    """Return NumPy's scalars as Python's own numbers, bools and texts, which JSON can hold; also those in containers.

    Anything else is returned as it is. What stands in several places, as YAML's aliases make it, counts in each, as it
    would in JSON.

    Args:
        value: Anything.
        name: What messages call it.

    Raises:
        ValueError: If it holds more than `MOST_VALUES` values, or is nested more than `DEEPEST` deep, as what holds
            itself is.
    """
    return _Plain(name).of(value, 0)


class _Plain:
    """Copies values, and counts them."""

    def __init__(self, name: str) -> None:
        self.name, self.values = name, 0

    def of(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.floating):
            return float(value)  # `item` leaves a longdouble as it is
        if isinstance(value, np.generic):
            return value.item()
        if type(value) not in (list, tuple, dict):
            return value
        self.values += len(value)
        if self.values > MOST_VALUES:
            raise ValueError(f"{self.name} holds more than {MOST_VALUES:,} values: pass fewer, or an array")
        if depth >= DEEPEST:
            raise ValueError(f"{self.name} is nested more than {DEEPEST} deep, or holds itself: make it flatter")
        if type(value) is dict:
            return {key: self.of(one, depth + 1) for key, one in value.items()}
        return type(value)([self.of(one, depth + 1) for one in value])


def check_names(what: str, given: Any) -> None:
    """Refuse what is not a dict with text as its keys, at every depth: JSON, in which it is kept, has no others.

    Args:
        what: It is, for messages.
        given: Anything that `plain` takes.

    Raises:
        ValueError: With the first key that is none, or the value.
    """
    if not isinstance(given, dict):
        raise ValueError(f"{what} must be names and values, got {reprlib.repr(given)}")
    left: list[Any] = [given]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            for key in one:
                if not isinstance(key, str):
                    raise ValueError(
                        f"the names in {what} must be text, as JSON keeps them, got {reprlib.repr(key)}: quote it"
                    )
        left += one.values() if isinstance(one, dict) else one if isinstance(one, (list, tuple)) else ()
