"""Where a model's states lie and what can be seen of them: maps, directions, where nothing happens any more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridworld_env.common.arrays import frozen
from gridworld_env.layouts import Layout
from gridworld_env.tabular.rules import MOVE_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridworld_env.common.arrays import BoolArray
    from gridworld_env.tabular.model import TabularMDP
    from gridworld_env.tabular.rules import Move

ONE_ROW = 12
"""States that a picture of a world without a map shows in one row."""


class Places(NamedTuple):
    """What a picture needs to know of a model with S states."""

    boards: tuple[Layout, ...]  # the maps; without any, one with a cell for each state
    moves: tuple[Move | None, ...]  # where each action leads, (rows down, columns right); None: not known
    over: BoolArray  # (S,), where no episode can be
    slippery: BoolArray  # (S,), where an action may have several outcomes
    wind: tuple[int, ...] | None = None  # (W,), the cells that each column's wind pushes upwards


def places_of(
    mdp: TabularMDP, action_names: Sequence[str] | None = None, wind: tuple[int, ...] | None = None
) -> Places:
    """Return the places of a model; its actions are called as it says, unless they are given names here."""
    ended = over(mdp)
    boards = tuple(mdp.layouts) or (state_board(mdp.num_states, mdp.initial > 0, ended),)
    names = action_names if action_names is not None else mdp.action_names
    return Places(boards, moves_of(named_or_numbered(names, mdp.num_actions)), ended, slippery(mdp), wind)


def over(mdp: TabularMDP) -> BoolArray:
    """Return the states in which no episode can be: the walls, and where one has ended; (S,) bool."""
    stays = (mdp.next_state == np.arange(mdp.num_states)[:, None, None]) & mdp.terminated & (mdp.reward == 0)
    ended: BoolArray = (stays | (mdp.probability == 0)).all(axis=(1, 2))
    return ended


def slippery(mdp: TabularMDP) -> BoolArray:
    """Return the states in which an action may have several outcomes: (S,) bool."""
    several: BoolArray = ((mdp.probability > 0).sum(axis=2) > 1).any(axis=1)
    return frozen(several)


def moves_of(action_names: Sequence[str]) -> tuple[Move | None, ...]:
    """Return where each action leads, (rows down, columns right), as its name says; None where that says nothing."""
    named = {name: move for move, name in MOVE_NAMES.items()}
    return tuple(named.get(name) for name in action_names)


def named_or_numbered(names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    """Return names, or the numbers from 0 where there are none."""
    return tuple(map(str, range(count))) if names is None else tuple(names)


def state_board(count: int, starts: BoolArray, ends: BoolArray) -> Layout:
    """Return a map with a cell for each state, row by row: in one row if it is short, else nearly square."""
    width = count if count <= ONE_ROW else math.isqrt(count - 1) + 1
    cells = np.full(-(-count // width) * width, "#", "<U1")
    cells[:count] = np.where(ends, "T", np.where(starts, "S", "."))
    return Layout(cells.reshape(-1, width))
