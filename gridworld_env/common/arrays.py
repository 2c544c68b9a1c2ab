"""Array types used in signatures, and what makes an array fit to be shared."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]
MaskArray = npt.NDArray[np.int8]


def with_one_axis(table: Any, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return an array with one axis in place of the first ones, where these are `shape`; any other array as it is.

    So values (H, W) and policies (H, W, A) of a map become tables by state, (S,) and (S, A).
    """
    array = np.asarray(table)
    if shape and array.shape[: len(shape)] == shape:
        return array.reshape(-1, *array.shape[len(shape) :])
    return array


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array that nobody can write to: a contiguous read-only one as it is, any other as a frozen copy."""
    if array.flags.writeable or not array.flags.c_contiguous:
        array = np.array(array, order="C")
        array.flags.writeable = False
    return array
