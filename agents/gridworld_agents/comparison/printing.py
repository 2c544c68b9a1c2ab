"""A comparison as a table in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridworld_agents.comparison.results import FRACTIONS

if TYPE_CHECKING:
    import numpy.typing as npt
    from rich.table import Table

    from gridworld_agents.comparison.results import Comparison


def table(comparison: Comparison) -> Table:
    """Return final scores and times of each agent on each environment: medians over the seeds that finished."""
    from rich.table import Table

    exact = any(comparison.exact(env.label) for env in comparison.suite.envs)
    steps = [f"steps to {fraction:.0%}" for fraction in FRACTIONS] if exact else []
    made = Table("environment", "agent", "seeds", "score", "worst", *steps, "seconds")
    for env in comparison.suite.envs:
        for agent in comparison.suite.agents:
            made.add_row(*cells(comparison, env.label, agent.label, steps=bool(steps)))
        made.add_section()
    return made


def cells(comparison: Comparison, env: str, agent: str, *, steps: bool = True) -> list[str]:
    """Return the texts of a row."""
    runs = comparison.of(env, agent)
    finished = [run for run in runs if run.finished]
    failed = sum(run.status == "failed" for run in runs)
    seeds = f"{len(finished)}" + (f" ({failed} failed)" if failed else "")
    if not finished:
        return [env, agent, seeds, "-", "-", *(["-"] * len(FRACTIONS) if steps else []), "-"]
    scores = np.array([run.score for run in finished])
    exact = comparison.exact(env)
    worst = scores.max() if exact else scores.min()
    optimum = comparison.references[env].optimum
    reached = [
        typical(comparison.times_to(env, agent, fraction), "{:,.0f}") if optimum else "-" for fraction in FRACTIONS
    ]
    seconds = float(np.median([run.seconds[-1] if len(run.seconds) else np.nan for run in finished]))
    name = "gap" if exact else "return"
    return [
        env,
        agent,
        seeds,
        f"{name} {np.median(scores):.4g}",
        f"{worst:.4g}",
        *(reached if steps else []),
        f"{seconds:.3g}",
    ]


def typical(times: npt.NDArray[np.float64], form: str) -> str:
    """Return the median of times, "never" where half or more of the runs never came there."""
    middle = float(np.median(times)) if len(times) else np.inf
    return form.format(middle) if np.isfinite(middle) else "never"
