"""What Gymnasium's toy-text environments look like: their maps, and what their actions are called."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from gridworld_env.layouts import Layout

MODULE = "gymnasium.envs.toy_text"
LETTERS = {"S": "S", "F": ".", "H": "F", "G": "T"}
"""FrozenLake's start, frozen, hole and goal as a layout's: a hole, which ends the episode, is drawn as forbidden."""
CLIFF = ["............"] * 3 + ["SFFFFFFFFFFT"]
ACTIONS = {
    ("frozen_lake", "FrozenLakeEnv"): ("left", "down", "right", "up"),
    ("cliffwalking", "CliffWalkingEnv"): ("up", "right", "down", "left"),
    ("taxi", "TaxiEnv"): ("south", "north", "east", "west", "pickup", "dropoff"),
}


def layouts_of(base: Any, S: int) -> tuple[Layout, ...]:
    """Return the map on which the S states of an environment lie row by row, alone; empty where none is known.

    That is the `desc` of whoever has one in FrozenLake's letters, and CliffWalking's.
    """
    if _is(base, "cliffwalking", "CliffWalkingEnv") and len(CLIFF) * len(CLIFF[0]) == S:
        return (Layout.parse(CLIFF),)
    desc = np.asarray(getattr(base, "desc", None))
    if desc.ndim != 2 or desc.size != S or desc.dtype.kind not in "SU":
        return ()
    letters = desc.astype("U1")
    if not np.isin(letters, list(LETTERS)).all():
        return ()
    return (Layout(np.vectorize(LETTERS.get, otypes=["<U1"])(letters)),)


def action_names_of(base: Any, A: int) -> tuple[str, ...] | None:
    """Return what the A actions of an environment are called; None where that is not known."""
    for (module, name), names in ACTIONS.items():
        if _is(base, module, name) and len(names) == A:
            return names
    return None


def _is(base: Any, module: str, name: str) -> bool:
    """Return whether an environment is one of Gymnasium's, whose module is there then."""
    kind = getattr(sys.modules.get(f"{MODULE}.{module}"), name, None)
    return kind is not None and isinstance(base, kind)
