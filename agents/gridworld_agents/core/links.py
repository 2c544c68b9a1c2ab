"""Symbolic links in the folders of runs. None is followed: nothing outside of them is read, written or removed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pathlib


def refuse_links(folder: pathlib.Path, *, below: pathlib.Path | None = None) -> None:
    """Refuse symbolic links among the entries of a folder, and on the way to it from another.

    Args:
        folder: Whose entries are looked at, not those of folders within; there may be no such folder.
        below: Where the way begins: what leads there may be links, as a user sets them. None: at the folder itself.

    Raises:
        ValueError: With the first link.
    """
    way = folder if below is None else below
    for part in () if below is None else folder.relative_to(below).parts:
        way /= part
        refuse_link(way)
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_symlink() or _is_junction(entry.path)]
    except (FileNotFoundError, NotADirectoryError):
        return
    if names:
        refuse_link(folder / min(names))


def refuse_link(path: pathlib.Path) -> None:
    """Refuse a path that is a symbolic link itself, whether what it points to is there or not.

    Raises:
        ValueError: With the path, and the way out.
    """
    if path.is_symlink() or _is_junction(path):
        raise ValueError(
            f"{path} is a symbolic link, and none within a folder of runs is followed: put what it points to in its "
            "place, or remove it"
        )


def _is_junction(path: Any) -> bool:
    """Return whether a path is a junction of Windows; Python 3.11 cannot tell."""
    return bool(getattr(os.path, "isjunction", lambda _path: False)(path))
