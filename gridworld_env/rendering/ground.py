"""The colours of the cells, and the scale that they are read by."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridworld_env.rendering.colours import FLOOR, FORBIDDEN, WALL, scale

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_env.common.arrays import BoolArray, FloatArray
    from gridworld_env.rendering.scene import Scene


class Scale(NamedTuple):
    """What the colours mean: a number is a share of the way from the lowest to the highest, held within these."""

    name: str
    low: float
    high: float
    logarithmic: bool = False

    def share(self, numbers: FloatArray) -> FloatArray:
        """Return where numbers lie on the scale: in [0, 1], 1/2 where all are alike, NaN where they are."""
        if self.high == self.low:
            return np.where(np.isnan(numbers), np.nan, 0.5)
        if self.logarithmic:
            share: FloatArray = np.log1p(numbers) / np.log1p(self.high)
        else:
            share = np.clip((numbers - self.low) / (self.high - self.low), 0.0, 1.0)
        return share


def scale_of(scene: Scene) -> Scale | None:
    """Return the scale of a scene: of its action values, its values or its visits, whichever it has first.

    That of values ends where the scene says, or else at the lowest and the highest shown.
    """
    shown = ~scene.layout.walls
    for name, table in (("q", scene.action_values), ("v", scene.values)):
        if table is not None:
            known = table[shown]
            known = known[~np.isnan(known)]
            return Scale(name, *(scene.value_range or (float(known.min()), float(known.max())))) if known.size else None
    if scene.visits is not None and shown.any():
        return Scale("visits", 0.0, float(scene.visits[shown].max()), logarithmic=True)
    return None


def colours_of(scene: Scene, scale_: Scale | None) -> npt.NDArray[np.uint8]:
    """Return the colour of every cell: (S, 3) uint8. With action values, that of the greatest."""
    layout = scene.layout
    colours = np.empty((layout.num_states, 3), np.uint8)
    colours[:] = FLOOR
    colours[layout.forbidden] = FORBIDDEN
    if scale_ is not None:
        share = scale_.share(_numbers(scene))
        known = ~np.isnan(share)
        colours[known] = scale(share[known])
    colours[layout.walls] = WALL
    return colours


def coloured(scene: Scene, scale_: Scale | None) -> BoolArray:
    """Return which cells are painted by the scale: (S,) bool."""
    if scale_ is None:
        return np.zeros(scene.layout.num_states, np.bool_)
    known: BoolArray = ~np.isnan(_numbers(scene)) & ~scene.layout.walls
    return known


def _numbers(scene: Scene) -> FloatArray:
    """Return the number that stands for each cell: (S,) float64, NaN where there is none."""
    if scene.action_values is not None:
        q = np.where(np.isnan(scene.action_values), -np.inf, scene.action_values).max(axis=1)
        return np.where(np.isinf(q), np.nan, q)
    if scene.values is not None:
        return scene.values
    visits: FloatArray = np.asarray(scene.visits, np.float64)
    return visits
