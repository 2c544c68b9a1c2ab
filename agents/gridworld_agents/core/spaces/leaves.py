"""The spaces whose elements are one array, as data: `Integers` and `Box`."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    IntArray: TypeAlias = npt.NDArray[np.int64]
    FloatArray: TypeAlias = npt.NDArray[np.float64]

INTEGERS = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
DTYPES = frozenset(("bool", "float16", "float32", "float64", *INTEGERS))
"""Of elements."""
LARGEST_INTEGER = 1 << 62
"""Integers beyond are refused, so that no difference of two overflows."""
LARGEST_SIZE = 1 << 63
"""Spaces with so many elements have no numbers: int64 could not hold them."""
MOST_NUMBERS = 1 << 31
"""In one element."""
LARGEST_TABLE = 512
"""Values of an integer up to which its one-hot rows are kept: 1 MB."""
UNBOUNDED = 1e30
"""Bounds from here on are none: some environments write the largest float for infinity."""


@dataclasses.dataclass(frozen=True, eq=False)
class Integers:
    """Discrete, MultiDiscrete or MultiBinary: integers, each from a range of its own.

    Args:
        type: The name of the space's class.
        nvec: (*shape) int64, how many values each integer has, >= 1.
        start: (*shape) int64, the least of them.
        dtype: Of an element.

    Raises:
        ValueError: If there is no such space.
    """

    type: str
    nvec: IntArray
    start: IntArray
    dtype: str

    dtypes: ClassVar[frozenset[str]] = INTEGERS

    def __post_init__(self) -> None:
        """Check what may come from a file."""
        check_array_space(self)
        limits = np.iinfo(self.dtype)
        least, most = max(limits.min, -LARGEST_INTEGER), min(limits.max, LARGEST_INTEGER)
        nvec, start = distinct(self.nvec), distinct(self.start)
        if not (
            (nvec >= 1).all()
            and (nvec <= LARGEST_INTEGER).all()
            and (start >= least).all()
            and (start <= most - (nvec - 1)).all()
        ):
            raise ValueError(f"its integers must be at least 1, and fit {self.dtype} and 62 bits")

    def __eq__(self, other: object) -> bool:
        """Return whether two are the same space."""
        return (
            isinstance(other, Integers)
            and (self.type, self.shape, self.dtype) == (other.type, other.shape, other.dtype)
            and np.array_equal(distinct(self.nvec), distinct(other.nvec))
            and np.array_equal(distinct(self.start), distinct(other.start))
        )

    def __hash__(self) -> int:
        """Return a hash of what is quickly read."""
        return hash((self.type, self.shape, self.dtype))

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an element."""
        return self.nvec.shape

    @functools.cached_property
    def count(self) -> int:
        """How many integers an element has."""
        return math.prod(self.shape)

    @functools.cached_property
    def width(self) -> int:
        """Numbers in an encoded row."""
        return self.count if self.type == "MultiBinary" else int(self.nvec.sum())

    @functools.cached_property
    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """The least and the greatest number in each place of an encoded row: (width,) each."""
        return np.zeros(self.width), np.ones(self.width)

    def factors(self) -> list[int]:
        """Return integers whose product is the number of elements, or is beyond 2^63 with it."""
        return [2] * min(self.count, 63) if self.type == "MultiBinary" else self.nvec.reshape(-1).tolist()

    @property
    def rule(self) -> str:
        """What an element must be, in words."""
        low, high = _listed(self.start), _listed(self.start + self.nvec - 1)
        return f"integers of shape {self.shape} from {low} to {high}"

    def read(self, given: Any) -> npt.NDArray[Any]:
        """Return elements as integers that count from 0: (*batch, *shape), those of MultiBinary as they are.

        Raises:
            ValueError: Without a message, if they are not in the space.
        """
        array = as_array(given)
        binary = self.type == "MultiBinary"
        if not fits(array, self.shape) or (array.dtype.kind not in ("iub" if binary else "iu") and array.size):
            raise ValueError
        if binary:
            if array.dtype.kind != "b" and np.count_nonzero((array != 0) & (array != 1)):
                raise ValueError
            return array
        if array.dtype == np.uint64 and (array > LARGEST_INTEGER).any():
            raise ValueError
        digits = array.astype(np.int64)
        if self._begins_late:
            digits -= self.start
        if np.count_nonzero(digits.view(np.uint64) >= self._sizes):  # those below 0 are huge there
            raise ValueError
        return digits

    def encode(self, digits: npt.NDArray[Any], out: npt.NDArray[np.floating[Any]]) -> None:
        """Write B elements as `read` gives them into `out`, (B, width)."""
        if self.type == "MultiBinary":
            out[...] = digits.reshape(len(out), self.count)
        elif self._table is not None:
            out[...] = self._table.take(digits.reshape(-1), axis=0)
        else:
            out[...] = 0
            out[np.arange(len(out))[:, None], self._offsets + digits.reshape(len(out), self.count)] = 1

    def elements(self, digits: IntArray) -> Any:
        """Return elements for integers that count from 0, (*batch, count): (*batch, *shape)."""
        made = (digits.reshape((*digits.shape[:-1], *self.shape)) + self.start).astype(self.dtype)
        return made[()] if self.type == "Discrete" else made

    @functools.cached_property
    def _begins_late(self) -> bool:
        return bool(self.start.any())

    @functools.cached_property
    def _sizes(self) -> Any:
        return self.nvec.view(np.uint64) if self.shape else int(self.nvec)

    @functools.cached_property
    def _table(self) -> npt.NDArray[np.float32] | None:
        """The rows of a single integer of few values: looking them up is quicker than writing ones among zeros."""
        return np.eye(self.width, dtype=np.float32) if self.count == 1 and self.width <= LARGEST_TABLE else None

    @functools.cached_property
    def _offsets(self) -> IntArray:
        """The first column of each integer: (count,)."""
        ends: IntArray = np.cumsum(self.nvec.reshape(-1))
        return ends - self.nvec.reshape(-1)


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
        check_array_space(self)
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
        inside = np.minimum(np.maximum(rows, low), high)  # quicker than numpy.clip
        if not self._is_real:
            inside = np.rint(inside)
        made: npt.NDArray[Any] = inside.reshape((*rows.shape[:-1], *self.shape)).astype(self.dtype)
        return made

    @functools.cached_property
    def _is_real(self) -> bool:
        return np.dtype(self.dtype).kind == "f"

    @functools.cached_property
    def _ends(self) -> tuple[FloatArray, FloatArray]:
        """The bounds as float64 that the dtype can hold: the largest int64 would be rounded up."""
        low, high = self.limits
        if np.dtype(self.dtype).itemsize == 8 and np.dtype(self.dtype).kind in "iu":
            over = high >= float(np.iinfo(self.dtype).max)
            high = np.where(over, np.nextafter(high, 0), high)
        return low, high


Leaf: TypeAlias = Integers | Box


def check_array_space(leaf: Any) -> None:
    """Refuse another dtype, shapes that differ, and more numbers than an array can hold, by a ValueError."""
    first, second = (leaf.low, leaf.high) if leaf.type == "Box" else (leaf.nvec, leaf.start)
    if leaf.dtype not in leaf.dtypes:
        raise ValueError(f"its dtype must be one of {', '.join(sorted(leaf.dtypes))}, got {leaf.dtype!r}")
    if first.shape != second.shape or math.prod(first.shape) > MOST_NUMBERS:
        raise ValueError(f"it must have one shape, of at most {MOST_NUMBERS} numbers, got {first.shape}")


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


def _listed(numbers: IntArray) -> Any:
    """Return integers for a message, one where all are the same."""
    flat = distinct(numbers)
    return int(flat[0]) if flat.size and (flat == flat[0]).all() else flat.tolist()
