"""The number of one element, in plain Python: for a single one that is several times quicker than NumPy."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.spaces.arrays import shortened
from gridworld_agents.core.spaces.nesting import Nested, Node, size

if TYPE_CHECKING:
    from collections.abc import Callable


def numberer(node: Node, noun: str) -> Callable[[Any], int]:
    """Return the function from an element to its number, the last part counting fastest.

    It raises a ValueError for integers that are not in the space; elements of other types are not its business.

    Args:
        node: The space.
        noun: What an element is, for messages.
    """
    if size(node) is None:
        return functools.partial(_refuse, noun)
    if isinstance(node, Nested):
        return _of_row(node, noun) if node.is_row else _of_nested(node, noun)
    return _of_array(_ranges(node), noun) if node.shape else _of_integer(*_ranges(node)[0], noun)


def _ranges(node: Any) -> list[tuple[int, int]]:
    """Return the least of each integer and how many values it has."""
    return list(zip(node.start.reshape(-1).tolist(), node.nvec.reshape(-1).tolist(), strict=True))


def _of_integer(low: int, n: int, noun: str) -> Callable[[Any], int]:
    def number(element: Any) -> int:
        i = int(element) - low
        if 0 <= i < n:
            return i
        raise _outside(noun, element, [(low, n)])

    def number_from_0(element: Any) -> int:
        i = int(element)
        if 0 <= i < n:
            return i
        raise _outside(noun, element, [(0, n)])

    return number if low else number_from_0


def _of_array(ranges: list[tuple[int, int]], noun: str) -> Callable[[Any], int]:
    def number(element: Any) -> int:
        total = 0
        for x, (low, n) in zip(element.reshape(-1).tolist(), ranges, strict=True):
            i = x - low
            if 0 <= i < n:
                total = total * n + i
            else:
                raise _outside(noun, element, ranges)
        return int(total)

    return number


def _of_row(node: Nested, noun: str) -> Callable[[Any], int]:
    ranges = [_ranges(part)[0] for part in node.parts]

    def number(element: Any) -> int:
        total = 0
        for x, (low, n) in zip(element, ranges, strict=True):
            i = int(x) - low
            if 0 <= i < n:
                total = total * n + i
            else:
                raise _outside(noun, element, ranges)
        return total

    return number


def _of_nested(node: Nested, noun: str) -> Callable[[Any], int]:
    parts: Any = [(key, numberer(part, noun), size(part)) for key, part in zip(node.keys, node.parts, strict=True)]

    def number(element: Any) -> int:
        total = 0
        for key, of_part, n in parts:
            total = total * n + of_part(element[key])
        return total

    return number


def _refuse(noun: str, element: Any) -> int:
    raise ValueError(f"{noun} must be of a finite space to have a number, got {shortened(element)}")


def _outside(noun: str, element: Any, ranges: list[tuple[int, int]]) -> ValueError:
    low, high = [a for a, _ in ranges], [a + n - 1 for a, n in ranges]
    return ValueError(f"{noun} must be integers from {low} to {high}, got {shortened(element)}")
