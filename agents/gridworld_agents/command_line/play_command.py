"""`gridworld play`: play an environment yourself."""

from __future__ import annotations

from typing import Any

import click

from gridworld_agents.command_line.environments import env_args, make_env
from gridworld_agents.command_line.play import in_terminal, in_window
from gridworld_agents.command_line.play.continuous_session import ContinuousSession
from gridworld_agents.command_line.play.session import COMMANDS, Session
from gridworld_agents.command_line.streams import can_type
from gridworld_env import oracle, rendering

_KEYS = "\b\nKeys:\n" + "\n".join(f"  {command:<11} {keys}" for command, keys in COMMANDS.items())


@click.command(name="play", epilog=_KEYS)
@click.argument("env_id", metavar="ENV")
@click.option("--ansi", is_flag=True, help="Play in the terminal instead of a window.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the first episode.")
@click.option("--gamma", default=0.9, show_default=True, type=click.FloatRange(0, 1), help="Discount of the values.")
@click.option("--size", type=click.IntRange(16, 8192), help="Pixels of the window's longer side.")
@env_args
def command(env_id: str, ansi: bool, seed: int | None, gamma: float, size: int | None, arguments: Any) -> None:
    """Play ENV, a grid world or one whose optimum is known, yourself: it waits for your moves.

    At the end stands your return beside the best return possible.
    """
    if ansi and not can_type():
        raise click.UsageError("--ansi reads keys from a terminal, and standard input is not one")
    env = make_env(env_id, arguments, render_mode="rgb_array")
    session = (Session if oracle.continuous_oracle(env) is None else ContinuousSession)(env, gamma, seed)
    if not ansi:
        try:
            in_window.play(session, env_id, size)
        except rendering.NoDisplayError as error:
            if not can_type():
                raise click.UsageError("there is no display for a window: --ansi plays in a terminal") from error
            ansi = True
    if ansi:
        in_terminal.play(session)
    click.echo(f"{env_id}: {session.result}")
