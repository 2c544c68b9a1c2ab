"""What was measured, kept: `results.json` holds the last figures, and tells which ratio fell since.

One row a line of a table, by section and title. A row that could not be measured keeps its last ratio, and says so.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from report import Comparison, machine, notes

if TYPE_CHECKING:
    from report import Fact

PATH = Path(__file__).resolve().parent / "results.json"
FALL = 0.2
"""Share by which a ratio may be worse than the stored one before that is a regression."""

Found = dict[str, list["Comparison | Fact"]]
Stored = dict[str, Any]


def read(path: Path = PATH) -> Stored:
    """Return what is stored: {"sections": {name: {"machine", "notes", "rows": {title: {"cells", "ratio"}}}}}."""
    return json.loads(path.read_text()) if path.is_file() else {"sections": {}}


def key(row: Comparison | Fact) -> str:
    """Return what tells a row from the others of its section."""
    peer = row.peer if isinstance(row, Comparison) else None
    return row.title if peer is None else f"{row.title} | {peer.name}"


def stored_row(row: Comparison | Fact, before: dict[str, Any] | None) -> dict[str, Any]:
    """Return a row as it is stored: its cells, and its median ratio, or the last one there was."""
    ratios = row.ratios if isinstance(row, Comparison) else []
    return {
        "cells": list(row.cells()),
        "ratio": float(f"{median(ratios):.4g}") if ratios else (before or {}).get("ratio"),
    }


def merged(found: Found, before: Stored) -> Stored:
    """Return what is to be stored: every section that was measured anew, the others as they were."""
    sections = dict(before["sections"])
    for name, rows in found.items():
        old = sections.get(name, {}).get("rows", {})
        sections[name] = {
            "machine": machine(),
            "notes": notes(rows),
            "rows": {key(row): stored_row(row, old.get(key(row))) for row in rows},
        }
    return {"sections": sections}


def regressions(found: Found, before: Stored) -> list[str]:
    """Return a line for each ratio that is worse than the stored one by more than `FALL`."""
    lines = []
    for name, rows in found.items():
        kept = before["sections"].get(name, {}).get("rows", {})
        for row in rows:
            last = kept.get(key(row), {}).get("ratio")
            if last is None or not isinstance(row, Comparison) or not row.ratios:
                continue
            ratio = median(row.ratios)
            if (ratio / last if row.ratio == "speed" else last / ratio) < 1 - FALL:
                lines.append(f"{key(row)}: {last:g} before, {ratio:.3g} now")
    return lines


def write(stored: Stored, path: Path = PATH) -> None:
    """Write what is stored."""
    path.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n")
