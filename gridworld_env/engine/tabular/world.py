"""`World`: all that an environment is made of, and the two functions that make one from a map and rules."""

from __future__ import annotations

import dataclasses
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
from gridworld_env.tabular.places import named_or_numbered, places_of
from gridworld_env.tabular.rules import GridRules

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from typing import Self

    from gridworld_env.common.arrays import BoolArray, MaskArray
    from gridworld_env.tabular.places import Places
    from gridworld_env.tabular.rules import Move


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
        """Freeze the masks, and let the model know its maps."""
        object.__setattr__(self, "masks", frozen(self.masks))
        if self.layouts and tuple(self.mdp.layouts) != self.layouts:
            object.__setattr__(self, "mdp", self.mdp.on_maps(self.layouts, self.action_names))

    @property
    def state_names(self) -> tuple[str, ...]:
        """What the states are called, S names: their numbers where the model has no names."""
        return named_or_numbered(self.mdp.state_names, self.mdp.num_states)

    @cached_property
    def places(self) -> Places:
        """Where the states lie, as pictures show them."""
        return places_of(self.mdp, self.action_names, self.wind)

    @property
    def boards(self) -> tuple[Layout, ...]:
        """The maps that pictures show: without a map a cell for each state, row by row, and walls after the last."""
        return self.places.boards

    @property
    def over(self) -> BoolArray:
        """States in which no episode can be: the walls, and where an episode has ended; (S,) bool."""
        return self.places.over

    @property
    def moves(self) -> tuple[Move | None, ...]:
        """Where each action leads, (rows down, columns right), as its name says; None where that says nothing."""
        return self.places.moves

    @property
    def slippery(self) -> BoolArray:
        """States in which an action may have several outcomes: (S,) bool."""
        return self.places.slippery

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


def model_world(mdp: TabularMDP) -> World:
    """Make the world of a model alone, its states shown by their numbers: on its maps, where it has any."""
    S, A = mdp.num_states, mdp.num_actions
    names = named_or_numbered(mdp.action_names, A)
    return World(mdp, tuple(mdp.layouts), names, np.ones((S, A), np.int8), StateObserver(S))


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
