"""`Layout`: the map of a grid world, read from text and written back to the same text."""

from __future__ import annotations

import dataclasses
import difflib
import operator
import os
import pathlib
import reprlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.displayed import Displayed, Shown
from gridworld_env.common.public import export
from gridworld_env.layouts import map_text, random_layouts
from gridworld_env.layouts.named_layouts import NAMED_MAPS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gridworld_env.common.arrays import BoolArray
    from gridworld_env.layouts.map_text import CharArray

REPR_CELLS = 256
"""Up to this many cells the representation of a layout is its text, beyond it only its counts."""


@export("gridworld_env.Layout")
@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Layout(Displayed):
    """The map of a grid world: ``.`` free, ``#`` wall, ``F`` forbidden, ``S`` start, ``T`` target.

    A wall cannot be entered; a forbidden cell can, at a cost. Any non-empty rectangle is a layout;
    environments may ask for more, such as a target. States number row by row from the top left, from 0, and a
    wall keeps its number.

    A layout never changes. Layouts with the same cells are equal and have the same hash. Usually one comes
    from `parse`, `named`, `maze` or `room`.

    Args:
        cells: (H, W) array of single characters, dtype "<U1". It is copied; the layout's own is read-only.

    Raises:
        ValueError: If `cells` has another shape or dtype, is empty, or holds another character.
    """

    cells: CharArray

    def __post_init__(self) -> None:
        """Check the cells and take an immutable copy."""
        object.__setattr__(self, "cells", map_text.freeze(self.cells))

    @classmethod
    def parse(cls, text: str | Sequence[str]) -> Layout:
        """Read a map: one string with a line per row, or a sequence of row strings.

        Blank lines around the map, indentation common to all rows and white space after them are dropped, so
        an indented triple-quoted string is a map. Text without any of these comes back from `to_text` as it
        was.

        Raises:
            ValueError: If there is no row, rows differ in length, or a character is unknown. The message
                counts rows and columns from 1, in what remains of the text.
        """
        return cls(map_text.read(text))

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Layout:
        """Read a map from a text file, as `parse` reads its text.

        Args:
            path: Of the file, UTF-8.

        Raises:
            ValueError: If it cannot be read or holds no map; the message names the file.
        """
        try:
            return cls.parse(pathlib.Path(path).read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            raise ValueError(f"the map {os.fspath(path)!r} cannot be read: {reason}") from error
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)!r} holds no map: {error}") from error

    @classmethod
    def named(cls, name: str) -> Layout:
        """Return the layout of that name; `names` lists them.

        Raises:
            ValueError: If there is none. The message suggests the nearest name and lists all.
        """
        if not isinstance(name, str) or name not in NAMED_MAPS:
            raise ValueError(f"unknown layout {reprlib.repr(name)}; {_suggestion(str(name))}")
        return cls.parse(NAMED_MAPS[name])

    @staticmethod
    def names() -> tuple[str, ...]:
        """Return the names that `named` knows, sorted."""
        return tuple(sorted(NAMED_MAPS))

    @classmethod
    def coerce(cls, value: Layout | str | Sequence[str] | os.PathLike[str]) -> Layout:
        """Return the layout that `value` means: a `Layout` itself, a name, a map's text or rows, or a file's `Path`.

        A string that is no name is taken for a map if it has several lines or only a map's characters, never for a
        file.

        Raises:
            ValueError: If it means none of these, or as for `parse`.
        """
        if isinstance(value, Layout):
            return value
        if isinstance(value, os.PathLike):
            return cls.read(value)
        if not isinstance(value, str):
            return cls.parse(value)
        if value in NAMED_MAPS:
            return cls.named(value)
        if "\n" in value or not map_text.UNKNOWN.search(value.strip()):
            return cls.parse(value)
        raise ValueError(
            f"{reprlib.repr(value)} is neither the name of a layout nor a map; {_suggestion(value)}; "
            f"a map holds {map_text.LEGEND}; of a file, pass Layout.read(path), or layout=@FILE on the command line"
        )

    @classmethod
    def maze(cls, height: int, width: int, rng: np.random.Generator) -> Layout:
        """Return a random perfect maze: one path, and one only, between any two corridor cells.

        Corridor cells lie on odd rows and columns (counted from 0); the border is wall. S is the top left
        corridor cell, T the corridor cell farthest from it.

        Args:
            height: Rows, odd, >= 3.
            width: Columns, odd, >= 3.
            rng: Draws the maze.

        Raises:
            ValueError: If a side is even or below 3, both are 3 (one corridor cell cannot hold both S and T),
                or `rng` is not a generator.
        """
        return cls(random_layouts.maze(height, width, rng))

    @classmethod
    def room(
        cls,
        height: int,
        width: int,
        rng: np.random.Generator,
        *,
        wall_density: float = 0.2,
        forbidden_density: float = 0.1,
    ) -> Layout:
        """Return a room with random walls and forbidden cells, one S and one T, which can always be reached.

        There are ``round(wall_density * H * W)`` walls and ``round(forbidden_density * H * W)`` forbidden
        cells; fewer only where S, T and the way between them leave no more room.

        Args:
            height: H.
            width: W; H * W must be at least 2.
            rng: The only source of randomness.
            wall_density: Share of walls, in [0, 1].
            forbidden_density: Share of forbidden cells, in [0, 1]; both together at most 1.

        Raises:
            ValueError: If an argument is out of range or `rng` is not a generator.
        """
        return cls(
            random_layouts.room(height, width, rng, wall_density=wall_density, forbidden_density=forbidden_density)
        )

    @property
    def height(self) -> int:
        """H, the number of rows."""
        return int(self.cells.shape[0])

    @property
    def width(self) -> int:
        """W, the number of columns."""
        return int(self.cells.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """(H, W)."""
        return self.height, self.width

    @property
    def num_states(self) -> int:
        """S = H * W, walls included."""
        return self.height * self.width

    @cached_property
    def walls(self) -> BoolArray:
        """Which states are walls: (S,) bool, read-only."""
        return self._mask("#")

    @cached_property
    def forbidden(self) -> BoolArray:
        """Which states are forbidden: (S,) bool, read-only."""
        return self._mask("F")

    @cached_property
    def targets(self) -> BoolArray:
        """Which states are targets: (S,) bool, read-only."""
        return self._mask("T")

    @cached_property
    def starts(self) -> BoolArray:
        """Where an episode may begin, the S cells or, without any, all free cells: (S,) bool, read-only."""
        marked = self._mask("S")
        return marked if marked.any() else self._mask(".")

    @cached_property
    def solvable(self) -> bool:
        """Whether there is a start, and every start can reach a target by cardinal moves around walls."""
        from scipy import ndimage

        labels, count = ndimage.label(~self.walls.reshape(self.shape))
        labels = labels.reshape(-1)
        has_target = np.zeros(count + 1, np.bool_)
        has_target[labels[self.targets]] = True
        return bool(self.starts.any() and has_target[labels[self.starts]].all())

    def state(self, row: int, col: int) -> int:
        """Return the number of the state at a row and column.

        Args:
            row: From the top, counted from 0.
            col: From the left, counted from 0.

        Raises:
            ValueError: If the row or column is not on the map.
        """
        row = _index("row", row, self.height)
        return row * self.width + _index("col", col, self.width)

    def position(self, state: int) -> tuple[int, int]:
        """Return the row and column of a state, both counted from 0.

        Raises:
            ValueError: If there is no such state.
        """
        return divmod(_index("state", state, self.num_states), self.width)

    def to_text(self) -> str:
        """Return the map's rows joined by newlines; `parse` reads it back."""
        return self._text

    @cached_property
    def _text(self) -> str:
        return map_text.write(self.cells)

    def _mask(self, symbol: str) -> BoolArray:
        mask: BoolArray = (self.cells == symbol).reshape(-1)
        mask.flags.writeable = False
        return mask

    def __str__(self) -> str:
        """Return the map, as `to_text` does."""
        return self._text

    def __repr__(self) -> str:
        """Return the expression that builds a small layout; of a large one, its sizes."""
        if self.num_states <= REPR_CELLS:
            return f"{type(self).__name__}.parse({self._text!r})"
        counts = ", ".join(f"{np.count_nonzero(self._mask(c))} {meaning}" for c, meaning in map_text.SYMBOLS.items())
        return f"<{type(self).__name__} {self.height}x{self.width}: {counts}>"

    def _shown(self) -> Shown:
        return Shown(self)

    def __eq__(self, other: object) -> bool:
        """Compare by value."""
        return self._text == other._text if isinstance(other, Layout) else NotImplemented

    def __hash__(self) -> int:
        """Hash by value."""
        return hash(self._text)

    def __reduce__(self) -> tuple[Callable[[str], Layout], tuple[str]]:
        """Pickle and copy as text, so that the copy's arrays are read-only too."""
        return type(self).parse, (self._text,)


def _suggestion(name: str) -> str:
    nearest = difflib.get_close_matches(name[:100].lower(), Layout.names(), n=1, cutoff=0.0)[0]
    return f"did you mean {nearest!r}? The names are {', '.join(Layout.names())}"


def _index(name: str, value: Any, size: int) -> int:
    try:
        index = operator.index(value)
    except TypeError:
        index = -1
    if not 0 <= index < size:
        raise ValueError(f"{name} must be an integer in [0, {size}), counted from 0, got {value!r}")
    return index
