"""`import gridworld_env` beside `import gymnasium`, each in a fresh interpreter, and what the import drags in."""

from __future__ import annotations

import argparse
import functools
import json
import subprocess
import sys
from typing import Any

import harness
from peer_environments import last_line
from report import Comparison, Fact, Goal
from sides import WorkerError
from worker import Sample

HEAVY = ("numba", "pygame", "torch", "scipy", "matplotlib", "stable_baselines3")
LEAST_REPEATS = 15
"""One import takes so little that five would tell little."""
CODE = """
import json, sys, time
start = time.perf_counter()
import {module}
seconds = time.perf_counter() - start
print(json.dumps([seconds, [name for name in {heavy} if name in sys.modules]]))
"""


class FreshImport:
    """A side that imports a module in a new interpreter each time."""

    def __init__(self, module: str) -> None:
        self.code = CODE.format(module=module, heavy=HEAVY)
        self.versions: dict[str, str] = {}
        self.facts: dict[str, Any] = {}
        self.idle = 0.0

    def repeat(self, seconds: float) -> Sample:  # noqa: ARG002 - an import takes what it takes
        """Import once."""
        command = [sys.executable, "-P", "-c", self.code]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise WorkerError(last_line(done.stderr))
        spent, self.facts["heavy"] = json.loads(done.stdout)
        return Sample(1, spent)


def run(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Import in turn."""
    more = argparse.Namespace(**{**vars(options), "repeats": max(options.repeats, LEAST_REPEATS)})
    row = harness.compare(
        "import gridworld_env",
        functools.partial(FreshImport, "gridworld_env"),
        ("import gymnasium", functools.partial(FreshImport, "gymnasium")),
        more,
        unit="s",
        ratio="time",
        goal=Goal(most=1.3),
    )
    if row.failed:
        return [row]
    heavy = row.ours.facts["heavy"]
    text = f"{', '.join(heavy) or 'none'} of {', '.join(HEAVY)}"
    return [row, Fact("import gridworld_env: heavy modules loaded", len(heavy), text, Goal(most=0))]


if __name__ == "__main__":
    sys.exit(harness.main(harness.parser(__doc__).parse_args(), run))
