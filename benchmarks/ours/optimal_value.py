"""Our exact solution of the large grid, in a process that holds nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import memory
import numpy as np
import worker
from large_grid import GAMMA, model

from gridworld_env import TabularMDP, oracle

given = worker.arguments()


def solve(mdp: TabularMDP) -> oracle.Solution:
    """Solve to the tolerance that is measured."""
    return oracle.optimal(
        mdp, gamma=GAMMA, tolerance=1e-8 / (1 - GAMMA)
    )  # of the values, as 1e-8 of the residual that is measured


solve(model(8))  # compiles
mdp = model(given["size"])
weight_of_model = memory.peak()
best = None


def block() -> int:
    """Solve once."""
    global best  # noqa: PLW0603 - for the facts, which are told after the clock has stopped
    best = solve(mdp)
    return 1


def facts() -> dict[str, Any]:
    """Return the error's bound and the memory; leave the values where the harness compares them."""
    if best is None:
        return {}
    np.save(Path(given["folder"], "ours.npy"), best.v)
    return {"residual": float(best.residual), "peak": memory.peak(), "model": weight_of_model}


worker.serve(block, facts=facts)
