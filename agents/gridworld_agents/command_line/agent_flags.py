"""Flags of agents: made from the fields of their hyper-parameters, read without knowing any agent."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from gridworld_agents.command_line.environments import literal
from gridworld_agents.command_line.mistakes import AgentFlag
from gridworld_agents.core.config import describe

if TYPE_CHECKING:
    import click


def options(factory: Any) -> list[click.Option]:
    """Return an option for each hyper-parameter of an agent; values are read as Python literals, else as text."""
    config = getattr(factory, "Config", None)
    if not isinstance(config, type) or not dataclasses.is_dataclass(config):
        return []
    made: list[click.Option] = []
    for field in dataclasses.fields(config):
        known = field.default is not dataclasses.MISSING and field.default is not None
        default = f"  [default: {field.default}]" if known else ""
        flag = f"--{field.name.replace('_', '-')}"
        made.append(AgentFlag([flag, field.name], metavar="VALUE", help=f"{describe(field)}{default}"))
    return made


def given(factory: Any, values: dict[str, str | None]) -> dict[str, Any]:
    """Return the hyper-parameters that were given on the command line."""
    names = {option.name for option in options(factory)}
    return {name: literal(text) for name, text in values.items() if name in names and text is not None}
