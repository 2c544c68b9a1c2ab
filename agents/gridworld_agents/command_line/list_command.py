"""`gridworld list`: what there is."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

import click
import gymnasium as gym
from rich.table import Table
from rich.text import Text

import gridworld_env
from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.plugin_trials import problems
from gridworld_agents.core import registry
from gridworld_env.authoring import printable

if TYPE_CHECKING:
    from gymnasium.envs.registration import EnvSpec

TALLEST = 13
"""Rows of a map that is shown."""


@click.command(name="list")
@click.argument("kind", type=click.Choice(["agents", "envs", "layouts"]), required=False)
@click.option("--again", is_flag=True, help="Try other packages' plugins again whose verdict is known from before.")
def command(kind: str | None, again: bool) -> None:
    """Show what there is: agents, environments or layouts, by default all.

    What comes from other packages is shown with its package, and with the reason if it cannot be used. To find out,
    each is imported in a process of its own, for a few seconds at most.
    """
    out = console()
    specs = registry.specs() if kind in {None, "agents"} else []
    plugins = gridworld_env.env_plugins() if kind in {None, "envs"} else []
    found = problems([*specs, *plugins], again=again)
    if kind in {None, "agents"}:
        out.print(_agents(specs, found[: len(specs)]))
    if kind in {None, "envs"}:
        out.print(_envs(plugins, found[len(specs) :]))
    if kind in {None, "layouts"}:
        out.print(_layouts())


def _agents(specs: list[registry.AgentSpec], found: list[str | None]) -> Table:
    table = Table(title="Agents", title_justify="left")
    for name in ("agent", "package", "comes from"):
        table.add_column(name, no_wrap=name == "agent", overflow="fold")
    for spec, problem in zip(specs, found, strict=True):
        table.add_row(spec.id, f"{spec.distribution} {spec.version}", _source(spec.value, problem))
    return table


def _envs(plugins: list[gridworld_env.EnvPlugin], found: list[str | None]) -> Table:
    table = Table(title="Environments", title_justify="left")
    table.add_column("environment", no_wrap=True)
    for name in ("what it is", "step limit", "package"):
        table.add_column(name)
    for spec in gym.registry.values():
        if str(spec.entry_point).startswith("gridworld_env.envs."):
            table.add_row(spec.id, _summary(spec), str(spec.max_episode_steps or "none"), "gridworld-env")
    for plugin, problem in zip(plugins, found, strict=True):
        table.add_row(plugin.id, _source(plugin.value, problem), "", f"{plugin.distribution} {plugin.version}")
    return table


def _source(value: str, problem: str | None) -> str | Text:
    """Return where an agent or an environment comes from, and why it cannot be used if so."""
    if problem is None:
        return value
    return Text(printable(f"{value} cannot be used: {problem}"), overflow="fold")  # nothing of a reason is cut off


def _summary(spec: EnvSpec) -> str:
    module, _, name = str(spec.entry_point).partition(":")
    cls: Any = getattr(importlib.import_module(module), name)
    return (inspect.getdoc(cls) or "").split("\n")[0]


def _layouts() -> Table:
    table = Table("layout", "rows x columns", "map", title="Layouts", title_justify="left", show_lines=True)
    for name in gridworld_env.Layout.names():
        layout = gridworld_env.Layout.named(name)
        text = layout.to_text() if layout.height <= TALLEST else ""
        table.add_row(name, f"{layout.height} x {layout.width}", text)
    return table
