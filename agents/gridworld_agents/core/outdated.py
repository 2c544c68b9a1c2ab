"""What was written for an earlier version of this project: told in one line, with what to write now.

Version 0.1 had its modules elsewhere, and called an agent's dataclass of hyper-parameters `Parameters`. That it handed
a step to `observe` as seven arguments is told by `TabularAgent`, at a class's definition.
"""

from __future__ import annotations

import dataclasses
import inspect
import reprlib
from typing import Any

PACKAGES = ("gridworld_agents", "gridworld_env")

_WRITTEN = "was written for an earlier version of gridworld-env"
_PAGE = 'the documentation\'s page "Write a plugin" shows how'


def outdated(factory: Any) -> str | None:
    """Return what to write now where an agent's class was written for an earlier version; None where it was not.

    Args:
        factory: What an entry point names; anything but a class is taken as it is.
    """
    if not inspect.isclass(factory):
        return None
    if dataclasses.is_dataclass(getattr(factory, "Parameters", None)) and _first(factory, "Parameters", "Config"):
        return f"{factory.__name__} {_WRITTEN}: rename its `Parameters` to `Config`; {_PAGE}"
    return None


def moved(error: ImportError) -> str | None:
    """Return what to import now where an import failed at a module or a name of ours that is gone; else None.

    Args:
        error: As Python raised it: its `name` is the module.
    """
    if (error.name or "").partition(".")[0] not in PACKAGES:
        return None
    return (
        f"it {_WRITTEN}: import what agents are written with from gridworld_agents.authoring, and the rest from "
        f"gridworld_agents and gridworld_env; {_PAGE}"
    )


def other_version(version: object, reads: int, way_out: str) -> str:
    """Return what is wrong with a file or folder whose format has another version than the one that is read.

    Args:
        version: What the file says; anything at all.
        reads: What this program reads.
        way_out: What to do where it is earlier.
    """
    if type(version) is not int or version < 1:
        return f"its format has the version {reprlib.repr(version)}, this program reads {reads}"
    if version < reads:
        return f"written by an earlier version (format {version}, this program reads {reads}): {way_out}"
    return f"written by a later version (format {version}, this program reads {reads}): upgrade gridworld-env"


def _first(kind: type, name: str, other: str) -> bool:
    """Return whether of two names a class, or the nearest that it inherits either from, has the one alone."""
    named = [vars(each).keys() & {name, other} for each in kind.__mro__]
    return next((found == {name} for found in named if found), False)
