"""What click says of a wrong command line, and the way out that it does not know."""

from __future__ import annotations

import contextlib
import difflib
import re

import click

CLOSE = 0.8
"""How alike an option that is not there and one that is must be, from 0 to 1, for it to be a slip of the pen."""

_NO_NUMBER = re.compile(r"'(.*)' is not a valid integer")
"""What click says of a word that is no whole number."""


def explained(error: click.ClickException) -> str:
    """Return an error's message, with the way out."""
    if isinstance(error, click.NoSuchOption):
        return error.format_message() + _argument_of_env(error)
    if isinstance(error, click.BadParameter) and (found := _NO_NUMBER.match(error.message)):
        name = error.param.opts[0] if error.param is not None else "this"
        return f"{name} must be a whole number, got {found[1]!r}{_whole(found[1])}"
    return error.format_message()


def _argument_of_env(error: click.NoSuchOption) -> str:
    """Return how an environment is given an argument, where that may have been meant."""
    options = [] if error.ctx is None else [name for param in error.ctx.command.params for name in param.opts]
    if "--env-arg" not in options or difflib.get_close_matches(error.option_name, options, cutoff=CLOSE):
        return ""
    return f" An argument of the environment is given by --env-arg {error.option_name.lstrip('-')}=VALUE"


def _whole(text: str) -> str:
    """Return how a number such as 1e6 is to be written."""
    with contextlib.suppress(ValueError):
        number = float(text)
        if number.is_integer():
            return f": write {int(number)}"
    return ""
