"""`Elements`: what `Observations` and `Actions` share, a space as data whose elements may have numbers."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gridworld_agents.core.spaces import formats, nesting
from gridworld_agents.core.spaces.arrays import shortened
from gridworld_agents.core.spaces.numbering import numberer
from gridworld_agents.core.spaces.writing import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    import numpy.typing as npt
    from gymnasium import spaces

    from gridworld_agents.core.spaces.nesting import Node

    Batch = tuple[int, ...]


class Elements:
    """The elements of a space. Two are equal if their spaces are. It never changes.

    Args:
        tree: The space.
    """

    noun: ClassVar[str]
    """What an element is, for messages."""

    size: Any
    """How many elements there are, an int; None where the space is not finite, or int64 could not number them."""
    number: Callable[[Any], int]
    """From one element, as an environment gives it, to its number. Quick; it raises a ValueError for whatever is not in
    the space, but takes integers of any dtype."""

    def __init__(self, tree: Node) -> None:
        self.tree = tree
        self.paths, self.leaves = zip(*nesting.leaves(tree), strict=True)
        self.size = nesting.size(tree)
        self.number = numberer(tree, self.noun)

    @classmethod
    def of(cls, space: spaces.Space[Any]) -> Self:
        """Return those of a space of Gymnasium's.

        Raises:
            ValueError: If the space is not supported, with its name and the way out.
        """
        return cls(formats.of(space))

    @classmethod
    def from_json(cls, kept: Any) -> Self:
        """Return what `to_json` described. It may come from a file.

        Raises:
            ValueError: If it describes no space.
        """
        return cls(formats.from_json(kept))

    def to_json(self) -> dict[str, Any]:
        """Return the space as JSON can hold it; see `formats`."""
        return formats.to_json(self.tree)

    @functools.cached_property
    def space(self) -> spaces.Space[Any]:
        """The space, made anew."""
        return formats.space_of(self.tree)

    @property
    def name(self) -> str:
        """The space in words, as Gymnasium prints it; quick for huge spaces too, which files may name."""
        return formats.name_of(self.tree)

    @property
    def kind(self) -> str:
        """The name of the space's class: "Discrete", "MultiDiscrete", "MultiBinary", "Box", "Tuple" or "Dict"."""
        return self.tree.type

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an element as an array; of a Tuple of Discrete, of its row.

        Raises:
            ValueError: If an element is no array.
        """
        if self.is_row:
            return (len(self.leaves),)
        if isinstance(self.tree, nesting.Nested):
            raise ValueError(f"{self.noun} of {self.name} has no shape, only its parts have")
        return self.tree.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of an element as an array; of a Tuple of Discrete, of its row, int64.

        Raises:
            ValueError: If an element is no array.
        """
        if self.is_row:
            return np.dtype(np.int64)
        if isinstance(self.tree, nesting.Nested):
            raise ValueError(f"{self.noun} of {self.name} has no dtype, only its parts have")
        return np.dtype(self.tree.dtype)

    @functools.cached_property
    def only_boxes(self) -> bool:
        """Whether all its arrays are Boxes."""
        return all(leaf.type == "Box" for leaf in self.leaves)

    @functools.cached_property
    def is_row(self) -> bool:
        """Whether it is a Tuple of Discrete, an element of which may also be one row of integers."""
        return isinstance(self.tree, nesting.Nested) and self.tree.is_row

    def __eq__(self, other: object) -> bool:
        """Return whether the spaces are the same."""
        return type(other) is type(self) and self.tree == other.tree

    def __hash__(self) -> int:
        """Return a hash of the space."""
        return hash(self.tree)

    def __repr__(self) -> str:
        """Return such as `Observations(Discrete(25))`."""
        return f"{type(self).__name__}({self.name})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what makes it again: functions made inside others cannot be pickled."""
        return type(self).from_json, (self.to_json(),)

    def numbers(self, given: Any, *, batch: Batch | None = None) -> npt.NDArray[np.int64]:
        """Return the number of one element, () int64, or of each of a batch, (N,) int64.

        Args:
            given: An element; or a batch stacked along a first axis, of a Tuple as a tuple of arrays, of a Dict as a
                dict of arrays. An element of a Tuple of Discrete may also be a row of integers.
            batch: The leading axes that the batch must have; None, none or one of any length.

        Raises:
            ValueError: If something is not in the space, or the space has no numbers.
        """
        if self.size is None:
            raise ValueError(f"{self.noun} must be of a finite space to have a number, {self.name} is not finite")
        if batch is None and self._is_plain(given):
            return np.array(self.number(given))  # quicker by far
        arrays, batch = self._read(given, batch)
        if len(arrays) == 1 and arrays[0].ndim == len(batch):
            only: npt.NDArray[np.int64] = arrays[0]
            return only
        total = np.zeros(batch, np.int64)
        for array, strides in zip(arrays, self._strides, strict=True):
            total += array.reshape(*batch, len(strides)) @ strides
        return total

    def batch_shape(self, given: Any, *, batch: Batch | None = None) -> Batch:
        """Return the leading axes of a batch, () of one element.

        Raises:
            ValueError: If something is not in the space; numbers of a Box may be any.
        """
        return self._read(given, batch)[1]

    def check(self, given: Any) -> None:
        """Refuse what is not one element. Bounds of Boxes are not asked for, but their numbers must be finite.

        Raises:
            ValueError: If it is none.
        """
        if self.size is not None:
            self.number(given)  # quicker by far
            return
        arrays, _ = self._read(given, ())
        for leaf, path, array in zip(self.leaves, self.paths, arrays, strict=True):
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise self._wrong(leaf, path, array)

    def stack(self, given: Sequence[Any]) -> Any:
        """Return elements as one batch, stacked along a first axis.

        Raises:
            ValueError: If there is none, or they do not fit the space.
        """
        if not len(given):
            raise ValueError(f"a batch must have at least one element, got {given!r}")
        for one in given:
            self._read(one, ())  # which refuses what does not fit
        columns = zip(*(nesting.values(self.tree, one) for one in given), strict=True)
        return nesting.nest(self.tree, (np.stack([np.asarray(one) for one in column]) for column in columns))

    def _elements(self, numbers: Any) -> Any:
        """Return the elements that have numbers (*batch), as an environment has them; the numbers are not checked."""
        if self.size is None:
            raise ValueError(f"{self.noun} must be of a finite space to have a number, {self.name} is not finite")
        s = np.asarray(numbers)[..., None]
        leaves = zip(self.leaves, self._strides, strict=True)
        made = (leaf.elements(s // strides % leaf.nvec.reshape(-1)) for leaf, strides in leaves)
        return nesting.nest(self.tree, made)

    def _is_plain(self, given: Any) -> bool:
        """Return whether something is one element made of plain integers."""
        if self.kind == "Discrete":
            return type(given) in PLAIN
        if not self.is_row or type(given) is not tuple or len(given) != len(self.leaves):
            return False
        return all(type(one) in PLAIN for one in given)

    def _read(self, given: Any, batch: Batch | None) -> tuple[list[npt.NDArray[Any]], Batch]:
        """Return the array of each leaf, (*batch, *shape), and the batch's axes; integers count from 0."""
        try:
            values = nesting.values(self.tree, given)
        except ValueError as error:
            raise ValueError(f"{self.noun} must be {error}, got {shortened(given)}") from None
        arrays, found = [], batch
        for leaf, path, value in zip(self.leaves, self.paths, values, strict=True):
            try:
                array = leaf.read(value)
            except ValueError:
                raise self._wrong(leaf, path, value) from None
            leading = array.shape[: array.ndim - len(leaf.shape)]
            if leading != found and (found is not None or len(leading) > 1):
                raise self._wrong(leaf, path, value, found)
            arrays.append(array)
            found = leading
        return arrays, found or ()

    def _wrong(self, leaf: Any, path: str, value: Any, batch: Batch | None = None, also: str = "") -> ValueError:
        of_them = "a batch of them" if batch is None else f"{batch} of them"
        return ValueError(f"{self.noun}{path} must be {leaf.rule}{also}, or {of_them}, got {shortened(value)}")

    @functools.cached_property
    def _strides(self) -> list[npt.NDArray[np.int64]]:
        """By how much the number grows with each integer, leaf by leaf: (count,) each."""
        counts = [leaf.count for leaf in self.leaves]
        sizes = [n for leaf in self.leaves for n in leaf.nvec.reshape(-1).tolist()]
        strides = list(itertools.accumulate(sizes[:0:-1], lambda x, n: x * n, initial=1))[::-1] if sizes else []
        ends = list(itertools.accumulate(counts))
        return [np.array(strides[end - n : end], np.int64) for end, n in zip(ends, counts, strict=True)]
