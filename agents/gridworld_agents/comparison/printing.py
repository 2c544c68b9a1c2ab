"""A comparison as tables in the terminal, one for each environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridworld_agents.comparison.columns import FRACTIONS
from gridworld_agents.core.public import export
from gridworld_env.authoring import Sheet, printable

if TYPE_CHECKING:
    import numpy.typing as npt
    from rich.console import Group

    from gridworld_agents.comparison.results import Comparison
LONGEST_WORD = 32
"""Of an agent's label, that is not broken in a narrow terminal."""


@export("gridworld_agents.comparison.table")
def table(comparison: Comparison) -> Group:
    """Return final scores and times of each agent on each environment: medians over the seeds that finished.

    Args:
        comparison: Finished or not.

    Returns:
        Tables for a console of rich, one an environment.
    """
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table

    tables = []
    for env in comparison.suite.envs:
        reference, exact = comparison.references[env.label], comparison.exact(env.label)
        steps = [f"steps to\n{fraction:.0%}" for fraction in FRACTIONS] if reference.optimum else []
        known = "" if reference.played is None else f", known optimum {reference.played:.4g}"
        why = reference.reason if reference.played is None else ""
        made = Table(
            title=printable(f"{env.label}{known}"),
            title_justify="left",
            title_style="bold",
            caption=f"played, not exact: {escape(printable(why))}" if why else None,
            caption_justify="left",
            box=None,  # lines between columns would take the room that labels need in a narrow terminal
            padding=(0, 1),
            header_style="bold",
        )
        words = [len(word) for agent in comparison.suite.agents for word in printable(agent.label).split()]
        made.add_column("agent", overflow="fold", min_width=min(LONGEST_WORD, max(words, default=0)))
        for heading in ("seeds", "gap" if exact else "return", "worst", *steps, "seconds"):
            made.add_column(heading, justify="right", overflow="fold", min_width=max(map(len, heading.split("\n"))))
        for agent in comparison.suite.agents:
            made.add_row(*cells(comparison, env.label, agent.label))
        tables.append(made)
    return Group(*tables)


def cells(comparison: Comparison, env: str, agent: str) -> list[str]:
    """Return the texts of a row."""
    runs, optimum = comparison.of(env, agent), comparison.references[env].optimum
    finished = [run for run in runs if run.finished]
    failed = sum(run.status == "failed" for run in runs)
    seeds = f"{len(finished)}" + (f" ({failed} failed)" if failed else "")
    agent = printable(agent)
    if not finished:
        return [agent, seeds, "-", "-", *(["-"] * len(FRACTIONS) if optimum else []), "-"]
    scores = np.array([run.score for run in finished])
    worst = scores.max() if comparison.exact(env) else scores.min()
    reached = [typical(comparison.times_to(env, agent, each), "{:,.0f}") for each in FRACTIONS] if optimum else []
    seconds = float(np.median([run.seconds[-1] if len(run.seconds) else np.nan for run in finished]))
    return [agent, seeds, f"{np.median(scores):.4g}", f"{worst:.4g}", *reached, f"{seconds:.3g}"]


def sheet(comparison: Comparison) -> Sheet:
    """Return the same as one table, for notebooks."""
    steps = [f"steps to {fraction:.0%}" for fraction in FRACTIONS]
    headings = ("environment", "agent", "seeds", "score", "median", "worst", *steps, "seconds")
    rows = []
    for env in comparison.suite.envs:
        exact, optimum = comparison.exact(env.label), comparison.references[env.label].optimum
        for agent in comparison.suite.agents:
            name, seeds, *scores, seconds = cells(comparison, env.label, agent.label)
            scores += [] if optimum else [""] * len(FRACTIONS)
            rows.append([printable(env.label), name, seeds, "gap" if exact else "return", *scores, seconds])
    caption = f"final scores of {len(comparison.suite.seeds)} seeds, {comparison.suite.steps:,} steps"
    return Sheet(caption, headings, rows, len(rows))


@export("gridworld_agents.comparison.failures")
def failures(comparison: Comparison) -> list[str]:
    """Return a line for each run of a `comparison` that failed, with its reason."""
    return [
        f"failed: {printable(f'{run.agent} on {run.env}')}, seed {run.seed}: {run.reason}"
        for run in comparison.failures
    ]


def typical(times: npt.NDArray[np.float64], form: str) -> str:
    """Return the median of times, "never" where half or more of the runs never came there."""
    middle = float(np.median(times)) if len(times) else np.inf
    return form.format(middle) if np.isfinite(middle) else "never"
