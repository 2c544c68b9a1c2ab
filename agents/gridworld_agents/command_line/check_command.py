"""`gridworld check`: does an agent keep to the contract? For those who write one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.environments import env_args, make_env

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STYLES = {"passed": "green", "failed": "bold red", "skipped": "dim"}


@click.command(name="check")
@click.argument("agent")
@click.option("--env", "env_id", metavar="ID", help="Check its form and randomness on this environment.")
@click.option(
    "--steps",
    default=20_000,
    show_default=True,
    type=click.IntRange(min=4),
    help="Training steps for the learning checks.",
)
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
    with _progress() as watch:
        report = check_agent(agent, env, steps=steps, skip=skip, raise_on_failure=False, watch=watch)
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


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, str, int, int], None]]:
    """Yield what shows on standard error which check is under way, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    text = TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis"))
    columns = (BarColumn(bar_width=8), MofNCompleteColumn(), TimeElapsedColumn(), text)
    shown = Console(stderr=True)
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as bar:
        task = bar.add_task("")

        def watch(name: str, purpose: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=f"{name}: {purpose}")

        yield watch
