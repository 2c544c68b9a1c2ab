"""Array types used in signatures, and what makes an array fit to be shared."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]
MaskArray = npt.NDArray[np.int8]


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array that nobody can write to: a contiguous read-only one as it is, any other as a frozen copy."""
    if array.flags.writeable or not array.flags.c_contiguous:
        array = np.array(array, order="C")
        array.flags.writeable = False
    return array
