"""Which agents' files this process wrote, or had its workers write: the only ones that it reads without being asked.

A comparison's folder may have come from elsewhere, with files that carry code, and have been gone on with here. What
counts is what a file holds: another one in the place of ours is another's.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathlib

_digests: dict[pathlib.Path, str] = {}
"""Of each file as it was when its run had been done here, by its path."""


def note(path: pathlib.Path) -> None:
    """Note a file that this process, or a worker of its, has just written."""
    path = path.resolve()
    if path.is_file():
        _digests[path] = _digest(path)


def by_this_process(path: pathlib.Path) -> bool:
    """Return whether a file is as this process or its workers wrote it."""
    known = _digests.get(path.resolve())
    return known is not None and path.is_file() and known == _digest(path)


def _digest(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
