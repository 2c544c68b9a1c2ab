"""Array types used in signatures, and what makes an array fit to be shared."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gridworld_env.common.public import export

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


@export("gridworld_env.authoring.frozen")
def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array that nobody can write to: a contiguous constant one as it is, any other as a frozen copy."""
    if not (array.flags.c_contiguous and is_constant(array)):
        array = np.array(array, order="C")
        array.flags.writeable = False
    return array


def is_constant(array: npt.NDArray[Any]) -> bool:
    """Return whether nobody writes to an array's memory: it and all that it is a view of are read-only.

    A read-only view says nothing of the array below it, which compiled code would then index with unchecked. What is
    not NumPy's own memory, such as a file that is mapped or another library's buffer, may change too, `bytes` apart.
    """
    link: Any = array
    while isinstance(link, np.ndarray):
        if link.flags.writeable or (link.base is None and not link.flags.owndata):
            return False
        link = link.base
    return link is None or type(link) is bytes
