"""The text of a map: its characters, and the way from text to an array of characters and back."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

CharArray = npt.NDArray[np.str_]

SYMBOLS = {".": "free", "#": "wall", "F": "forbidden", "S": "start", "T": "target"}
"""The characters of a map and what they stand for."""

LEGEND = ", ".join(f"{symbol!r} {meaning}" for symbol, meaning in SYMBOLS.items())

UNKNOWN = re.compile(f"[^{re.escape(''.join(SYMBOLS))}]")
"""Matches a character that no map holds."""

_CODES = np.array([ord(symbol) for symbol in SYMBOLS], "<u4")


def read(text: Any) -> CharArray:
    """Return the characters of a map given as a string or as a sequence of row strings; see `Layout.parse`.

    Returns:
        (H, W) "<U1", read-only.
    """
    rows = _rows(text)
    for i, row in enumerate(rows):
        if found := UNKNOWN.search(row):
            raise _unknown_character(i, found.start(), found.group())
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"row {i + 1} has length {len(row)}, expected {len(rows[0])} as in row 1; "
                "every row of a map must have the same length (rows counted from 1)"
            )
    return np.frombuffer("".join(rows).encode("utf-32-le"), "<U1").reshape(len(rows), -1)


def write(cells: CharArray) -> str:
    """Return the rows of an (H, W) "<U1" array, joined by newlines."""
    height, width = cells.shape
    lines = np.full((height, width + 1), "\n", "<U1")
    lines[:, :-1] = cells
    return lines.tobytes().decode("utf-32-le")[:-1]


def freeze(cells: Any) -> CharArray:
    """Check an array of characters and return an immutable copy, (H, W) "<U1"; see `Layout`."""
    given = np.asarray(cells)
    if given.dtype.kind != "U" or given.ndim != 2 or given.size == 0:
        raise ValueError(
            "cells must be a non-empty (height, width) array of single characters, got shape "
            f"{given.shape}, dtype {given.dtype}; to read text use Layout.parse"
        )
    single = np.ascontiguousarray(given, "<U1")
    wrong = ~np.isin(single.view("<u4"), _CODES)
    if given.dtype != single.dtype:
        wrong |= given != single
    if wrong.any():
        row, column = divmod(int(np.argmax(wrong)), given.shape[1])
        raise _unknown_character(row, column, str(given[row, column]))
    # An array over bytes can never be made writable again, so a layout's hash stays true.
    return np.frombuffer(single.tobytes(), "<U1").reshape(single.shape)


def _rows(text: Any) -> list[str]:
    """Split a map into rows, without the white space around it, line ends, and a file's byte order mark."""
    if isinstance(text, str):
        rows = text.replace("\r\n", "\n").split("\n")
    elif isinstance(text, Sequence) and all(isinstance(row, str) for row in text):
        rows = list(text)
    else:
        raise ValueError(
            f"a map must be a string or a sequence of row strings, got {reprlib.repr(text)}; it holds {LEGEND}"
        )
    rows = [row.removeprefix("\ufeff").rstrip(" \t\r\n") for row in rows]
    filled = [i for i, row in enumerate(rows) if row]
    if not filled:
        raise ValueError(f"a map must have at least one row and one column, got none; it holds {LEGEND}")
    rows = rows[filled[0] : filled[-1] + 1]
    indent = min(len(row) - len(row.lstrip(" \t")) for row in rows if row)
    return [row[indent:] for row in rows]


def _unknown_character(row: int, column: int, found: str) -> ValueError:
    return ValueError(
        f"row {row + 1}, column {column + 1} holds {found!r}; allowed are {LEGEND} (rows and columns counted from 1)"
    )
