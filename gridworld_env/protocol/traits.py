"""What an environment is made of, as far as that can be told cheaply: to see that it was changed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

_PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)
_LARGEST = 1 << 16
"""Bytes up to which an array's numbers are looked at."""


def traits(base: Any, moving: Collection[str] = ()) -> dict[str, Any]:
    """Return what an environment's attributes and its classes' are, by name, as far as that can be told cheaply.

    Numbers, texts, tuples of these and small arrays are told by their values, anything else by its identity.

    Args:
        base: The environment without wrappers.
        moving: Names that are left out.
    """
    classes = [cls for cls in type(base).__mro__ if cls not in (gym.Env, object)]
    named = [("", getattr(base, "__dict__", {})), *((f"{cls.__qualname__}.", vars(cls)) for cls in classes)]
    return {
        prefix + name: _told(x) for prefix, held in named for name, x in held.items() if prefix + name not in moving
    }


def different(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """Return the names under which two environments' traits differ."""
    missing = object()
    return {name for name in one.keys() | other.keys() if one.get(name, missing) != other.get(name, missing)}


def _told(x: Any) -> Any:
    if isinstance(x, _PLAIN):
        return type(x), repr(x)  # so that nan is nan, and -0.0 is not 0.0
    if type(x) is tuple:
        return tuple(_told(one) for one in x)
    if type(x) is np.ndarray and x.dtype != object and x.nbytes <= _LARGEST:
        return x.shape, x.dtype.str, zlib.crc32(np.ascontiguousarray(x).data.cast("B") if x.size else b"")
    return id(x)  # no reference: the environment is to be forgotten with whatever refers to it
