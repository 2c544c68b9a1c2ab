"""`Box`: a Box as data."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from gridworld_agents.core.spaces.arrays import as_array, canonical, distinct, fits
from gridworld_agents.core.spaces.integers import INTEGERS

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray: TypeAlias = npt.NDArray[np.float64]

DTYPES = frozenset(("bool", "float16", "float32", "float64", *INTEGERS))
"""Of elements."""
UNBOUNDED = 1e30
"""Bounds from here on are none: some environments write the largest float for infinity."""


@dataclasses.dataclass(frozen=True, eq=False)
class Box:
    """A Box: numbers between bounds.

    Args:
        low: (*shape), in its dtype.
        high: Likewise.
        dtype: Of an element.

    Raises:
        ValueError: If there is no such space.
    """

    low: npt.NDArray[Any]
    high: npt.NDArray[Any]
    dtype: str

    type: ClassVar[str] = "Box"
    dtypes: ClassVar[frozenset[str]] = DTYPES

    def __post_init__(self) -> None:
        """Check what may come from a file."""
        canonical(self, "low", "high")
        if not (distinct(self.low) <= distinct(self.high)).all():
            raise ValueError("its lower bounds must not be above the upper ones")

    def __eq__(self, other: object) -> bool:
        """Return whether two are the same space."""
        return (
            isinstance(other, Box)
            and (self.shape, self.dtype) == (other.shape, other.dtype)
            and np.array_equal(distinct(self.low), distinct(other.low))
            and np.array_equal(distinct(self.high), distinct(other.high))
        )

    def __hash__(self) -> int:
        """Return a hash of what is quickly read."""
        return hash((self.shape, self.dtype))

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an element."""
        return self.low.shape

    @functools.cached_property
    def count(self) -> int:
        """How many numbers an element has."""
        return math.prod(self.shape)

    @property
    def width(self) -> int:
        """Numbers in an encoded row."""
        return self.count

    @functools.cached_property
    def limits(self) -> tuple[FloatArray, FloatArray]:
        """The bounds of an element: (count,) each."""
        low, high = (bound.astype(np.float64).reshape(-1) for bound in (self.low, self.high))
        return low, high

    @functools.cached_property
    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """The least and the greatest number in each place of an encoded row: (width,) each."""
        return (np.zeros(self.count), np.ones(self.count)) if self.is_bytes else self.limits

    @functools.cached_property
    def is_bytes(self) -> bool:
        """Whether it holds bytes that mean shades, which networks see between 0 and 1."""
        return self.dtype == "uint8" and bool((distinct(self.low) == 0).all() and (distinct(self.high) == 255).all())

    @property
    def rule(self) -> str:
        """What an element must be, in words."""
        return f"finite numbers of shape {self.shape}"

    def read(self, given: Any) -> npt.NDArray[Any]:
        """Return elements as an array of numbers: (*batch, *shape). Bounds are not asked for: rounding exceeds them.

        Raises:
            ValueError: Without a message, if they have another shape or are no numbers.
        """
        array = as_array(given)
        if not fits(array, self.shape) or (array.dtype.kind not in "fiub" and array.size):
            raise ValueError
        return array

    def encode(self, array: npt.NDArray[Any], out: npt.NDArray[np.floating[Any]]) -> None:
        """Write B elements as `read` gives them into `out`, (B, width).

        Raises:
            ValueError: Without a message, if a number is not finite in the dtype of `out`.
        """
        rows = array.reshape(len(out), self.count)
        if self.is_bytes:
            np.divide(rows, out.dtype.type(255), out=out, casting="unsafe")
        elif rows.dtype.itemsize > out.dtype.itemsize:
            with np.errstate(over="ignore"):  # what is too large becomes infinite and is refused
                out[...] = rows
        else:
            out[...] = rows
        if rows.dtype.kind == "f" and np.count_nonzero(np.isfinite(out)) < out.size:
            raise ValueError

    def elements(self, rows: npt.NDArray[np.floating[Any]]) -> npt.NDArray[Any]:
        """Return elements for numbers (*batch, count), cut off at the bounds: (*batch, *shape)."""
        low, high = self._ends
        inside = np.maximum(rows, low)
        np.minimum(inside, high, out=inside)  # the two are quicker than numpy.clip
        if self._dtype.kind != "f":
            np.rint(inside, out=inside)
        made: npt.NDArray[Any] = inside.astype(self._dtype)
        return made if len(self.shape) == 1 else made.reshape((*rows.shape[:-1], *self.shape))

    @functools.cached_property
    def _dtype(self) -> np.dtype[Any]:
        return np.dtype(self.dtype)

    @functools.cached_property
    def _ends(self) -> tuple[FloatArray, FloatArray]:
        """The bounds as float64 that the dtype can hold: the largest int64 would be rounded up."""
        low, high = self.limits
        if np.dtype(self.dtype).itemsize == 8 and np.dtype(self.dtype).kind in "iu":
            over = high >= float(np.iinfo(self.dtype).max)
            high = np.where(over, np.nextafter(high, 0), high)
        return low, high
