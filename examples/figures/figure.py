"""What all figures share: claims with an interval fixed beforehand, and the command line of one script.

A script has `SOURCE`, `experiment()`, `claims(data)` and `draw(data)`; one that takes more than some seconds says
`SLOW = True`. Its docstring's first line is its title.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from gridworld_agents import plotting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "runs" / "figures"

PUBLISHED = "#000000"
COLOURS = plotting.COLOURS
"""What is published is black; ours has these colours, which the colour-blind can tell apart."""


@dataclass(frozen=True)
class Claim:
    """A published number, and what is found."""

    what: str  # "value of the target, L = 4"
    published: str  # as printed: "3.4", "about 14"; or in words: "11 steps"
    found: float
    low: float  # what is found must be in [low, high], fixed before the run
    high: float
    note: str = ""  # runs, error of the mean, or why the interval is what it is

    @property
    def holds(self) -> bool:
        """Whether what is found is in the interval; NaN is in none."""
        return self.low <= self.found <= self.high

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """What, published, found, the interval and the note, as text."""
        return self.what, self.published, short(self.found), f"{short(self.low)} to {short(self.high)}", self.note


def short(number: float) -> str:
    """Return a number to six digits: `3.439`, `1e+06`. What rounding leaves of 0 is 0."""
    return "0" if abs(number) < 1e-12 else f"{number:.6g}"


def name(module: ModuleType) -> str:
    """Return the name of a figure: its file's, without the ending."""
    return Path(str(module.__file__)).stem


def title(module: ModuleType) -> str:
    """Return the title of a figure: the first line of its docstring, without the full stop."""
    return str(module.__doc__).partition("\n")[0].rstrip(".")


def main(module: ModuleType) -> int:
    """Run one figure: print its claims, save its picture. The exit status is 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(description=title(module))
    parser.add_argument("--out", type=Path, default=OUT / f"{name(module)}.png", help="the picture (%(default)s)")
    out = parser.parse_args().out
    data = module.experiment()
    claims = module.claims(data)
    print_claims({module: claims})
    save(module, data, out)
    return int(not all(claim.holds for claim in claims))


def print_claims(claims: dict[ModuleType, Iterable[Claim]]) -> None:
    """Print a table of the claims of some figures."""
    table = Table("what", "published", "found", "interval", "note", "")
    for module, those in claims.items():
        table.add_section()
        table.add_row(f"[bold]{title(module)}[/bold]", module.SOURCE)
        for claim in those:
            table.add_row(*claim.cells, "holds" if claim.holds else "[bold red]FAILS[/bold red]")
    Console().print(table)


def save(module: ModuleType, data: object, path: Path) -> None:
    """Draw what was found into a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    module.draw(data).savefig(path, dpi=120)
    print(f"picture: {path}")
