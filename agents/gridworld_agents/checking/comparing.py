"""What an agent has learned, as arrays that can be compared."""

from __future__ import annotations

import contextlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pathlib

    import numpy.typing as npt

Arrays = dict[str, "npt.NDArray[Any]"]
SHOWN = ("q_values", "values", "policy", "visits")


def learned(agent: Any, observations: list[Any]) -> Arrays:
    """Return its greedy actions, and the tables that it shows."""
    actions = [np.asarray(agent.predict(observation, deterministic=True)[0]) for observation in observations]
    arrays = {"greedy actions": np.array(actions)}
    for name in SHOWN:
        with contextlib.suppress(Exception):  # it need not show any
            table = getattr(agent, name)
            if isinstance(table, np.ndarray):  # something else may go by that name, such as a network
                arrays[name] = table.copy()
    return arrays


def saved(agent: Any, folder: pathlib.Path, name: str) -> Arrays:
    """Save an agent and return the arrays in its file, as far as they are `.npy` members of a zip."""
    agent.save(folder / f"{name}.zip")
    path = next(folder.glob(f"{name}*"))
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.namelist() if member.endswith(".npy")]
        return {
            f"the saved {member}": np.load(io.BytesIO(archive.read(member)), allow_pickle=False) for member in members
        }


def difference(one: Arrays, other: Arrays) -> str | None:
    """Return in which arrays, and how far, two agents differ, bit for bit; None if they do not."""
    if one.keys() != other.keys():
        return f"one has {', '.join(sorted(one.keys() ^ other.keys()))}, the other has not"
    found = []
    for name, x in one.items():
        y = other[name]
        if x.shape != y.shape:
            found.append(f"{name} of shape {x.shape} and {y.shape}")
        elif not np.array_equal(x, y, equal_nan=x.dtype.kind == "f"):
            found.append(f"{name} different in {int((x != y).sum())} of {x.size} places")
    return "; ".join(found) or None
