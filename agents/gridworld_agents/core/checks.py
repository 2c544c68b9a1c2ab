"""Checks of arguments: the environments' own, and values as files can hold them."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridworld_agents.core.public import export
from gridworld_env.authoring import choose, finite_number, flag, is_number, probability, suggest, whole_number

__all__ = ["choose", "finite_number", "flag", "is_number", "plain", "probability", "suggest", "whole_number"]

export("gridworld_agents.authoring.choose")(choose)
export("gridworld_agents.authoring.finite_number")(finite_number)
export("gridworld_agents.authoring.flag")(flag)
export("gridworld_agents.authoring.probability")(probability)
export("gridworld_agents.authoring.suggest")(suggest)
export("gridworld_agents.authoring.whole_number")(whole_number)


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
