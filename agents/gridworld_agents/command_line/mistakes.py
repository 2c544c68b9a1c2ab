"""What click says of a wrong command line, and the way out that it does not know."""

from __future__ import annotations

import contextlib
import difflib
import re

import click

CLOSE = 0.8
"""How alike an option that is not there and one that is must be, from 0 to 1, for it to be a slip of the pen."""

_NO_NUMBER = re.compile(r"'(.*)' is not a valid integer")
"""What click says of a word that is not an integer."""


class AgentFlag(click.Option):
    """A flag that is one of an agent's hyper-parameters."""


class Failed(click.ClickException):
    """What was asked for was right, and failed: the exit status is 1, not 2."""


def explained(error: click.ClickException) -> str:
    """Return an error's message, with the way out."""
    if isinstance(error, click.NoSuchOption):
        own = _own_flags(error)  # instead of what click finds a little like it, such as --help for --lr
        return (error.message if own else error.format_message()) + own + _argument_of_env(error)
    if isinstance(error, click.BadParameter) and (found := _NO_NUMBER.match(error.message)):
        name = error.param.opts[0] if error.param is not None else "this"
        return f"{name} must be a whole number, got {found[1]!r}{_whole(found[1])}"
    return error.format_message()


def _own_flags(error: click.NoSuchOption) -> str:
    """Return the flags of the agent that is trained, where one of them may have been meant by another name."""
    params = [] if error.ctx is None else error.ctx.command.params
    own = [param.opts[0] for param in params if isinstance(param, AgentFlag)]
    if error.ctx is None or not own or is_near(error):
        return ""
    return f" The hyper-parameters of {error.ctx.command.name} are {', '.join(own)}."


def _argument_of_env(error: click.NoSuchOption) -> str:
    """Return how an environment is given an argument, where that may have been meant."""
    if "--env-arg" not in _options(error) or is_near(error):
        return ""
    return f" An argument of the environment is given by --env-arg {error.option_name.lstrip('-')}=VALUE"


def is_near(error: click.NoSuchOption) -> bool:
    """Return whether an option that is not there is nearly one that is."""
    return bool(difflib.get_close_matches(error.option_name, _options(error), cutoff=CLOSE))


def _options(error: click.NoSuchOption) -> list[str]:
    return [] if error.ctx is None else [name for param in error.ctx.command.params for name in param.opts]


def _whole(text: str) -> str:
    """Return how a number such as 1e6 is to be written."""
    with contextlib.suppress(ValueError):
        number = float(text)
        if number.is_integer():
            return f": write {int(number)}"
    return ""
