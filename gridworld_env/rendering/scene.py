"""`Scene`: what a picture shows, as plain data."""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from gridworld_env.common.displayed import Displayed
from gridworld_env.common.public import export
from gridworld_env.layouts import Layout
from gridworld_env.rendering.fonts import font_named
from gridworld_env.rendering.tables import (
    by_state,
    cells,
    counts,
    drawn,
    one_line,
    policy_table,
    shaped,
    span,
    table,
    visit_counts,
)
from gridworld_env.tabular.rules import MOVES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray
    from gridworld_env.tabular.rules import Move

CARDINAL_AND_STAY = MOVES["cardinal+stay"]


@export("gridworld_env.rendering.Scene")
@dataclasses.dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Scene(Displayed):
    """A map, who is on it, and what somebody believes about it.

    Cells number row by row from 0, S of them; tables may have the shape of the map, (H, W) in place of (S,). Values,
    visits and policies of walls are not shown, nor is what is NaN. Arrays are copied unless nobody can write to them.

    Args:
        layout: The map, (H, W); a name or text is read as by `Layout.coerce`.
        agents: The cells that agents stand on.
        trail: The cells that the agent came along, the oldest first.
        values: (S,) state values.
        action_values: (S, A) action values.
        value_range: The values that the ends of the colour scale stand for, (lowest, highest), to compare pictures by;
            what lies beyond has the colour of the end. None: the lowest and the highest that are shown.
        policy: (S, A) probabilities of the actions, or (S,) integers, the actions themselves.
        visits: (S,) or (S, A) counts >= 0 of how often each state, or each action in it, was seen.
        moves: The direction of each action, (rows down, columns right); None for an action without one.
        wind: (W,) cells that each column's wind pushes upwards.
        slippery: (S,) bool, the cells in which an action may have several outcomes.
        caption: A line above the map.
        heads_up: A line below it: step, return and the like.
        font: What texts are written in: a font's file, or a family that the system has, such as "SimHei". None: that of
            the environment variable ``GRIDWORLD_FONT``, else one that has the characters of the text.

    Raises:
        ValueError: If a shape does not fit the map and the moves, a cell is not on it, or a number is no probability or
            count.
    """

    layout: Layout
    agents: Sequence[int] = ()
    trail: Sequence[int] = ()
    values: FloatArray | None = None
    action_values: FloatArray | None = None
    value_range: tuple[float, float] | None = None
    policy: FloatArray | IntArray | None = None
    visits: IntArray | None = None
    moves: Sequence[Move | None] = CARDINAL_AND_STAY
    wind: Sequence[int] | None = None
    slippery: BoolArray | None = None
    caption: str = ""
    heads_up: str = ""
    font: str | None = None

    def __post_init__(self) -> None:
        """Check every item against the map."""
        layout = Layout.coerce(self.layout)
        S, A, W = layout.num_states, len(self.moves), layout.width
        for name in ("values", "action_values", "policy", "visits", "slippery"):
            object.__setattr__(self, name, by_state(getattr(self, name), layout.shape))
        checked = {
            "layout": layout,
            "agents": cells("agents", self.agents, S),
            "trail": cells("trail", self.trail, S),
            "values": table("values", self.values, (S,)),
            "action_values": table("action_values", self.action_values, (S, A)),
            "value_range": span("value_range", self.value_range),
            "policy": policy_table(self.policy, S, A),
            "visits": visit_counts(self.visits, S, A),
            "wind": counts("wind", self.wind, (W,)),
            "slippery": None if self.slippery is None else shaped("slippery", self.slippery, np.bool_, (S,)),
            "caption": one_line(self.caption),
            "heads_up": one_line(self.heads_up),
            "font": font_named(self.font),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def without(self, *names: str) -> Self:
        """Return the same scene with some of its tables left out.

        Args:
            *names: Of fields, such as "values".
        """
        other = copy.copy(self)
        other.__dict__.update(dict.fromkeys(names))
        return other

    def _shown(self) -> Self:
        return self

    def __repr__(self) -> str:
        """Return the size of its map and what it shows; its tables are too long to be shown."""
        shown = [field.name for field in dataclasses.fields(self) if drawn(getattr(self, field.name), field)]
        height, width = self.layout.shape
        return f"<{type(self).__name__}: {height} x {width} map{''.join(f', {name}' for name in shown)}>"

    def at(self, agents: Sequence[int], trail: Sequence[int] = (), heads_up: str = "") -> Self:
        """Return the same scene a moment later; nothing is checked and nothing copied, for this happens every frame.

        Args:
            agents: The states that agents are in.
            trail: The states that led there.
            heads_up: The line of text above the map.
        """
        later = copy.copy(self)
        later.__dict__.update(agents=agents, trail=trail, heads_up=heads_up)
        return later
