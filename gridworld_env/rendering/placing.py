"""`scene_of`: what is known of a model's states, on one of the maps that these lie on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.public import export
from gridworld_env.rendering.scene import Scene
from gridworld_env.rendering.tables import by_state, policy_table, table, visit_counts
from gridworld_env.tabular.places import places_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridworld_env.tabular import TabularMDP
    from gridworld_env.tabular.places import Places


@export("gridworld_env.rendering.scene_of")
def scene_of(
    mdp: TabularMDP,
    *,
    number: int = 0,
    caption: str = "",
    font: str | None = None,
    value_range: tuple[float, float] | None = None,
    wind: Sequence[int] | None = None,
    **tables: Any,
) -> Scene:
    """Return the scene of a model's map and of what is known of its states, without anybody on it.

    Args:
        mdp: The model, S states and A actions. Without a map its states are cells, row by row.
        number: Which of its maps, from 0.
        caption: A line above the map.
        font: That it is written in: see :class:`Scene`.
        value_range: What the ends of the colour scale stand for.
        wind: (W,) cells that each column's wind pushes upwards.
        **tables: `values` (S,), `action_values` (S, A), `policy` (S, A) or (S,) integers, `visits` (S,) or (S, A); or
            of the shape of the maps. Values that are not finite are left out, and so is what lies where no episode can
            be.

    Raises:
        ValueError: If a shape does not fit, a number is no probability or count, or there is no such map.
    """
    places = places_of(mdp, wind=None if wind is None else tuple(wind))
    if not 0 <= number < len(places.boards):
        raise ValueError(f"number must be that of a map, in [0, {len(places.boards)}), got {number!r}")
    return scene_on(places, number, checked_tables(mdp, tables), caption=caption, font=font, value_range=value_range)


def checked_tables(mdp: TabularMDP, tables: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables of a model's states as `scene_on` takes them: NaN where a value is not finite.

    Raises:
        ValueError: If a table is unknown, or does not fit.
    """
    S, A = mdp.num_states, mdp.num_actions
    checked: dict[str, Any] = {}
    for name, given in tables.items():
        rows = by_state(given, mdp.map_shape)
        if name == "policy":
            checked[name] = policy_table(rows, S, A)
        elif name == "visits":
            checked[name] = visit_counts(rows, S, A)
        elif name in ("values", "action_values"):
            known = np.asarray(rows, np.float64)
            shape = (S,) if name == "values" else (S, A)
            checked[name] = table(name, np.where(np.isfinite(known), known, np.nan), shape)
        else:
            raise ValueError(f"tables are values, action_values, policy and visits, got {name!r}")
    return {name: kept for name, kept in checked.items() if kept is not None}


def scene_on(
    places: Places,
    b: int,
    tables: Mapping[str, Any],
    *,
    caption: str = "",
    font: str | None = None,
    value_range: tuple[float, float] | None = None,
) -> Scene:
    """Return the scene of a map without anybody on it.

    Args:
        places: Of the model, with S states.
        b: Which of its maps, from 0.
        tables: `values` (S,), `action_values` (S, A), `policy` (S, A), `visits` (S,), as a :class:`Scene` takes them
            for one map. They are left out where no episode can be.
        caption: A line above the map.
        font: That it is written in: see :class:`Scene`.
        value_range: What the ends of the colour scale stand for.
    """
    layout = places.boards[b]
    states = slice(b * layout.num_states, (b + 1) * layout.num_states)
    over = places.over[states]
    shown: dict[str, Any] = {}
    for name, known in tables.items():
        shown[name] = known[states]
        if name != "visits":
            # Where no episode can be, nothing is worth anything: a 0 there would only shift the colours.
            blank = over if known.ndim == 1 else over[:, None]
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
        font=font,
        value_range=value_range,
        **shown,
    )
