"""What notebooks show of a model and of what is known of its states: pictures of its maps, or a table of its states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.displayed import MOST_ROWS, Sheet, Shown
from gridworld_env.layouts import Layout
from gridworld_env.rendering.drawing import painter_for
from gridworld_env.rendering.mosaic import tile_size, tiled
from gridworld_env.rendering.painter import Painter
from gridworld_env.rendering.picture import png as png_of
from gridworld_env.rendering.placing import checked_tables, scene_on
from gridworld_env.rendering.scene import Scene
from gridworld_env.rendering.tables import visit_counts
from gridworld_env.tabular.places import named_or_numbered, places_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from gridworld_env.rendering.point_scene import PointScene
    from gridworld_env.tabular import TabularMDP
    from gridworld_env.tabular.places import Places

MOST_MAPS = 12
"""Maps of a model that are drawn; the caption says how many there are."""
LARGEST_SIDE = 4000
"""Cells: maps that are longer or wider are not drawn, as each cell takes a pixel at least."""
LIKELY = 0.999
"""Actions whose probability is this share of the greatest are called the best."""


def png(shown: Shown | Scene | PointScene) -> bytes | None:
    """Return what is shown as the PNG file of a picture; None where there is no map, or too large a one."""
    frame = frame_of(shown) if isinstance(shown, Shown) else painter_for(shown).frame(shown)
    return None if frame is None else png_of(frame)


def frame_of(shown: Shown) -> npt.NDArray[np.uint8] | None:
    """Return what is shown as a picture, (height, width, 3) uint8; None where there is no map, or too large a one."""
    layouts = (shown.model,) if isinstance(shown.model, Layout) else tuple(shown.model.layouts)
    if not layouts or max(layouts[0].shape) > LARGEST_SIDE:
        return None
    if isinstance(shown.model, Layout):
        return Painter().frame(Scene(layout=shown.model, caption=shown.caption, **shown.tables))
    places, count = places_of(shown.model), min(len(layouts), MOST_MAPS)
    tables = checked_tables(shown.model, shown.tables)
    if count == 1:
        return Painter().frame(scene_on(places, 0, tables, caption=shown.caption))
    painter, ends = Painter(tile_size(count)), value_range(places, tables)
    return tiled(
        [
            painter.frame(scene_on(places, b, tables, caption=_of_map(b, layouts), value_range=ends))
            for b in range(count)
        ]
    )


def _of_map(b: int, layouts: Sequence[Layout]) -> str:
    return f"map {b + 1} of {len(layouts)}"


def value_range(places: Places, tables: dict[str, Any]) -> tuple[float, float] | None:
    """Return the lowest and the highest value on all maps together; None where there is no value."""
    for name in ("action_values", "values"):
        if name in tables:
            known = tables[name][~places.over]
            known = known[~np.isnan(known)]
            return (float(known.min()), float(known.max())) if known.size else None
    return None


def sheet(shown: Shown) -> Sheet | None:
    """Return what is shown as a table: of a model's outcomes, or of its states; None where a picture shows it."""
    if isinstance(shown.model, Layout) or frame_is_there(shown.model):
        return None
    return state_sheet(shown) if shown.tables else outcome_sheet(shown)


def frame_is_there(mdp: TabularMDP) -> bool:
    """Return whether a model is shown as a picture."""
    return bool(mdp.layouts) and max(mdp.layouts[0].shape) <= LARGEST_SIDE


def state_sheet(shown: Shown) -> Sheet:
    """Return a row a state: its name, and by its name what is known of it."""
    mdp, tables = shown.model, shown.tables
    actions, rows = named_or_numbered(mdp.action_names, mdp.num_actions), range(min(mdp.num_states, MOST_ROWS))
    columns: dict[str, list[str]] = {"state": list(named_or_numbered(mdp.state_names, mdp.num_states)[: len(rows)])}
    if "values" in tables:
        columns["value"] = [number(tables["values"][s]) for s in rows]
    if "policy" in tables:
        columns["best action"] = [best_actions(tables["policy"][s], actions) for s in rows]
    if "action_values" in tables:
        columns |= {f"q of {a}": [number(tables["action_values"][s, i]) for s in rows] for i, a in enumerate(actions)}
    if "visits" in tables:
        counts = visit_counts(tables["visits"], mdp.num_states, mdp.num_actions)
        columns["visits"] = [f"{counts[s]:,}" for s in rows]  # type: ignore[index]
    texts = [list(row) for row in zip(*columns.values(), strict=True)]
    return Sheet(shown.caption, list(columns), texts, mdp.num_states, "states")


def outcome_sheet(shown: Shown) -> Sheet:
    """Return a row for each outcome of each action in each state."""
    mdp = shown.model
    states = named_or_numbered(mdp.state_names, mdp.num_states)
    actions = named_or_numbered(mdp.action_names, mdp.num_actions)
    rows = [
        [
            states[s],
            actions[a],
            number(mdp.probability[s, a, k]),
            states[mdp.next_state[s, a, k]],
            number(mdp.reward[s, a, k]),
            "ends" if mdp.terminated[s, a, k] else "",
        ]
        for s in range(min(mdp.num_states, MOST_ROWS))
        for a in range(mdp.num_actions)
        for k in range(mdp.num_outcomes)
        if mdp.probability[s, a, k] > 0
    ]
    headings = ["state", "action", "probability", "next state", "reward", ""]
    return Sheet(shown.caption, headings, rows, int(np.count_nonzero(mdp.probability)), "outcomes")


def best_actions(probabilities: npt.NDArray[np.float64], names: Sequence[str]) -> str:
    """Return the names of the likeliest actions, and where there are several kinds of likely ones, that as it is."""
    best = np.flatnonzero((probabilities > 0) & (probabilities >= LIKELY * probabilities.max()))
    return " or ".join(names[a] for a in best.tolist())


def number(value: float) -> str:
    """Return a number to six digits."""
    return f"{float(value):.6g}"
