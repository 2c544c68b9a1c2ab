"""Arguments of environments: maps that are named by their files, and maps as text, which JSON can hold."""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING, Any

from gridworld_env import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping

LAYOUT = "layout"
"""The argument that is a map."""
FILE = "@"
"""What begins the name of a map's file, where an argument is written as text."""


def with_files(arguments: Mapping[str, Any], folder: str | os.PathLike[str] = "") -> dict[str, Any]:
    """Return arguments of which a `layout` that is written `@FILE` is the path of that file.

    Args:
        arguments: As a command line or a configuration file has them. Those of a run or a comparison are not for this:
            what is kept there names no files.
        folder: That a relative name is relative to.

    Raises:
        ValueError: If there is no such file.
    """
    layout = arguments.get(LAYOUT)
    if not isinstance(layout, str) or not layout.startswith(FILE):
        return dict(arguments)
    path = pathlib.Path(folder, layout.removeprefix(FILE))
    if not path.is_file():
        raise ValueError(f"{LAYOUT}={layout}: there is no file {os.fspath(path)!r}")
    return {**arguments, LAYOUT: path}


def with_texts(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of which a `layout` that is a `Layout`, or the path of a file, is the map's text.

    Raises:
        ValueError: If the file cannot be read or holds no map.
    """
    layout = arguments.get(LAYOUT)
    if isinstance(layout, Layout | os.PathLike):
        return {**arguments, LAYOUT: Layout.coerce(layout).to_text()}
    return dict(arguments)


def in_words(arguments: Mapping[str, Any]) -> str:
    """Return arguments as a label has them: a map's file by its name, the rows of a map's text in one line."""
    return ", ".join(f"{name}={_word(value)}" for name, value in arguments.items())


def _word(value: Any) -> str:
    if isinstance(value, os.PathLike):
        return pathlib.Path(value).name
    return str(value).replace("\n", "/")
