"""Spaces as data: what a file can say of the observations and actions in it, and the arrays that hold them.

| space | description | a row, of which dtype |
|---|---|---|
| Discrete | `{"type": "Discrete", "n", "start", "dtype"}` | a number, the space's |
| MultiDiscrete | `{"type": "MultiDiscrete", "nvec", "start", "shape", "dtype"}` | its shape, the space's |
| MultiBinary | `{"type": "MultiBinary", "shape"}` | its shape, int8 |
| Box | `{"type": "Box", "low", "high", "shape", "dtype"}` | its shape, the space's |
| Tuple of Discrete | `{"type": "Tuple", "parts": [...]}` | one number for each part, int64 |

The numbers of an array are listed row by row; a bound of a Box is one number where all are the same, None where there
is none. Other spaces are refused: `gymnasium.wrappers.FlattenObservation` makes a Box of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_agents.core.numbering import Numbering

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

DTYPES = frozenset(
    ("bool", "float16", "float32", "float64", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))
)
"""Of rows."""


def describe(argument: str, space: Any) -> dict[str, Any]:
    """Return a space as data; a description is checked and kept.

    Args:
        argument: The argument's name, for the message.
        space: A `gymnasium.Space`, or its description.

    Raises:
        ValueError: If there is no description of such a space.
    """
    if isinstance(space, dict):
        return _checked(argument, space)
    if isinstance(space, spaces.Discrete):
        return {"type": "Discrete", "n": int(space.n), "start": int(space.start), "dtype": str(space.dtype)}
    if isinstance(space, spaces.MultiDiscrete):
        listed = {name: getattr(space, name).reshape(-1).tolist() for name in ("nvec", "start")}
        return {"type": "MultiDiscrete", **listed, "shape": list(space.shape), "dtype": str(space.dtype)}
    if isinstance(space, spaces.MultiBinary):
        return {"type": "MultiBinary", "shape": list(space.shape)}
    if isinstance(space, spaces.Box) and str(space.dtype) in DTYPES:
        bounds = {"low": _bound(space.low), "high": _bound(space.high)}
        return {"type": "Box", **bounds, "shape": list(space.shape), "dtype": str(space.dtype)}
    if isinstance(space, spaces.Tuple) and all(isinstance(part, spaces.Discrete) for part in space.spaces):
        return {"type": "Tuple", "parts": [describe(argument, part) for part in space.spaces]}
    raise ValueError(
        f"{argument} must be Discrete, MultiDiscrete, MultiBinary, Box or a Tuple of Discrete to be logged as an "
        f"array, got {space}; gymnasium.wrappers.FlattenObservation may make it one"
    )


def space_of(description: Mapping[str, Any]) -> spaces.Space[Any]:
    """Return the space that a description is of."""
    kind, dtype = description["type"], np.dtype(description.get("dtype", "int8"))
    shape = tuple(description.get("shape", ()))
    if kind == "Discrete":
        return spaces.Discrete(description["n"], start=description["start"], dtype=dtype.type)
    if kind == "MultiDiscrete":
        nvec, start = (np.array(description[name], dtype).reshape(shape) for name in ("nvec", "start"))
        return spaces.MultiDiscrete(nvec, dtype=dtype.type, start=start)
    if kind == "MultiBinary":
        return spaces.MultiBinary(shape if len(shape) > 1 else shape[0])
    if kind == "Tuple":
        return spaces.Tuple([space_of(part) for part in description["parts"]])
    low, high = (_limits(description[name], shape, end) for name, end in (("low", -math.inf), ("high", math.inf)))
    return spaces.Box(low.astype(dtype), high.astype(dtype), shape, dtype.type)


def row_of(description: Mapping[str, Any]) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Return the dtype and the shape of a row."""
    if description["type"] == "Tuple":
        return np.dtype(np.int64), (len(description["parts"]),)
    return np.dtype(description.get("dtype", "int8")), tuple(description.get("shape", ()))


def checked_rows(argument: str, rows: npt.NDArray[Any], description: Mapping[str, Any]) -> npt.NDArray[Any]:
    """Return rows in the dtype of a space, refusing what is not in it. The bounds of a Box are not asked for.

    Args:
        argument: The argument's name, for the message.
        rows: (T, ...).
        description: Of the space.

    Raises:
        ValueError: If shape or dtype are others, or a number is out of range.
    """
    dtype, shape = row_of(description)
    if rows.shape[1:] != shape:
        raise ValueError(f"{argument} must have shape (T, *{shape}) in this space, got {rows.shape}")
    whole = dtype.kind in "biu"
    if whole and rows.dtype.kind not in "biu":
        raise ValueError(f"{argument} must be integers in this space, got dtype {rows.dtype}")
    low, high = _range(description)
    if low is not None:
        flat = rows.reshape(len(rows), -1)
        if ((flat < low) | (flat > high)).any():
            raise ValueError(f"{argument} must be from {low.tolist()} to {high.tolist()}, got others")
    return rows.astype(dtype, copy=False)


