"""`--callback module:Class`: a callback of the user's own, from a module that the user names."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from types import ModuleType
GIVEN = "gridworld_agents.callback"
"""Where a command's context keeps the word of `--callback`."""


def callback_option(command: Any) -> Any:
    """Add the option `--callback MODULE:NAME` to a command: what is named so, None where it is left out."""
    return click.option(
        "--callback",
        metavar="MODULE:NAME",
        callback=_loaded,
        help="A callback of your own: a class, or a function of agent and progress.",
    )(command)


def named_module(name: str) -> ModuleType:
    """Import a module that the user named: one that is installed, else one in the working folder.

    Raises:
        click.BadParameter: If it cannot be imported, with the reason.
    """
    try:
        return _imported(name)
    except Exception as error:
        raise click.BadParameter(f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def _imported(name: str) -> ModuleType:
    top = name.partition(".")[0]
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # The folder is no place to look for anything else: who works in a stranger's folder runs nothing of it.
        spec = PathFinder.find_spec(top, [os.getcwd()]) if error.name == top else None  # noqa: PTH109
        if spec is None or spec.loader is None:
            raise
    module = importlib.util.module_from_spec(spec)
    sys.modules[top] = module
    try:
        spec.loader.exec_module(module)
        return importlib.import_module(name)
    except BaseException:
        del sys.modules[top]
        raise


def _loaded(ctx: click.Context, _option: click.Parameter, given: str | None) -> Any:
    ctx.meta[GIVEN] = given
    if given is None:
        return None
    name, colon, path = given.partition(":")
    if not colon or not path or not all(part.isidentifier() for part in (*name.split("."), *path.split("."))):
        raise click.BadParameter(f"must be MODULE:NAME, such as my_logger:Logger, got {given!r}")
    found: Any = named_module(name)
    for part in path.split("."):
        if not hasattr(found, part):
            raise click.BadParameter(f"the module {name} has no {path!r}")
        found = getattr(found, part)
    if not callable(found):
        raise click.BadParameter(f"{given} must be a class, or a function of agent and progress, got {found!r}")
    return found
