"""`scene_on`: tables of a model's states on one of the maps that these lie on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.rendering.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridworld_env.tabular.places import Places


def scene_on(
    places: Places,
    b: int,
    tables: Mapping[str, Any],
    *,
    caption: str = "",
    value_range: tuple[float, float] | None = None,
) -> Scene:
    """Return the scene of a map without anybody on it.

    Args:
        places: Of the model, with S states.
        b: Which of its maps, from 0.
        tables: `values` (S,), `action_values` (S, A), `policy` (S, A), `visits` (S,), as a :class:`Scene` takes them
            for one map. They are left out where no episode can be.
        caption: A line above the map.
        value_range: What the ends of the colour scale stand for.
    """
    layout = places.boards[b]
    states = slice(b * layout.num_states, (b + 1) * layout.num_states)
    over = places.over[states]
    shown: dict[str, Any] = {}
    for name, table in tables.items():
        shown[name] = table[states]
        if name != "visits":
            # Where no episode can be, nothing is worth anything: a 0 there would only shift the colours.
            blank = over if table.ndim == 1 else over[:, None]
            shown[name] = np.where(blank, 0.0 if name == "policy" else np.nan, shown[name])
    slippery = places.slippery[states] & ~over
    beyond = layout.num_states - len(over)  # walls after the last state, without a map
    if beyond:
        shown = {name: np.pad(kept, [(0, beyond), *[(0, 0)] * (kept.ndim - 1)]) for name, kept in shown.items()}
        slippery = np.pad(slippery, (0, beyond))
    return Scene(
        layout=layout,
        moves=places.moves,
        wind=places.wind,
        slippery=slippery & ~layout.walls,
        caption=caption,
        value_range=value_range,
        **shown,
    )