def numbering_of(argument: str, description: Mapping[str, Any] | None) -> Numbering:
    """Return the numbering of a finite space.

    Raises:
        ValueError: If the space is not known, or not finite.
    """
    if description is None:
        raise ValueError(f"the episodes must know their {argument}: pass {argument}=env.{argument} to Episodes")
    space = space_of(description)
    if isinstance(space, spaces.MultiBinary):
        space = spaces.MultiDiscrete(np.full(space.shape, 2))
    states = Numbering.of(space)
    if states is None:
        raise ValueError(f"the {argument} must be finite: Discrete, MultiDiscrete or a Tuple of Discrete, got {space}")
    return states


def observation_of(states: Numbering, number: int) -> Any:
    """Return the observation that has a number, as the environment gives it."""
    parts = [int(i) + start for i, start in zip(np.unravel_index(number, states.sizes), states.starts, strict=True)]
    if states.kind == "discrete":
        return parts[0]
    return tuple(parts) if states.kind == "tuple" else np.array(parts).reshape(states.shape)


def _range(description: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the least and the greatest number of each column; None for a Box."""
    kind = description["type"]
    if kind == "Box":
        return None, None
    if kind == "MultiBinary":
        return np.array(0), np.array(1)
    parts = description["parts"] if kind == "Tuple" else [description]
    counts = description["nvec"] if kind == "MultiDiscrete" else [part["n"] for part in parts]
    starts = description["start"] if kind == "MultiDiscrete" else [part["start"] for part in parts]
    low = np.array(starts, np.int64)
    return low, low + np.array(counts, np.int64) - 1


def _bound(bound: npt.NDArray[Any]) -> Any:
    numbers = [float(x) if math.isfinite(x) else None for x in bound.reshape(-1).tolist()]
    return numbers[0] if numbers and len(set(numbers)) == 1 else numbers


def _limits(bound: Any, shape: tuple[int, ...], endless: float) -> npt.NDArray[np.float64]:
    listed = bound if isinstance(bound, list) else [bound]
    numbers = np.array([endless if x is None else x for x in listed], np.float64)
    return np.broadcast_to(numbers[0], shape) if len(listed) == 1 else numbers.reshape(shape)


def _checked(argument: str, description: dict[str, Any]) -> dict[str, Any]:
    """Refuse what describes no space. It may come from a file: nothing is made of it before."""
    if not _fits(description):
        raise ValueError(f"{argument} is no description of a space: {description}")
    return description


def _fits(kept: Mapping[str, Any]) -> bool:
    shape: Any = kept.get("shape")
    kind, dtype = kept.get("type"), kept.get("dtype")
    if kind == "Tuple":
        parts = kept.get("parts")
        return isinstance(parts, list) and all(
            isinstance(part, dict) and part.get("type") == "Discrete" and _fits(part) for part in parts
        )
    whole = isinstance(dtype, str) and dtype in DTYPES and dtype.lstrip("u").startswith("int")
    if kind == "Discrete":
        return whole and _in_range([kept.get("n")], 1) and _in_range([kept.get("start")], -(1 << 62))
    if not _in_range(shape, 0):
        return False
    size = math.prod(shape)
    if kind == "MultiDiscrete":
        nvec: Any = kept.get("nvec")
        start: Any = kept.get("start")
        return whole and _in_range(nvec, 1) and _in_range(start, -(1 << 62)) and len(nvec) == len(start) == size
    if kind == "Box":
        return isinstance(dtype, str) and dtype in DTYPES and all(_is_bound(kept.get(x), size) for x in ("low", "high"))
    return kind == "MultiBinary" and size > 0


def _in_range(numbers: Any, least: int) -> Any:
    return isinstance(numbers, list) and all(type(x) is int and least <= x <= 1 << 62 for x in numbers)


def _is_bound(bound: Any, size: int) -> bool:
    numbers = bound if isinstance(bound, list) else [bound]
    right = len(numbers) == size if isinstance(bound, list) else True
    return right and all(x is None or (type(x) in {int, float} and abs(x) < 1e300) for x in numbers)
