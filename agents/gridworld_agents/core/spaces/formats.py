"""Spaces between Gymnasium, trees and JSON; the JSON is that of agents' files and of logged episodes.

| space | in JSON |
|---|---|
| Discrete | `{"type": "Discrete", "n", "start", "dtype"}` |
| MultiDiscrete | `{"type": "MultiDiscrete", "nvec", "start", "shape", "dtype"}` |
| MultiBinary | `{"type": "MultiBinary", "shape"}` |
| Box | `{"type": "Box", "low", "high", "shape", "dtype"}` |
| Tuple | `{"type": "Tuple", "parts": [...]}` |
| Dict | `{"type": "Dict", "keys": [...], "parts": [...]}` |

The numbers of an array are listed row by row. A bound of a Box is one number where all are the same, None where there
is none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_agents.core.spaces.arrays import MOST_NUMBERS, distinct, shortened
from gridworld_agents.core.spaces.box import DTYPES, Box
from gridworld_agents.core.spaces.integers import LARGEST_INTEGER, Integers
from gridworld_agents.core.spaces.nesting import Nested, Node

if TYPE_CHECKING:
    import numpy.typing as npt

DEEPEST = 16
"""Tuples within Tuples that a file may name."""


def of(space: Any) -> Node:
    """Return a space of Gymnasium's as a tree.

    Raises:
        ValueError: If there is none.
    """
    try:
        return _of(space)
    except ValueError as error:
        raise ValueError(f"the space {space} is not supported: {error}") from None


def _of(space: Any) -> Node:
    if isinstance(space, spaces.Discrete):
        return Integers("Discrete", _whole(int(space.n)), _whole(int(space.start)), str(space.dtype))
    if isinstance(space, spaces.MultiDiscrete):
        return Integers("MultiDiscrete", _whole(space.nvec), _whole(space.start), str(space.dtype))
    if isinstance(space, spaces.MultiBinary):
        return _binary(space.shape)
    if isinstance(space, spaces.Box):
        return Box(space.low, space.high, str(space.dtype))
    if isinstance(space, spaces.Tuple):
        return Nested(None, tuple(_of(part) for part in space.spaces))
    if isinstance(space, spaces.Dict):
        return Nested(tuple(space.spaces), tuple(_of(part) for part in space.spaces.values()))
    raise ValueError(
        "Discrete, MultiDiscrete, MultiBinary, Box, and Tuple and Dict of these are; "
        "gymnasium.wrappers.FlattenObservation makes a Box of most others"
    )


def space_of(node: Node) -> spaces.Space[Any]:
    """Return the space of Gymnasium's that a tree stands for."""
    if isinstance(node, Nested):
        parts = [space_of(part) for part in node.parts]
        return spaces.Tuple(parts) if node.type == "Tuple" else spaces.Dict(list(zip(node.keys, parts, strict=True)))
    dtype: Any = np.dtype(node.dtype).type
    if isinstance(node, Box):
        return spaces.Box(np.array(node.low), np.array(node.high), node.shape, dtype)
    if node.type == "Discrete":
        return spaces.Discrete(int(node.nvec), start=int(node.start), dtype=dtype)
    if node.type == "MultiBinary":
        return spaces.MultiBinary(node.shape if len(node.shape) > 1 else node.shape[0])
    return spaces.MultiDiscrete(node.nvec.astype(dtype), dtype=dtype, start=node.start.astype(dtype))


def name_of(node: Node) -> str:
    """Return a space in words, as Gymnasium prints it."""
    if isinstance(node, Nested):
        parts = [name_of(part) for part in node.parts]
        keys = ["" if node.names is None else f"{key!r}: " for key in node.keys]
        return f"{node.type}({', '.join(key + part for key, part in zip(keys, parts, strict=True))})"
    if isinstance(node, Box):
        low, high = (distinct(end)[0] if distinct(end).size == 1 else end for end in (node.low, node.high))
        return f"Box({low}, {high}, {node.shape}, {node.dtype})"
    if node.type == "MultiBinary":
        return f"MultiBinary({node.shape if len(node.shape) > 1 else node.shape[0]})"
    nvec, start = (array if node.shape else int(array) for array in (node.nvec, node.start))
    begin = f", start={start}" if node.start.any() else ""
    dtype = f", dtype={node.dtype}" if node.type == "Discrete" and node.dtype != "int64" else ""
    return f"{node.type}({nvec}{begin}{dtype})"


def to_json(node: Node) -> dict[str, Any]:
    """Return what `from_json` takes."""
    if isinstance(node, Nested):
        names = {} if node.names is None else {"keys": list(node.names)}
        return {"type": node.type, **names, "parts": [to_json(part) for part in node.parts]}
    shape = list(node.shape)
    if isinstance(node, Box):
        return {"type": "Box", "low": _bound(node.low), "high": _bound(node.high), "shape": shape, "dtype": node.dtype}
    if node.type == "Discrete":
        return {"type": node.type, "n": int(node.nvec), "start": int(node.start), "dtype": node.dtype}
    if node.type == "MultiBinary":
        return {"type": node.type, "shape": shape}
    nvec, start = (array.reshape(-1).tolist() for array in (node.nvec, node.start))
    return {"type": node.type, "nvec": nvec, "start": start, "shape": shape, "dtype": node.dtype}


