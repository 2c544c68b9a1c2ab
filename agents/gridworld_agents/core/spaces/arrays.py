"""What the two kinds of leaves share: arrays that say what a space is, kept small, and arrays that are its elements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_NUMBERS = 1 << 31
"""In one element."""


def canonical(leaf: Any, *names: str) -> None:
    """Give a leaf its two arrays in the form that `distinct` knows, and refuse another dtype or more than one shape."""
    first, second = (getattr(leaf, name) for name in names)
    if leaf.dtype not in leaf.dtypes:
        raise ValueError(f"its dtype must be one of {', '.join(sorted(leaf.dtypes))}, got {leaf.dtype!r}")
    if first.shape != second.shape or math.prod(first.shape) > MOST_NUMBERS:
        raise ValueError(f"it must have one shape, of at most {MOST_NUMBERS} numbers, got {first.shape}")
    for name in names:
        object.__setattr__(leaf, name, _shared(getattr(leaf, name)))


def _shared(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a copy that cannot be written to; where all numbers are the same it takes the memory of one."""
    flat = distinct(array)
    if flat.size and (flat == flat[0]).all():
        return np.broadcast_to(flat[:1].copy()[0], array.shape)
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def distinct(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the numbers of an array in a row; a single one where all are one number that is shared.

    So what a small file says of a huge space costs neither time nor memory.
    """
    flat = array.reshape(-1)
    return flat[:1] if flat.size and not any(array.strides) else flat


def as_array(given: Any) -> npt.NDArray[Any]:
    """Return an array; one of objects for what makes none."""
    try:
        return np.asarray(given)
    except (TypeError, ValueError, OverflowError):
        return np.array(None)


def fits(array: npt.NDArray[Any], shape: tuple[int, ...]) -> bool:
    """Return whether an array's last axes are those of an element."""
    return array.ndim >= len(shape) and array.shape[array.ndim - len(shape) :] == shape


def shortened(value: Any) -> str:
    """Return how a value looks, or how its beginning does."""
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
