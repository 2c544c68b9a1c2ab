"""JSON from files that may come from anywhere: what Python's parser lets pass and nobody expects is refused."""

from __future__ import annotations

import json
from typing import Any


def parsed(content: str | bytes, *, constants: bool = True) -> Any:
    """Return what a text of JSON holds.

    Args:
        content: The text; bytes are UTF-8, UTF-16 or UTF-32.
        constants: Take NaN and Infinity, which are no JSON, as Python writes them.

    Raises:
        ValueError: If it is no JSON, is nested too deeply, or an object has two values of one name.
    """
    try:
        return json.loads(content, object_pairs_hook=_object, parse_constant=None if constants else _refuse_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"it has two values of one name, {next(name for name in made if names.count(name) > 1)!r}")
    return made


def _refuse_constant(name: str) -> None:
    raise ValueError(f"it holds {name}")
