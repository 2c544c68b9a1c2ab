"""Entry point: finds the subcommand, and turns errors that a user can mend into one line and exit code 2."""

from __future__ import annotations

import difflib
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from gridworld_agents.command_line.mistakes import Failed, explained
from gridworld_agents.command_line.streams import in_any_encoding
from gridworld_env.authoring import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "list": "show agents, environments and layouts",
    "train": "train an agent, or go on with a run",
    "evaluate": "say how good the agent of a run is, exactly where that can be known",
    "watch": "watch the agent of a run, in a window or into a file",
    "compare": "compare agents on environments over many seeds, on all cores or a cluster",
    "check": "check an agent against what plugins must keep to",
    "play": "play an environment yourself, in a window or in the terminal",
    "solve": "compute exact optimal values, as a table and as a picture",
}
"""Each subcommand and its line of help; command `x` is `command` in the module `x_command`."""


LONGEST = 4000
"""Characters of an error that are shown: lists of what is known are longer than other texts."""


class _Lazy(click.Group):
    """A group that imports a subcommand when it is called, so that others cannot slow it down."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gridworld_agents.command_line.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            suggestion = f"; did you mean {near[0]!r}?" if near else "."
            raise click.UsageError(f"no command {args[0]!r}{suggestion} The commands are {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _show_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from gridworld_env import __version__

        click.echo(f"gridworld, version {__version__}")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--traceback", is_flag=True, help="Show where an error comes from.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
def cli(traceback: bool) -> None:
    """Grid worlds that know their own optimum, and agents measured against it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 if all went well, 1 if runs failed, 2 after an error, 130 after Ctrl-C.

    Args:
        arguments: What follows the command's name; by default what the shell gave.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    in_any_encoding()
    try:
        status = cli.main(arguments, prog_name="gridworld", standalone_mode=False)
    except click.ClickException as error:
        _fail(explained(error), 1 if isinstance(error, Failed) else 2)
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has gone: `gridworld | head`
        sys.exit(0)
    except Exception as error:
        if "--traceback" in arguments or not _is_users(error):
            raise
        _fail(str(error), 2)
    sys.exit(status if isinstance(status, int) else 0)


def _is_users(error: Exception) -> bool:
    """Return whether an error is one that its reader can mend: a wrong value, a missing file or library."""
    import gymnasium as gym

    return isinstance(error, (ValueError, OSError, ImportError, RuntimeError, gym.error.Error))


def _fail(message: str, status: int) -> None:
    print("gridworld:", printable(" ".join(message.split()), LONGEST), file=sys.stderr)  # noqa: T201 - this is the command line
    sys.exit(status)
