"""Agents of three families on one environment, 5 seeds each, compared with the exact optimum: a table and a report.

`python examples/demo.py [FOLDER]` runs what is left of examples/suites/demo.toml and writes FOLDER/report.html.
"""

from __future__ import annotations

import pathlib
import sys
import time

from rich.console import Console

from gridworld_agents.comparison import Interrupted, Live, failures, read_suite, run_suite, sentences, table
from gridworld_agents.report import write

SUITE = pathlib.Path(__file__).with_name("suites") / "demo.toml"


def main(folder):
    """Compare, print and report; return the exit status."""
    begin, console = time.perf_counter(), Console()
    command = f"gridworld compare examples/suites/{SUITE.name} --out {folder}"
    try:
        found = run_suite(read_suite(SUITE), folder, resume=True, command=command, watch=Live(console))
    except (Interrupted, KeyboardInterrupt):
        console.print(f"stopped, everything is kept: the same command goes on in {folder}", soft_wrap=True)
        return 130
    console.print(table(found))
    for sentence in sentences(found, confidence=0.95):
        console.print(sentence, highlight=False)
    for reason in failures(found)[:1]:
        console.print(reason, highlight=False, markup=False, soft_wrap=True)
    page = write(found)
    console.print(f"{page} has the curves, and what each agent learned ({time.perf_counter() - begin:.0f} s)")
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "runs/demo"))
