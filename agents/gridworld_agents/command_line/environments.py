"""Environments by name: made from an id and `--env-arg`, with errors of one line."""

from __future__ import annotations

import ast
import contextlib
import difflib
from typing import Any

import click
import gymnasium as gym

import gridworld_env  # noqa: F401 - registers the ids
from gridworld_agents.command_line.own_callbacks import named_module
from gridworld_agents.core.env_arguments import with_files

GIVEN = "gridworld_agents.env_args"
"""Where a command's context keeps the words of `--env-arg`."""
_WORDS = {"true": True, "false": False, "none": None}


def env_args(command: Any) -> Any:
    """Add the option `--env-arg name=value`, which may be given several times, to a command."""
    return click.option(
        "--env-arg",
        "arguments",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_read,
        help="An argument of the environment: slip=0.1, layout=four-rooms, layout=@map.txt (a map's file). "
        "May be repeated.",
    )(command)


def imports(command: Any) -> Any:
    """Add the option `--import MODULE`, which may be given several times and imports at once, to a command."""
    return click.option(
        "--import",
        "modules",
        metavar="MODULE",
        multiple=True,
        expose_value=False,
        callback=_import,
        help="Import a module that registers the run's environment. May be repeated.",
    )(command)


def _import(_ctx: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> None:
    for name in names:
        named_module(name)


def _read(ctx: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, Any]:
    ctx.meta[GIVEN] = given
    return parsed(given)


def parsed(given: tuple[str, ...]) -> dict[str, Any]:
    """Return `name=value` texts as a dictionary; values are read as Python literals where they are any, else as text.

    `layout=@FILE` is the path of that file.

    Raises:
        click.BadParameter: If one has no name or no `=`, or there is no such file.
    """
    arguments: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise click.BadParameter(f"must be NAME=VALUE, got {text!r}")
        arguments[name.strip()] = literal(value.strip())
    try:
        return with_files(arguments)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def literal(text: str) -> Any:
    """Return what a text on the command line means: a Python literal where it is one, else the text."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    with contextlib.suppress(ValueError, SyntaxError):
        return ast.literal_eval(text)
    return text.replace("\\n", "\n")


def make_env(env_id: str, arguments: dict[str, Any], **more: Any) -> gym.Env[Any, Any]:
    """Make an environment.

    Raises:
        click.UsageError: If there is none of that id, with the nearest, or it refuses its arguments.
    """
    module, _, name = env_id.rpartition(":")
    if not module and name not in gym.registry:  # a module named before the id may register it
        raise click.UsageError(f"there is no environment {env_id!r}{_nearest(name)}; `gridworld list envs` lists ours")
    try:
        return gym.make(env_id, **arguments, **more)
    except (ValueError, TypeError, ImportError, gym.error.Error) as error:
        raise click.UsageError(f"{env_id} cannot be made: {error}") from error


def _nearest(name: str) -> str:
    known = {known_id.lower(): known_id for known_id in gym.registry}
    # A short name such as `maze` is nearest to the end of an id.
    ends = {known_id.lower().rpartition("/")[2]: known_id for known_id in reversed(list(gym.registry))}
    near = difflib.get_close_matches(name.lower(), [*known, *ends], n=1, cutoff=0.5)
    return f"; did you mean {known.get(near[0]) or ends[near[0]]!r}?" if near else ""
