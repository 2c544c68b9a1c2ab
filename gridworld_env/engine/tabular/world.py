"""`World`: all that an environment is made of, and the two functions that make one from a map and rules."""

from __future__ import annotations

import dataclasses
import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.arrays import frozen
from gridworld_env.common.checks import choose
from gridworld_env.common.public import export
from gridworld_env.engine.tabular.observations import Observer, StateObserver, make_observer
from gridworld_env.layouts import Layout
from gridworld_env.tabular import TabularMDP
from gridworld_env.tabular.dynamics import grid_model
from gridworld_env.tabular.rules import MOVE_NAMES, GridRules

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from typing import Self

    from gridworld_env.common.arrays import BoolArray, MaskArray
    from gridworld_env.tabular.rules import Move


ONE_ROW = 12
"""States that a picture of a world without a map shows in one row."""


@export("gridworld_env.authoring.World")
@dataclasses.dataclass(frozen=True, eq=False)
class World:
    """An environment's model and how it is shown; immutable, shared by copies of the environment.

    Args:
        mdp: The exact model, S states and A actions.
        layouts: The maps its states lie on, all of one shape; state ``b * H * W + cell`` is that cell of map b. None:
            a world without a map.
        action_names: A names.
        masks: (S, A) int8, 0 for actions that can do nothing but bump.
        observer: Turns states into observations.
        wind: The cells that each column's wind pushes upwards, W of them; None where there is none.
    """

    mdp: TabularMDP
    layouts: tuple[Layout, ...]
    action_names: tuple[str, ...]
    masks: MaskArray
    observer: Observer
    wind: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Freeze the masks."""
        object.__setattr__(self, "masks", frozen(self.masks))

    @property
    def state_names(self) -> tuple[str, ...]:
        """What the states are called, S names: their numbers where the model has no names."""
        return named_or_numbered(self.mdp.state_names, self.mdp.num_states)

    @cached_property
    def boards(self) -> tuple[Layout, ...]:
        """The maps that pictures show: without a map a cell for each state, row by row, and walls after the last."""
        return self.layouts or (state_board(self.mdp.num_states, self.mdp.initial > 0, self.over),)

    @cached_property
    def over(self) -> BoolArray:
        """States in which no episode can be: the walls, and where an episode has ended; (S,) bool."""
        mdp = self.mdp
        stays = (mdp.next_state == np.arange(mdp.num_states)[:, None, None]) & mdp.terminated & (mdp.reward == 0)
        over: BoolArray = (stays | (mdp.probability == 0)).all(axis=(1, 2))
        return over

    @cached_property
    def moves(self) -> tuple[Move | None, ...]:
        """Where each action leads, (rows down, columns right), as its name says; None where that says nothing."""
        named = {name: move for move, name in MOVE_NAMES.items()}
        return tuple(named.get(name) for name in self.action_names)

    @cached_property
    def slippery(self) -> BoolArray:
        """States in which an action may have several outcomes: (S,) bool."""
        several: BoolArray = ((self.mdp.probability > 0).sum(axis=2) > 1).any(axis=1)
        return frozen(several)

    def start_state(self, start: Any) -> int:
        """Return the state that ``options={"start": start}`` names.

        Args:
            start: A state number, or a state's name where the model has names, or (row, column), or in a bank of maps
                (map, row, column), all from 0.

        Raises:
            ValueError: If there is no such state or no episode can be in it.
        """
        if isinstance(start, str) and self.mdp.state_names is not None:
            choose("start", start, self.state_names)
            start = self.state_names.index(start)
        shape: tuple[int, ...] = ()
        rule = f"start must be a state in [0, {self.mdp.num_states})"
        if self.layouts:
            bank, place = len(self.layouts), "(row, column)"
            shape = self.layouts[0].shape
            if bank > 1:
                shape, place = (bank, *shape), "(map, row, column)"
            rule += f" or a position {place} within {shape}"
        rule += f", got {start!r}"
        try:
            numbers = np.asarray(start)
        except ValueError:
            raise ValueError(rule) from None
        if not np.issubdtype(numbers.dtype, np.integer) or numbers.shape not in {(), (len(shape),)}:
            raise ValueError(rule)
        limits = np.asarray(shape if numbers.shape else self.mdp.num_states)
        if ((numbers < 0) | (numbers >= limits)).any():
            raise ValueError(rule)
        state = int(np.ravel_multi_index(tuple(numbers), shape)) if numbers.shape else int(numbers)
        if self.over[state]:
            kind = "cell" if self.layouts else "state"
            raise ValueError(f"start must be a {kind} in which the episode goes on, got {start!r}, a wall or an end")
        return state

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return itself: nothing in it changes."""
        return self


