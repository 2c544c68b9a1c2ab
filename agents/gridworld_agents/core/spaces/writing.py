"""The quick way into a row: single elements of plain spaces, as most environments return them, accepted at a glance.

A writer decides nothing but that an element is right. What it does not know it leaves alone, right or wrong, and
`Observations.encode` reads it as carefully as ever: so there is one place that refuses, and says why.
"""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gridworld_agents.core.spaces.box import Box
from gridworld_agents.core.spaces.nesting import Nested, Node

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from gridworld_agents.core.spaces.integers import Integers

    Writer: TypeAlias = Callable[[Any, npt.NDArray[np.floating[Any]]], bool]

PLAIN = frozenset((int, np.int64, np.int32))
"""Types of integers as most environments give them; NumPy's functions take other ones too."""
LARGEST = float(np.finfo(np.float32).max)
FITS: dict[str, Callable[[Any], Any]] = {"float32": np.isfinite, "float64": lambda x: np.abs(x) <= LARGEST}
"""Which numbers are finite in single precision, by the dtype of an element."""


def writer(tree: Node) -> Writer | None:
    """Return what writes an element into an encoded row (width,), and says whether it did; None where there is none.

    It knows integers of Discrete and arrays of Box in single or double precision, of the shape and the dtype that the
    space declares.
    """
    if isinstance(tree, Nested):
        return None
    if isinstance(tree, Box):
        return _of_numbers(tree) if tree.shape and tree.dtype in FITS else None
    return _of_integer(tree) if tree.type == "Discrete" else None


def _of_numbers(box: Box) -> Writer:
    shape, dtype, fits, is_row = box.shape, np.dtype(box.dtype), FITS[box.dtype], len(box.shape) == 1

    def write(element: Any, row: npt.NDArray[np.floating[Any]]) -> bool:
        if type(element) is not np.ndarray or element.dtype is not dtype or element.shape != shape:
            return False
        flat = element if is_row else element.reshape(-1)
        if np.count_nonzero(fits(flat)) < flat.size:  # several times quicker than `all`
            return False
        row[:] = flat
        return True

    return write


def _of_integer(leaf: Integers) -> Writer:
    low, n = int(leaf.start), int(leaf.nvec)

    def write(element: Any, row: npt.NDArray[np.floating[Any]]) -> bool:
        if type(element) not in PLAIN or not 0 <= (i := index(element) - low) < n:
            return False
        row.fill(0)
        row[i] = 1
        return True

    return write
