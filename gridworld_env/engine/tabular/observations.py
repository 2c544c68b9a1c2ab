"""What an agent sees of a state. Each kind is one class: a space, and a function from states to observations.

Observations are computed for a batch of states at once, so that single and vector environments share them, and none
needs memory that grows faster than the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from gymnasium import spaces

from gridworld_env.common.checks import choose, whole_number
from gridworld_env.engine.tabular.image_observation import ImageObserver

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_env.common.arrays import IntArray
    from gridworld_env.layouts import Layout

AGENT, WALL, FORBIDDEN, TARGET = range(4)
"""Channels of the `grid` observation; `local` has the last three, the agent being its centre."""


KINDS = ("state", "position", "grid", "local", "image")
HAVE_ROWS = ("position", "grid", "local")
"""Kinds that `dtype="float32"` makes a Box of."""


class Observer(Protocol):
    """A kind of observation."""

    @property
    def kind(self) -> str:
        """Its name."""

    @property
    def space(self) -> spaces.Space[Any]:
        """The space that observations are in."""

    def __call__(self, states: IntArray) -> npt.NDArray[Any]:
        """Return the observations of states: (N,) integers in, a fresh (N, ...) array out."""


def make_observer(
    kind: str,
    layouts: tuple[Layout, ...],
    view_size: int = 5,
    dtype: str | None = None,
    image_size: int | None = None,
) -> Observer:
    """Return the observer of a kind: "state", "position", "grid", "local" or "image".

    Args:
        kind: Its name.
        layouts: The maps that the states lie on, all of one shape.
        view_size: Rows and columns of the `local` window, odd.
        dtype: "float32": `position`, `grid` or `local` as one row of numbers, in a Box.
        image_size: Pixels of the longer side of an `image`.

    Raises:
        ValueError: If the kind is unknown, or an argument is wrong or none of the kind's.
    """
    choose("observation", kind, KINDS)
    if image_size is not None and kind != "image":
        raise ValueError(f"image_size is for observation='image', got {image_size!r} with observation={kind!r}")
    if dtype is not None:
        choose("dtype", dtype, ("float32",))
        if kind not in HAVE_ROWS:
            raise ValueError(
                f"dtype='float32' is for observation={', '.join(map(repr, HAVE_ROWS))}, got observation={kind!r}"
            )
        return RowObserver(make_observer(kind, layouts, view_size))
    if kind == "image":
        return ImageObserver(layouts, image_size)
    if whole_number("view_size", view_size, 1) % 2 == 0:
        raise ValueError(f"view_size must be odd, so that the agent is in the middle, got {view_size!r}")
    if kind == "state":
        return StateObserver(len(layouts) * layouts[0].num_states)
    if kind == "position":
        return PositionObserver(layouts)
    if kind == "grid":
        return GridObserver(layouts)
    return LocalObserver(layouts, view_size)


class StateObserver:
    """The number of the state: `Discrete(S)`."""

    kind = "state"

    def __init__(self, num_states: int) -> None:
        self.space = spaces.Discrete(num_states)

    def __call__(self, states: IntArray) -> npt.NDArray[np.int64]:
        """Return the states as they are: (N,) int64."""
        return np.array(states, dtype=np.int64)


class PositionObserver:
    """Row and column, from 0: `MultiDiscrete([H, W])`. In a bank of maps it does not tell which map it is."""

    kind = "position"

    def __init__(self, layouts: tuple[Layout, ...]) -> None:
        self._shape = layouts[0].shape
        self.space = spaces.MultiDiscrete(list(self._shape))

    def __call__(self, states: IntArray) -> npt.NDArray[np.int64]:
        """Return rows and columns: (N, 2) int64."""
        H, W = self._shape
        cell = np.asarray(states, np.int64) % (H * W)
        return np.stack([cell // W, cell % W], axis=-1)


class GridObserver:
    """The whole map, one plane each for agent, walls, forbidden cells and targets: `MultiBinary([H, W, 4])`."""

    kind = "grid"

    def __init__(self, layouts: tuple[Layout, ...]) -> None:
        self._maps = np.stack([_planes(layout) for layout in layouts])
        self.space = spaces.MultiBinary(self._maps.shape[1:])

    def __call__(self, states: IntArray) -> npt.NDArray[np.int8]:
        """Return the maps with the agent on them: (N, H, W, 4) int8."""
        _, H, W, _ = self._maps.shape
        bank, cell = np.divmod(np.asarray(states, np.int64), H * W)
        grids: npt.NDArray[np.int8] = self._maps[bank]
        grids[np.arange(bank.size), cell // W, cell % W, AGENT] = 1
        return grids


class LocalObserver:
    """The surroundings of the agent, who is at the centre: `MultiBinary([V, V, 3])`.

    The planes are walls (and everything outside the map), forbidden cells and targets.
    """

    kind = "local"

    def __init__(self, layouts: tuple[Layout, ...], view_size: int) -> None:
        self._shape = layouts[0].shape
        margin = view_size // 2
        around = ((0, 0), (margin, margin), (margin, margin), (0, 0))
        maps = np.pad(np.stack([_planes(layout) for layout in layouts])[..., WALL:], around)
        outside = np.pad(np.zeros((len(layouts), *self._shape), np.int8), around[:3], constant_values=1)
        maps[..., 0] |= outside
        self._padded = maps
        self._view_size = view_size
        self._windows = self._look()
        self.space = spaces.MultiBinary((view_size, view_size, 3))

    def __call__(self, states: IntArray) -> npt.NDArray[np.int8]:
        """Return the windows: (N, V, V, 3) int8."""
        H, W = self._shape
        bank, cell = np.divmod(np.asarray(states, np.int64), H * W)
        return np.ascontiguousarray(np.moveaxis(self._windows[bank, cell // W, cell % W], 1, -1))

    def _look(self) -> npt.NDArray[np.int8]:
        """Return every cell's window, (B, H, W, 3, V, V): a view that takes no memory."""
        V = self._view_size
        return np.lib.stride_tricks.sliding_window_view(self._padded, (V, V), (1, 2))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the windows, which would be written out V * V times as large as the map."""
        return {name: value for name, value in self.__dict__.items() if name != "_windows"}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Look through the windows again."""
        self.__dict__.update(kept)
        self._windows = self._look()


class RowObserver:
    """What another kind shows, as one row of numbers: `Box(0, high, (n,), float32)`.

    One row, since libraries take a Box with three axes for an image. `reshape` brings the planes back.

    Args:
        kind: The observer of the other kind: a MultiDiscrete or a MultiBinary one.
    """

    def __init__(self, kind: Observer) -> None:
        self.kind, self._observe = kind.kind, kind
        counts = getattr(kind.space, "nvec", np.full(kind.space.shape or (), 2)).reshape(-1)
        high = np.maximum(counts - 1, 1).astype(np.float32)  # a map of one row has no other, and a Box some width
        self.space = spaces.Box(np.zeros_like(high), high, dtype=np.float32)

    def __call__(self, states: IntArray) -> npt.NDArray[np.float32]:
        """Return the rows: (N, n) float32."""
        return self._observe(states).reshape(len(states), -1).astype(np.float32)


def _planes(layout: Layout) -> npt.NDArray[np.int8]:
    """Return the map's planes with no agent on it: (H, W, 4) int8."""
    planes = np.zeros((*layout.shape, 4), np.int8)
    planes[..., WALL] = layout.walls.reshape(layout.shape)
    planes[..., FORBIDDEN] = layout.forbidden.reshape(layout.shape)
    planes[..., TARGET] = layout.targets.reshape(layout.shape)
    return planes
