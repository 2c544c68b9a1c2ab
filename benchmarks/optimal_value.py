"""The exact optimum of a large slippery grid: our oracle beside QuantEcon's modified policy iteration."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import harness
import numpy as np
from report import Comparison, Fact, Goal
from sides import Worker, our_worker, peer_worker

if TYPE_CHECKING:
    import argparse

SPEED = Goal(least=8)
MEMORY = Goal(most=1.0)  # GB
AGREEMENT = Goal(most=1e-6)
"""The peer promises to be within half of this."""


def run(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Solve in turn, then compare the values and read off the memory."""
    size = options.size
    place = f"{size} x {size} grid, slip 0.2, gamma 0.99"
    with tempfile.TemporaryDirectory() as folder:
        given = {"size": size, "folder": folder}

        def ours() -> Worker:
            our_worker("export_large_grid.py", **given).close()
            return our_worker("optimal_value.py", **given)

        def peer() -> Worker:
            return peer_worker("quantecon", "quantecon_ddp.py", **given)

        row = harness.compare(
            f"exact solution: {place}",
            ours,
            ("QuantEcon", peer),
            options,
            unit="s",
            goal=SPEED,
            warm_ups=0,  # the workers have compiled on a small model
        )
        return [row, *facts(row, Path(folder))]


def facts(row: Comparison, folder: Path) -> list[Fact]:
    """Return the memory, the error's bound and the agreement."""
    found = row.ours.facts
    if row.failed:
        return []
    peak = found["peak"] / 1e9
    told = f"{peak:.3g} GB, {found['model'] / 1e9:.3g} GB before solving; residual {found['residual']:.2g}"
    difference = None
    if row.ratios:
        v = np.load(folder / "ours.npy")
        difference = float(np.abs(v - np.load(folder / "peer.npy")[: len(v)]).max())  # without the absorbing state
    return [
        Fact("exact solution: peak memory", peak, told, MEMORY),
        Fact(
            "exact solution: max |v - v of QuantEcon|",
            difference,
            "not measured" if difference is None else f"{difference:.2g}",
            AGREEMENT,
        ),
    ]


if __name__ == "__main__":
    sys.exit(harness.main(harness.parser(__doc__).parse_args(), run))
