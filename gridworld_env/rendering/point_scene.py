"""`PointScene`: a map, a point that moves through it, and what somebody believes about its places; plain data."""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.displayed import Displayed
from gridworld_env.layouts import Layout
from gridworld_env.rendering.fonts import font_named
from gridworld_env.rendering.tables import drawn, one_line, shaped, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from gridworld_env.common.arrays import FloatArray


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PointScene(Displayed):
    """A map and a point on it. Places are x and y in cells, from the upper left corner; y grows downwards.

    Args:
        layout: The map, (H, W); a name or text is read as by `Layout.coerce`.
        point: (2,) where the point is; None: nowhere.
        trail: (n, 2) the places that it came along, the oldest first, the last one its own.
        values: (F H, F W) values of the middles of small squares, F x F a cell; NaN where unknown.
        policy: (n, 4) arrows: place, and action in [-1, 1]^2 there, right and down.
        caption: A line above the map.
        heads_up: A line below it.
        font: As of :class:`Scene`.

    Raises:
        ValueError: If a shape does not fit.
    """

    layout: Layout
    point: FloatArray | None = None
    trail: Sequence[tuple[float, float]] = ()
    values: FloatArray | None = None
    policy: FloatArray | None = None
    caption: str = ""
    heads_up: str = ""
    font: str | None = None

    action_values = visits = None  # a grid world's; the plan of a picture asks whether there are any

    def __post_init__(self) -> None:
        """Check every item against the map."""
        layout = Layout.coerce(self.layout)
        checked = {
            "layout": layout,
            "point": None if self.point is None else shaped("point", self.point, np.float64, (2,)),
            "trail": tuple(map(tuple, self.trail)),
            "values": value_field(self.values, layout),
            "policy": arrows(self.policy),
            "caption": one_line(self.caption),
            "heads_up": one_line(self.heads_up),
            "font": font_named(self.font),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def _shown(self) -> Self:
        return self

    def __repr__(self) -> str:
        """Return the size of its map and what it shows; its tables are too long to be shown."""
        shown = [field.name for field in dataclasses.fields(self) if drawn(getattr(self, field.name), field)]
        height, width = self.layout.shape
        return f"<{type(self).__name__}: {height} x {width} map{''.join(f', {name}' for name in shown)}>"

    def at(self, point: Any, trail: Sequence[tuple[float, float]] = (), heads_up: str = "") -> Self:
        """Return the same scene a moment later; nothing is checked and nothing copied, for this happens every frame."""
        later = copy.copy(self)
        later.__dict__.update(point=point, trail=trail, heads_up=heads_up)
        return later


def value_field(values: Any, layout: Layout) -> FloatArray | None:
    """Return values of small squares, checked: (F H, F W) float64 for a whole F >= 1.

    Raises:
        ValueError: If their shape does not fit the map.
    """
    if values is None:
        return None
    H, W = layout.shape
    shape = np.shape(values)
    F = shape[0] // H if len(shape) == 2 else 0
    if F < 1 or shape != (F * H, F * W):
        raise ValueError(f"values must have shape (F * {H}, F * {W}), F squares a side of a cell, got {shape}")
    field: FloatArray = table("values", values, shape)
    return field


def arrows(policy: Any) -> FloatArray | None:
    """Return arrows, checked: (n, 4) float64, x, y and the action there.

    Raises:
        ValueError: If they have another shape.
    """
    if policy is None:
        return None
    shape = np.shape(policy)
    if len(shape) != 2 or shape[1] != 4:
        raise ValueError(f"policy must have shape (n, 4), x, y and the action to the right and down, got {shape}")
    checked: FloatArray = table("policy", policy, shape)
    return checked
