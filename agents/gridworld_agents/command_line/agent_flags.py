"""Flags of agents: made from the fields of their hyper-parameters, read without knowing any agent."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import re
from typing import Any

import click

from gridworld_agents.command_line.environments import literal

_FIELD = re.compile(r"^    (\w+)\s*:[^#\n]*#\s*(.+)$", re.MULTILINE)
"""A field of a dataclass and the comment beside it."""


def options(factory: Any) -> list[click.Option]:
    """Return an option for each hyper-parameter of an agent; values are read as Python literals, else as text."""
    parameters = getattr(factory, "Config", None)
    if not isinstance(parameters, type) or not dataclasses.is_dataclass(parameters):
        return []
    comments = _comments(parameters)
    made = []
    for field in dataclasses.fields(parameters):
        default = field.default
        known = default is not dataclasses.MISSING and default is not None
        made.append(
            click.Option(
                [f"--{field.name.replace('_', '-')}", field.name],
                metavar="VALUE",
                help=(comments.get(field.name) or field.metadata.get("help", ""))
                + (f"  [default: {default}]" if known else ""),
            )
        )
    return made


def given(factory: Any, values: dict[str, str | None]) -> dict[str, Any]:
    """Return the hyper-parameters that were given on the command line."""
    names = {option.name for option in options(factory)}
    return {name: literal(text) for name, text in values.items() if name in names and text is not None}


def _comments(cls: type) -> dict[str, str]:
    comments: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        with contextlib.suppress(OSError, TypeError):  # there is no source to read
            comments |= dict(_FIELD.findall(inspect.getsource(base)))
    return comments
