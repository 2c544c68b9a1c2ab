"""`docs/benchmarks.md`: its tables are those of `results.json`, between markers; the rest is written by hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from report import HEADER, markdown_table

if TYPE_CHECKING:
    from storing import Stored

PATH = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
MARKED = re.compile(r"(<!-- bench:begin (\S+) -->\n).*?(<!-- bench:end \2 -->)", re.DOTALL)


def section(name: str, stored: Stored) -> str:
    """Return the table of a section, the machine it was measured on and the peers' versions."""
    kept = stored["sections"].get(name)
    if kept is None:
        return "Not measured yet.\n"
    table = markdown_table([HEADER, *(row["cells"] for row in kept["rows"].values())])
    notes = "; ".join([kept["machine"], *kept["notes"]])
    return f"{table}\n\n<small>{notes}</small>\n"


def rewritten(text: str, stored: Stored) -> str:
    """Return the page with every table as it is stored.

    Raises:
        ValueError: If a section that is stored has no place on the page.
    """
    places = {match[2] for match in MARKED.finditer(text)}
    missing = [name for name in stored["sections"] if name not in places]
    if missing:
        raise ValueError(f"the page has no place for {missing[0]!r}: add <!-- bench:begin {missing[0]} --> and its end")
    return MARKED.sub(lambda match: f"{match[1]}{section(match[2], stored)}{match[3]}", text)
