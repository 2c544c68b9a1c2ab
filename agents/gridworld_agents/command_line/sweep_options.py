"""`--alpha 0.1 0.2 0.5` of `gridworld compare`: options that are hyper-parameters, with several values."""

from __future__ import annotations

import contextlib
import difflib
from typing import TYPE_CHECKING, Any

import click

from gridworld_agents.command_line.environments import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

SWEEP = "gridworld_agents.sweep"
"""Where a command's context keeps the words of the sweep."""


class SweepCommand(click.Command):
    """A command that keeps the options which it does not have itself, and that have values, for `sweep_of`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take them out, and parse the rest."""
        own = {name for param in self.get_params(ctx) for name in (*param.opts, *param.secondary_opts)}
        kept: dict[str, list[str]] = ctx.meta.setdefault(SWEEP, {})
        rest: list[str] = []
        words = list(args)
        while words:
            word = words.pop(0)
            name, equals, first = word.partition("=")
            if not name.startswith("--") or name in own or not (equals or (words and _is_value(words[0]))):
                rest.append(word)
                continue
            values = kept.setdefault(name, [])
            values += [first] if equals else []
            while words and _is_value(words[0]):
                values.append(words.pop(0))
        return super().parse_args(ctx, rest)


def sweep_of(ctx: click.Context, hyper_parameters: Sequence[str]) -> dict[str, list[Any]]:
    """Return the values of hyper-parameters that were given, by name.

    Args:
        ctx: Of a `SweepCommand`.
        hyper_parameters: Of all agents.

    Raises:
        click.NoSuchOption: If an option is not one of them, with the nearest that there is.
    """
    found: dict[str, list[Any]] = {}
    for flag, words in ctx.meta[SWEEP].items():
        name = flag.removeprefix("--").replace("-", "_")
        if name not in hyper_parameters:
            own = [option for param in ctx.command.params for option in param.opts if option.startswith("--")]
            flags = [f"--{one.replace('_', '-')}" for one in hyper_parameters]
            raise click.NoSuchOption(flag, possibilities=difflib.get_close_matches(flag, [*own, *flags], n=1), ctx=ctx)
        found[name] = [literal(word) for word in words]
    return found


def _is_value(word: str) -> bool:
    """Return whether a word is the value of an option, and no option itself: a number may be negative."""
    if not word.startswith("-"):
        return True
    with contextlib.suppress(ValueError):
        float(word)
        return True
    return False