def named_or_numbered(names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    """Return names, or the numbers from 0 where there are none."""
    return tuple(map(str, range(count))) if names is None else tuple(names)


def state_board(count: int, starts: BoolArray, ends: BoolArray) -> Layout:
    """Return a map with a cell for each state, row by row: in one row if it is short, else nearly square."""
    width = count if count <= ONE_ROW else math.isqrt(count - 1) + 1
    cells = np.full(-(-count // width) * width, "#", "<U1")
    cells[:count] = np.where(ends, "T", np.where(starts, "S", "."))
    return Layout(cells.reshape(-1, width))


def model_world(mdp: TabularMDP) -> World:
    """Make the world of a model alone: without a map, its states shown by their numbers."""
    S, A = mdp.num_states, mdp.num_actions
    names = named_or_numbered(mdp.action_names, A)
    return World(mdp, (), names, np.ones((S, A), np.int8), StateObserver(S))


@export("gridworld_env.authoring.grid_world")
def grid_world(
    layout: Layout | str | Sequence[str] | os.PathLike[str] = "book",
    *,
    observation: str = "state",
    view_size: int = 5,
    dtype: str | None = None,
    image_size: int | None = None,
    **rules: Any,
) -> World:
    """Make the world of one map.

    Args:
        layout: A :class:`Layout`, the name of one, ASCII rows, or the `Path` of a file with them.
        observation: "state", "position", "grid", "local" or "image".
        view_size: Rows and columns of the `local` window, odd.
        dtype: "float32": `position`, `grid` or `local` as one row of numbers, in a Box; None: as it is.
        image_size: Pixels of the longer side of an `image`; None for about 84, and at least 36 either way.
        **rules: The fields of :class:`GridRules`.

    Raises:
        ValueError: If a value is wrong, or layout and rules do not fit each other.
    """
    seen: dict[str, Any] = {"view_size": view_size, "dtype": dtype, "image_size": image_size}
    return grid_bank([Layout.coerce(layout)], observation=observation, **seen, **rules)


def grid_bank(
    layouts: Sequence[Layout],
    *,
    observation: str = "state",
    view_size: int = 5,
    dtype: str | None = None,
    image_size: int | None = None,
    **rules: Any,
) -> World:
    """Make the world of a bank of maps of one shape: each episode is on one of them, drawn when it starts.

    Its model is block-diagonal: the maps stand side by side and no move leads from one to another. The arguments are
    those of :func:`grid_world`.
    """
    bank = tuple(layouts)
    if not bank or any(layout.shape != bank[0].shape for layout in bank):
        shapes = sorted({layout.shape for layout in bank})
        raise ValueError(f"a bank needs at least one layout, and all of one shape, got shapes {shapes}")
    grid_rules = GridRules(**rules)
    observer = make_observer(observation, bank, view_size, dtype, image_size)
    models, masks = zip(*(grid_model(layout, grid_rules) for layout in bank), strict=True)
    mdp = models[0] if len(bank) == 1 else TabularMDP.block_diagonal(models)
    wind = None if grid_rules.wind is None else tuple(grid_rules.wind)
    return World(mdp, bank, grid_rules.action_names, np.concatenate(masks), observer, wind)
