"""Run all figures: a table of what is published and what is found, the pictures, and the page of the documentation.

`python examples/figures/all.py [--out FOLDER] [--page docs/reproduced.md]`; the exit status is 1 if a claim fails.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from figure import Claim

FOLDER = Path(__file__).resolve().parent

PAGE = """# Reproduced figures

What is claimed is reproduced: published numbers and curves, recomputed by short scripts, one a figure. Written by
`make figures` (`examples/figures/all.py`).

**What is checked.** A claim is a published number or statement, and an interval in which what is found must lie. The
interval was fixed before the run. Where the answer can be known exactly, it is half a unit of the last printed digit,
or rounding. Where chance has a part, seeds and the number of runs are fixed, and the interval follows from the error of
the mean; where it is wider, the script argues for it. The tests run every script and fail if a claim does not hold.

**Where a publication is wrong,** the interval is around what its own settings lead to, and the note says "anomaly". The
first lines of each script tell what is published, with which settings, what is recomputed, and what is odd.

Zhao (2025) is Shiyu Zhao, *Mathematical Foundations of Reinforcement Learning*; Sutton and Barto is their
*Reinforcement Learning*, second edition, 2018. Published are words or numbers in the form of the source.

{number} figures, {claims} claims{failed}.

{sections}
## Run one

```
python examples/figures/{name}.py --out picture.png
```

prints its claims and saves its picture. `make figures` runs all, saves the pictures in `runs/figures` and writes this
page; `make docs` puts them on it.
"""


def scripts() -> list[ModuleType]:
    """Return the figures: the modules beside this one that have an experiment, Zhao's first and in its order."""
    names = sorted(path.stem for path in FOLDER.glob("*.py"))
    modules = [importlib.import_module(name) for name in names if name != Path(__file__).stem]
    return sorted((module for module in modules if hasattr(module, "experiment")), key=place)


def place(module: ModuleType) -> tuple[bool, list[int], str]:
    """Return what to sort figures by: not Zhao's, its first number, and the file's name."""
    number = re.search(r"(\d+)\.(\d+)", module.SOURCE)
    return (
        not module.SOURCE.startswith("Zhao"),
        [int(n) for n in number.groups()] if number else [],
        figure.name(module),
    )


def page(claims: dict[ModuleType, list[Claim]]) -> str:
    """Return the page of the documentation."""
    all_claims = [claim for those in claims.values() for claim in those]
    failed = sum(not claim.holds for claim in all_claims)
    return PAGE.format(
        number=len(claims),
        claims=len(all_claims),
        failed=f", of which {failed} DO NOT HOLD" if failed else ", all of which hold",
        sections="\n".join(section(module, those) for module, those in claims.items()),
        name=figure.name(next(iter(claims))),
    )


def section(module: ModuleType, claims: Sequence[Claim]) -> str:
    """Return a figure's part of the page."""
    script = f"examples/figures/{figure.name(module)}.py"
    rows = [("what", "published", "found", "interval", "note"), ("---",) * 5, *(claim.cells for claim in claims)]
    table = "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows)
    source = module.SOURCE[0].upper() + module.SOURCE[1:]
    return f"## {figure.title(module)}\n\n{source}: [script](../{script})\n\n{table}\n"


def main() -> int:
    """Run all, print, and write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="folder of the pictures (default: none are saved)")
    parser.add_argument("--page", type=Path, help="the page of the documentation (default: it is not written)")
    options = parser.parse_args()
    claims = {}
    for module in scripts():
        data = module.experiment()
        claims[module] = module.claims(data)
        if options.out:
            figure.save(module, data, options.out / f"{figure.name(module)}.png")
    figure.print_claims(claims)
    if options.page:
        options.page.write_text(page(claims), encoding="utf-8")
    return int(not all(claim.holds for those in claims.values() for claim in those))


if __name__ == "__main__":
    sys.exit(main())
