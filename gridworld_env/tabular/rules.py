"""The rules of a grid world: what moves, what they pay, what disturbs them. Plain data, checked once."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from gridworld_env.common.checks import choose, finite_number, flag, probability, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

Move = tuple[int, int]
"""Where an action leads: rows down, columns right."""

UP, RIGHT, DOWN, LEFT, STAY = (-1, 0), (0, 1), (1, 0), (0, -1), (0, 0)
UP_RIGHT, DOWN_RIGHT, DOWN_LEFT, UP_LEFT = (-1, 1), (1, 1), (1, -1), (-1, -1)

MOVE_NAMES: dict[Move, str] = {
    UP: "up",
    RIGHT: "right",
    DOWN: "down",
    LEFT: "left",
    STAY: "stay",
    UP_RIGHT: "up-right",
    DOWN_RIGHT: "down-right",
    DOWN_LEFT: "down-left",
    UP_LEFT: "up-left",
}

_CARDINAL = (UP, RIGHT, DOWN, LEFT)
_KING = (*_CARDINAL, UP_RIGHT, DOWN_RIGHT, DOWN_LEFT, UP_LEFT)
MOVES: dict[str, tuple[Move, ...]] = {
    "cardinal+stay": (*_CARDINAL, STAY),
    "cardinal": _CARDINAL,
    "king": _KING,
    "king+stay": (*_KING, STAY),
}
"""The move of each action, (rows down, columns right), by the name of the action set."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class GridRules:
    """Everything about a grid world but its map.

    Raises:
        ValueError: If a value is outside its range; the message gives the value and the range.
    """

    reward_target: float = 1.0  # entering or staying on a target; finite
    reward_forbidden: float = -1.0  # entering or staying on a forbidden cell; finite
    reward_boundary: float = -1.0  # a bump into the edge or a wall; finite
    reward_step: float = 0.0  # any other move; finite
    bump_reward: str = "boundary"  # "boundary", or "additive": a bump on a forbidden cell pays for both
    forbidden_mode: str = "enter"  # "enter"; "restart": back to the start; "end": the episode ends there
    actions: str = "cardinal+stay"  # "cardinal+stay", "cardinal", "king" or "king+stay"
    slip: float = 0.0  # probability that the action is replaced by another, in [0, 1]
    slip_mode: str = "uniform"  # "uniform": by any action; "perpendicular": by one of the two at right angles
    wind: Sequence[int] | None = None  # cells pushed upwards, one number >= 0 a column
    stochastic_wind: bool = False  # each nonzero wind is one weaker, as given, or one stronger: a third each
    continuing: bool = False  # the target pays on every stay and never ends the episode

    def __post_init__(self) -> None:
        """Check every value against its range."""
        for name in ("reward_target", "reward_forbidden", "reward_boundary", "reward_step"):
            object.__setattr__(self, name, finite_number(name, getattr(self, name)))
        for name in ("stochastic_wind", "continuing"):
            object.__setattr__(self, name, flag(name, getattr(self, name)))
        object.__setattr__(self, "slip", probability("slip", self.slip))
        choose("bump_reward", self.bump_reward, ("boundary", "additive"))
        choose("forbidden_mode", self.forbidden_mode, ("enter", "restart", "end"))
        choose("actions", self.actions, MOVES)
        choose("slip_mode", self.slip_mode, ("uniform", "perpendicular"))
        if self.wind is not None:
            object.__setattr__(self, "wind", _checked_wind(self.wind))
        elif self.stochastic_wind:
            raise ValueError("stochastic_wind=True needs a wind: pass wind=[...], one number a column")

    @property
    def moves(self) -> tuple[Move, ...]:
        """(rows down, columns right) of each action."""
        return MOVES[self.actions]

    @property
    def action_names(self) -> tuple[str, ...]:
        """The name of each action: up, right, down, left, ..."""
        return tuple(MOVE_NAMES[move] for move in self.moves)


def _checked_wind(wind: Any) -> tuple[int, ...]:
    rule = "wind must be a sequence of integers >= 0, one a column"
    if isinstance(wind, (str, bytes)):
        raise ValueError(f"{rule}, got {wind!r}")
    try:
        strengths = tuple(wind)
    except TypeError:
        raise ValueError(f"{rule}, got {wind!r}") from None
    return tuple(whole_number(f"the wind of column {column}", strength, 0) for column, strength in enumerate(strengths))
