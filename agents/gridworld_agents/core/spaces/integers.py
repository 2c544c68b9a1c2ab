"""`Integers`: Discrete, MultiDiscrete and MultiBinary as data."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from gridworld_agents.core.spaces.arrays import as_array, canonical, distinct, fits

if TYPE_CHECKING:
    import numpy.typing as npt

    IntArray: TypeAlias = npt.NDArray[np.int64]
    FloatArray: TypeAlias = npt.NDArray[np.float64]

INTEGERS = frozenset(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
"""Of elements."""
LARGEST_INTEGER = 1 << 62
"""Integers beyond are refused, so that no difference of two overflows."""
LARGEST_TABLE = 512
"""Values of an integer up to which its one-hot rows are kept: 1 MB."""


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
        canonical(self, "nvec", "start")
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
        return self.count if self.type == "MultiBinary" else sum(self.nvec.reshape(-1).tolist())

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
        start = distinct(self.start)
        return f"integers of shape {self.shape} from {_listed(start)} to {_listed(start + distinct(self.nvec) - 1)}"

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
        return bool(distinct(self.start).any())

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


def _listed(numbers: IntArray) -> Any:
    """Return integers for a message, one where all are the same."""
    return int(numbers[0]) if numbers.size and (numbers == numbers[0]).all() else numbers.tolist()
