"""Numbers for the observations of finite spaces: row by row, the last part counting fastest."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces

from gridworld_agents.core.checks import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    import numpy.typing as npt


@dataclasses.dataclass(frozen=True)
class Numbering:
    """A finite space, its elements numbered 0 to size - 1.

    Observations are integers (Discrete), arrays (MultiDiscrete) or tuples of integers (Tuple of Discrete).
    """

    kind: str
    """"discrete", "array" or "tuple"."""
    sizes: tuple[int, ...]
    starts: tuple[int, ...]
    shape: tuple[int, ...]
    """Of one observation as an array."""

    def __post_init__(self) -> None:
        """Check what may come from a file.

        Raises:
            ValueError: If something does not fit.
        """
        for size in self.sizes:
            whole_number("the size of a space", size, 1)
        if self.kind not in {"discrete", "array", "tuple"} or not len(self.sizes) == len(self.starts) == math.prod(
            self.shape
        ):
            raise ValueError(f"there is no such space: {self}")
        strides = [math.prod(self.sizes[i + 1 :]) for i in range(len(self.sizes))]
        object.__setattr__(self, "_strides", tuple(strides))
        object.__setattr__(self, "_offset", -sum(x * y for x, y in zip(strides, self.starts, strict=True)))

    _strides: tuple[int, ...] = dataclasses.field(init=False, repr=False, compare=False)
    _offset: int = dataclasses.field(init=False, repr=False, compare=False)

    @property
    def size(self) -> int:
        """How many elements there are."""
        return math.prod(self.sizes)

    @classmethod
    def of(cls, space: spaces.Space[Any]) -> Self | None:
        """Return the numbering of a space, or None where it has none."""
        if isinstance(space, spaces.Discrete):
            return cls("discrete", (int(space.n),), (int(space.start),), ())
        if isinstance(space, spaces.MultiDiscrete):
            sizes, starts = (tuple(int(x) for x in part.reshape(-1)) for part in (space.nvec, space.start))
            return cls("array", sizes, starts, tuple(space.nvec.shape))
        if isinstance(space, spaces.Tuple) and all(isinstance(part, spaces.Discrete) for part in space.spaces):
            parts: Any = space.spaces
            sizes, starts = tuple(int(part.n) for part in parts), tuple(int(part.start) for part in parts)
            return cls("tuple", sizes, starts, (len(parts),))
        return None

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the numbering that `to_json` described.

        Raises:
            ValueError: If it is none.
        """
        kind, *rest = (kept[name] for name in ("kind", "sizes", "starts", "shape"))
        if not all(isinstance(part, list) and all(type(x) is int for x in part) for part in rest):
            raise ValueError(f"there is no such space: {kept}")
        return cls(kind, *(tuple(part) for part in rest))

    def to_json(self) -> dict[str, Any]:
        """Return what makes it again."""
        return {"kind": self.kind, "sizes": self.sizes, "starts": self.starts, "shape": self.shape}

    def number(self, observation: Any) -> int:
        """Return the number of one observation, unchecked: the environment's own are in its space."""
        if self.kind == "discrete":
            return int(observation) + self._offset
        parts = observation.reshape(-1).tolist() if self.kind == "array" else observation
        return int(sum(map(int.__mul__, self._strides, map(int, parts)))) + self._offset

    def numbers(self, observations: Any) -> npt.NDArray[np.int64]:
        """Return the numbers of a batch, (N,) int64, or of one observation, () int64.

        Raises:
            ValueError: If something is not in the space.
        """
        try:
            given = np.stack([np.asarray(part) for part in observations], -1) if self._is_tuple(observations) else None
            array = np.asarray(observations) if given is None else given
        except ValueError:
            raise ValueError(self._rule(observations)) from None
        batch = array.shape[: array.ndim - len(self.shape)]
        if (
            len(batch) > 1
            or array.shape[len(batch) :] != self.shape
            or not (np.issubdtype(array.dtype, np.integer) or array.size == 0)
        ):
            raise ValueError(self._rule(observations))
        parts = array.reshape(*batch, len(self.sizes)).astype(np.int64) - np.array(self.starts)
        if ((parts < 0) | (parts >= np.array(self.sizes))).any():
            raise ValueError(self._rule(observations))
        total: npt.NDArray[np.int64] = np.asarray(parts @ np.array(self._strides, np.int64))
        return total

    def _is_tuple(self, observations: Any) -> bool:
        return self.kind == "tuple" and isinstance(observations, tuple | list)

    def _rule(self, observations: Any) -> str:
        ends = [start + size - 1 for start, size in zip(self.starts, self.sizes, strict=True)]
        return (
            f"an observation must be integers of shape {self.shape} from {list(self.starts)} to {ends}, or a batch "
            f"of them, got {observations!r}"
        )
