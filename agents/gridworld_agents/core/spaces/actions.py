"""`Actions`: what an agent knows of an action space, and how choices become actions as an environment takes them.

A head of a network gives, for each action,

- over integers (`nvec` is not empty): for each of its `width` integers the scores of its `nvec[i]` choices. Choices
  counted from 0, (..., width), become actions by `assemble`;
- over Boxes: `width` numbers, which `scale` brings from [-1, 1] to the bounds.
"""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.spaces import nesting
from gridworld_agents.core.spaces.box import UNBOUNDED, Box
from gridworld_agents.core.spaces.elements import Elements
from gridworld_agents.core.spaces.integers import Integers

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.core.spaces.elements import Batch


class Actions(Elements):
    """The actions of a space."""

    noun = "an action"

    @functools.cached_property
    def width(self) -> int:
        """Numbers in a row that tells an action: 1 for Discrete, else as many as its arrays have."""
        return sum(leaf.count for leaf in self.leaves)

    @functools.cached_property
    def nvec(self) -> tuple[int, ...]:
        """How many choices each of its integers has, (n,) for Discrete(n); empty where there is a Box."""
        if not all(isinstance(leaf, Integers) for leaf in self.leaves):
            return ()
        return tuple(n for leaf in self.leaves for n in leaf.nvec.reshape(-1).tolist())

    @property
    def start(self) -> int:
        """The number with which a Discrete space begins.

        Raises:
            ValueError: If it is another space.
        """
        if self.kind != "Discrete":
            raise ValueError(f"only Discrete actions have a start, got {self.name}")
        return int(self.leaves[0].start)

    @functools.cached_property
    def low(self) -> npt.NDArray[np.float64]:
        """The lower bounds of Boxes, row by row; -inf where there is none: (width,) float64.

        Raises:
            ValueError: If there are other actions.
        """
        return np.concatenate([leaf.limits[0] for leaf in self._boxes])

    @functools.cached_property
    def high(self) -> npt.NDArray[np.float64]:
        """The upper bounds of Boxes, row by row; inf where there is none: (width,) float64.

        Raises:
            ValueError: If there are other actions.
        """
        return np.concatenate([leaf.limits[1] for leaf in self._boxes])

    @functools.cached_property
    def bounded(self) -> npt.NDArray[np.bool_]:
        """Which numbers have two bounds that count as such: (width,) bool.

        Raises:
            ValueError: If there are other actions than Boxes.
        """
        return (np.abs(self.low) < UNBOUNDED) & (np.abs(self.high) < UNBOUNDED)

    def choose(self, a: Any) -> Any:
        """Return the actions that have numbers (...), as the environment takes them: a scalar for a Discrete one.

        The numbers are not checked.

        Raises:
            ValueError: If the space is not finite.
        """
        if self.kind == "Discrete":
            actions = (np.asarray(a) + self.start).astype(self.leaves[0].dtype)
            return actions if actions.ndim else actions[()]
        return self._elements(a)

    def assemble(self, choices: npt.NDArray[np.integer[Any]]) -> Any:
        """Return actions for choices (..., width), one for each of their integers, counted from 0; see `nvec`.

        The choices are not checked.

        Raises:
            ValueError: If there is a Box.
        """
        if not self.nvec:
            raise ValueError(f"choices make no actions of {self.name}: it has a Box")
        return self._nest(choices)

    def choices(self, given: Any, *, batch: Batch | None = None) -> npt.NDArray[np.int64]:
        """Return the choices that actions stand for, the inverse of `assemble`: (*batch, width) int64.

        Args:
            given: An action or a batch, as `numbers` takes them.
            batch: As there.

        Raises:
            ValueError: If an action is not in the space, or there is a Box.
        """
        if not self.nvec:
            raise ValueError(f"the actions of {self.name} are no choices: it has a Box")
        return self._row(given, batch)

    def scale(self, rows: npt.NDArray[np.floating[Any]]) -> Any:
        """Return actions for rows (..., width): numbers with two bounds from [-1, 1], others as they are.

        What is out of bounds is cut off; numbers are rounded where the space is of integers.

        Raises:
            ValueError: If there are other actions than Boxes.
        """
        low, half = self._scales
        scaled = (rows + 1) * half
        scaled += low
        if not self._all_bounded:
            scaled = np.where(self.bounded, scaled, rows)
        return self._nest(scaled)

    def unscale(self, given: Any, *, batch: Batch | None = None) -> npt.NDArray[np.float64]:
        """Return the rows that `scale` makes actions of: (*batch, width) float64, 0 where the two bounds are the same.

        Args:
            given: An action or a batch, as `numbers` takes them.
            batch: As there.

        Raises:
            ValueError: If an action has another shape, or there are other actions than Boxes.
        """
        low, half = self._scales
        rows = self._row(given, batch).astype(np.float64)
        scaled = np.where(half > 0, (rows - low) / np.where(half > 0, half, 1) - 1, 0)
        return np.where(self.bounded, scaled, rows)

    def _row(self, given: Any, batch: Batch | None) -> npt.NDArray[Any]:
        arrays, found = self._read(given, batch)
        parts = zip(self.leaves, arrays, strict=True)
        return np.concatenate([array.reshape(*found, leaf.count) for leaf, array in parts], axis=-1)

    def _nest(self, rows: npt.NDArray[Any]) -> Any:
        """Return actions whose numbers stand in rows (..., width)."""
        if not isinstance(self.tree, nesting.Nested):
            return self.tree.elements(rows)
        ends = itertools.accumulate(leaf.count for leaf in self.leaves)
        made = (leaf.elements(rows[..., end - leaf.count : end]) for leaf, end in zip(self.leaves, ends, strict=True))
        return nesting.nest(self.tree, made)

    @functools.cached_property
    def _boxes(self) -> tuple[Box, ...]:
        if not all(isinstance(leaf, Box) for leaf in self.leaves):
            raise ValueError(f"only actions in a Box have bounds and can be scaled, got {self.name}")
        return self.leaves

    @functools.cached_property
    def _scales(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The lower bounds and half of the ranges, 0 where there are no two bounds: (width,) each."""
        low, high = (np.where(self.bounded, end, 0.0) for end in (self.low, self.high))
        return low, (high - low) / 2

    @functools.cached_property
    def _all_bounded(self) -> bool:
        return bool(self.bounded.all())
