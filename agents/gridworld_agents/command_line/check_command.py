"""`gridworld check`: does an agent keep to the contract? For those who write one."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.environments import env_args, make_env

STYLES = {"passed": "green", "failed": "bold red", "skipped": "dim"}


@click.command(name="check")
@click.argument("agent")
@click.option("--env", "env_id", metavar="ID", help="Check its form and randomness on this environment.")
@click.option("--steps", default=20_000, show_default=True, type=click.IntRange(min=4), help="To learn a corridor in.")
@click.option("--skip", multiple=True, metavar="NAME", help="Leave out a check. May be repeated.")
@env_args
def command(agent: str, env_id: str | None, steps: int, skip: tuple[str, ...], arguments: dict[str, Any]) -> int:
    """Check that AGENT keeps to what every agent must: its methods, its random numbers, its files, what it learns.

    The exit code is 1 if a check fails.
    """
    if arguments and env_id is None:
        raise click.UsageError("--env-arg needs --env")
    from gridworld_agents.checking.runner import check_agent

    env = None if env_id is None else make_env(env_id, arguments)
    report = check_agent(agent, env, steps=steps, skip=skip, raise_on_failure=False)
    table = Table(title=f"Checks of {agent}", title_justify="left")
    for name in ("check", "result", "what was seen"):
        table.add_column(name, no_wrap=name != "what was seen", overflow="fold")
    for finding in report:
        table.add_row(finding.name, finding.status, finding.message, style=STYLES[finding.status])
    out = console()
    out.print(table)
    counts = {status: sum(finding.status == status for finding in report) for status in STYLES}
    out.print(", ".join(f"{count} {status}" for status, count in counts.items()))
    return int(not report.ok)
