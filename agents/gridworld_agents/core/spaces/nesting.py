"""Spaces as trees: `Nested` (Tuple, Dict) over leaves that are one array each."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from gridworld_agents.core.spaces.box import Box
from gridworld_agents.core.spaces.integers import Integers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST_SIZE = 1 << 63
"""Spaces with so many elements have no numbers: int64 could not hold them."""


@dataclasses.dataclass(frozen=True)
class Nested:
    """A Tuple or Dict.

    Args:
        names: The keys of a Dict, texts, in its order; None for a Tuple.
        parts: The space of each.

    Raises:
        ValueError: If there is no part, as such a space has no batches; or the keys are others.
    """

    names: tuple[str, ...] | None
    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        """Check what may come from a file."""
        if not self.parts:
            raise ValueError("a Tuple or Dict must have at least one part")
        if self.names is not None and not (
            all(isinstance(name, str) for name in self.names)
            and len(set(self.names)) == len(self.names) == len(self.parts)
        ):
            raise ValueError(f"the keys of a Dict must be texts, one for each part, got {self.names}")

    @property
    def type(self) -> str:
        """The name of the space's class."""
        return "Tuple" if self.names is None else "Dict"

    @property
    def keys(self) -> tuple[Any, ...]:
        """What a part of an element is found by."""
        return tuple(range(len(self.parts))) if self.names is None else self.names

    @functools.cached_property
    def is_row(self) -> bool:
        """Whether an element can be one row of integers too: a Tuple of Discrete."""
        return self.type == "Tuple" and all(part.type == "Discrete" for part in self.parts)


Leaf: TypeAlias = Integers | Box
Node: TypeAlias = Leaf | Nested


def leaves(node: Node, path: str = "") -> Iterator[tuple[str, Leaf]]:
    """Yield the leaves of a tree and where they lie in it, such as "['a'][1]"."""
    if isinstance(node, Nested):
        for key, part in zip(node.keys, node.parts, strict=True):
            yield from leaves(part, f"{path}[{key!r}]")
    else:
        yield path, node


def values(node: Node, given: Any) -> list[Any]:
    """Return the arrays of an element, or of a batch, in the order of the leaves; they are not looked at.

    Raises:
        ValueError: With what it must be, if it is not nested as the tree is.
    """
    if not isinstance(node, Nested):
        return [given]
    parts: Sequence[Any] = ()
    if node.type == "Dict":
        if isinstance(given, Mapping) and set(given) == set(node.keys):
            parts = [given[key] for key in node.keys]
    elif isinstance(given, tuple | list):
        parts = given
    elif isinstance(given, np.ndarray) and given.ndim and node.is_row:
        parts = list(np.moveaxis(given, -1, 0))
    if len(parts) != len(node.parts):
        raise ValueError(parts_of(node))
    return [value for part, one in zip(node.parts, parts, strict=True) for value in values(part, one)]


def parts_of(node: Nested) -> str:
    """Return what an element must be made of, in words."""
    return f"a dict with the keys {list(node.keys)}" if node.type == "Dict" else f"a tuple of {len(node.parts)} parts"


def nest(node: Node, arrays: Iterator[Any]) -> Any:
    """Return an element, or a batch, whose arrays come in the order of the leaves."""
    if not isinstance(node, Nested):
        return next(arrays)
    parts = [nest(part, arrays) for part in node.parts]
    return tuple(parts) if node.type == "Tuple" else dict(zip(node.keys, parts, strict=True))


def size(node: Node) -> int | None:
    """Return how many elements a space has; None where int64 cannot number them."""
    product = 1
    for _, leaf in leaves(node):
        if isinstance(leaf, Box):
            return None
        for n in leaf.factors():
            product *= n
            if product >= LARGEST_SIZE:
                return None
    return product