def from_json(kept: Any) -> Node:
    """Return the space that `to_json` described. Nothing is trusted: it may come from a file.

    Raises:
        ValueError: If it describes none.
    """
    try:
        return _from_json(kept, DEEPEST)
    except ValueError as error:
        raise ValueError(f"there is no such space as {shortened(kept)}: {error}") from None


def _from_json(kept: Any, deepest: int) -> Node:
    if not isinstance(kept, dict) or deepest < 0:
        raise ValueError(f"a space is a dict, and no more than {DEEPEST} in each other")
    kind, dtype = kept.get("type"), kept.get("dtype", "int8")
    if kind in ("Tuple", "Dict"):
        parts = _list("parts", kept.get("parts"))
        names = tuple(_list("keys", kept.get("keys"))) if kind == "Dict" else None
        return Nested(names, tuple(_from_json(part, deepest - 1) for part in parts))
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ValueError(f"there is no dtype {dtype!r} of spaces")
    if kind == "Discrete":
        n, start = (_listed(name, [kept.get(name)], ()) for name in ("n", "start"))
        return Integers("Discrete", n, start, dtype)
    shape = tuple(_list("shape", kept.get("shape")))
    if len(shape) > 32 or not all(type(n) is int and 0 <= n <= MOST_NUMBERS for n in shape):
        raise ValueError(f"there is no shape {shape}")
    if kind == "MultiBinary":
        return _binary(shape)
    if kind == "MultiDiscrete":
        nvec, start = (_listed(name, kept.get(name), shape) for name in ("nvec", "start"))
        return Integers("MultiDiscrete", nvec, start, dtype)
    if kind == "Box":
        ends = (("low", -math.inf), ("high", math.inf))
        low, high = (_limits(name, kept.get(name), shape, np.dtype(dtype), endless) for name, endless in ends)
        return Box(low, high, dtype)
    raise ValueError(f"there is no type {kind!r} of spaces")


def _binary(shape: tuple[int, ...]) -> Integers:
    if not shape or 0 in shape or math.prod(shape) > MOST_NUMBERS:
        raise ValueError(f"there is no MultiBinary of shape {shape}")
    two, zero = (np.broadcast_to(np.int64(x), shape) for x in (2, 0))
    return Integers("MultiBinary", two, zero, "int8")


def _whole(given: Any) -> npt.NDArray[np.int64]:
    """Return integers as int64, refusing those that it could not hold."""
    if not all(abs(x) <= LARGEST_INTEGER for x in np.asarray(given).reshape(-1).tolist()):
        raise ValueError("its integers must fit 62 bits")
    return np.array(given, np.int64)


def _bound(bound: npt.NDArray[Any]) -> Any:
    flat = distinct(bound)
    numbers = [x if finite else None for x, finite in zip(flat.tolist(), np.isfinite(flat).tolist(), strict=True)]
    return numbers[0] if len(numbers) == 1 else numbers


def _list(name: str, given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise ValueError(f"{name!r} must be a list, got {shortened(given)}")
    return given


def _listed(name: str, given: Any, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Return integers that a file lists."""
    numbers = _list(name, given)
    if len(numbers) != math.prod(shape) or not all(type(x) is int for x in numbers):
        raise ValueError(f"{name!r} must be {math.prod(shape)} integers, got {shortened(given)}")
    return _whole(numbers).reshape(shape)


def _limits(name: str, given: Any, shape: tuple[int, ...], dtype: np.dtype[Any], endless: float) -> npt.NDArray[Any]:
    """Return the bounds of a Box that a file lists, in its dtype."""
    listed = given if isinstance(given, list) else [given]
    if isinstance(given, list) and len(given) != math.prod(shape):
        raise ValueError(f"{name!r} must be one number or {math.prod(shape)}, got {shortened(given)}")
    limits: Any = np.finfo(dtype) if dtype.kind == "f" else None
    least, most = (0, 1) if dtype.kind == "b" else (0, 0)
    if dtype.kind in "iu":
        least, most = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    numbers = []
    for x in listed:
        if x is None and dtype.kind == "f":
            numbers.append(endless)
        elif type(x) in (int, float) and limits is not None and abs(x) <= float(limits.max):
            numbers.append(x)
        elif limits is None and type(x) in (int, float, bool) and least <= x <= most and x == int(x):
            numbers.append(int(x))
        else:
            raise ValueError(f"{name!r} must be numbers that fit {dtype}, got {shortened(x)}")
    array = np.array(numbers, dtype)
    return np.broadcast_to(array[0], shape) if len(array) == 1 else array.reshape(shape)
