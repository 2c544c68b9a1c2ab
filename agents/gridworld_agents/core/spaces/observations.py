"""`Observations`: what an agent knows of an observation space, and how tables and networks see observations."""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.spaces.arrays import MOST_NUMBERS
from gridworld_agents.core.spaces.elements import Elements
from gridworld_agents.core.spaces.writing import PLAIN, writer

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.core.spaces.elements import Batch
    from gridworld_agents.core.spaces.writing import Writer


class Observations(Elements):
    """The observations of a space: numbers for tables, rows for networks."""

    noun = "an observation"

    @functools.cached_property
    def width(self) -> int:
        """Numbers in an encoded row."""
        return sum(leaf.width for leaf in self.leaves)

    @functools.cached_property
    def low(self) -> npt.NDArray[np.float64]:
        """The least number in each place of an encoded row, -inf where there is none: (width,) float64."""
        return np.concatenate([leaf.bounds[0] for leaf in self.leaves])

    @functools.cached_property
    def high(self) -> npt.NDArray[np.float64]:
        """The greatest number in each place of an encoded row, inf where there is none: (width,) float64."""
        return np.concatenate([leaf.bounds[1] for leaf in self.leaves])

    def observation(self, numbers: Any) -> Any:
        """Return the observation that has a number, or the batch of those that have numbers (N,); see `number`.

        Raises:
            ValueError: If the space is not finite.
        """
        return self._elements(numbers)

    def encode(
        self, given: Any, *, batch: Batch | None = None, out: npt.NDArray[np.floating[Any]] | None = None
    ) -> npt.NDArray[np.floating[Any]]:
        """Return observations as networks see them: (*batch, width) float32.

        Args:
            given: An observation, or a batch, as `numbers` takes them; those of Gymnasium's vector environments are.
            batch: The leading axes that the batch must have; None, none or one of any length, or those of `out`.
            out: Filled and returned instead of a new array: (*batch, width), contiguous, float32 or float64.

        Raises:
            ValueError: If an observation is not in the space or not finite in that dtype, bounds of Boxes aside; or if
                a row would have more than 2^31 numbers.
        """
        if batch is None and out is None and self.kind == "Discrete" and type(given) in PLAIN:  # quicker by far
            row = np.zeros(self._row_width, np.float32)
            row[self.number(given)] = 1
            return row
        if out is not None:
            self._check_room(out)
            batch = out.shape[:-1]
            if type(given) is list and batch == (len(given),) and self._writer and all(map(self._writer, given, out)):
                return out
        arrays, found = self._read(given, batch)
        made: npt.NDArray[np.floating[Any]] = np.empty((*found, self._row_width), np.float32) if out is None else out
        flat = made.reshape(math.prod(found), self.width)
        for leaf, path, array, columns in zip(self.leaves, self.paths, arrays, self._columns, strict=True):
            try:
                leaf.encode(array, flat[:, columns])
            except ValueError:
                large = array.dtype.kind == "f" and np.isfinite(array).all()
                also = ", finite in single precision too" if large else ""
                raise self._wrong(leaf, path, array, also=also) from None
        return made

    def _check_room(self, out: npt.NDArray[np.floating[Any]]) -> None:
        if out.shape[-1:] != (self.width,) or out.dtype.kind != "f" or not out.flags.c_contiguous:
            raise ValueError(
                f"out must be a contiguous array of floats of shape (..., {self.width}), got {out.dtype} of shape "
                f"{out.shape}"
            )

    @functools.cached_property
    def _writer(self) -> Writer | None:
        """The quick way into a row, where there is one."""
        return writer(self.tree)

    @functools.cached_property
    def _row_width(self) -> int:
        """The width, where a row of it can be made."""
        if self.width > MOST_NUMBERS:
            raise ValueError(f"an encoded row of {self.name} would have {self.width} numbers, more than {MOST_NUMBERS}")
        return self.width

    @functools.cached_property
    def _columns(self) -> list[slice]:
        """Those of each leaf in an encoded row."""
        ends = itertools.accumulate(leaf.width for leaf in self.leaves)
        return [slice(end - leaf.width, end) for leaf, end in zip(self.leaves, ends, strict=True)]
