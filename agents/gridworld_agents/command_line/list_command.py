"""`gridworld list`: what there is."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import click
import gymnasium as gym
from rich.table import Table
from rich.text import Text

import gridworld_env
from gridworld_agents.command_line.console import console
from gridworld_agents.command_line.plugin_trials import trials
from gridworld_agents.core import registry
from gridworld_agents.core.about import FAMILIES, About, family, first_sentence
from gridworld_env.authoring import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymnasium.envs.registration import EnvSpec

    from gridworld_agents.command_line.plugin_trials import Found

TALLEST = 13
"""Rows of a map that is shown."""
LEGEND = (
    "takes: observations → actions; finite: states that can be counted. needs: model, that the environment gives its "
    "exact model; torch, sb3, an extra of this package."
)
PLAIN: Any = {"title_justify": "left", "caption_justify": "left", "box": None, "padding": (0, 1)}
"""How tables of words look: lines would take the room that words need in a narrow terminal."""


@click.command(name="list")
@click.argument("kind", type=click.Choice(["agents", "envs", "layouts"]), required=False)
@click.option("--again", is_flag=True, help="Try other packages' plugins again whose verdict is known from before.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def command(kind: str | None, again: bool, as_json: bool) -> None:
    """Show what there is: agents, environments or layouts, by default all.

    What comes from other packages is shown with its package, and with the reason if it cannot be used. To find out,
    each is imported in a process of its own, for a few seconds at most.
    """
    specs = registry.specs() if kind in {None, "agents"} else []
    plugins = gridworld_env.env_plugins() if kind in {None, "envs"} else []
    found = trials([*specs, *plugins], again=again)
    listed: dict[str, list[dict[str, Any]]] = {}
    if kind in {None, "agents"}:
        listed["agents"] = [_agent(spec, one) for spec, one in zip(specs, found[: len(specs)], strict=True)]
    if kind in {None, "envs"}:
        listed["envs"] = [_env(spec) for spec in gym.registry.values() if _is_ours(spec)]
        listed["envs"] += [_env_plugin(one, said) for one, said in zip(plugins, found[len(specs) :], strict=True)]
    if kind in {None, "layouts"}:
        listed["layouts"] = [_layout(name) for name in gridworld_env.Layout.names()]
    if as_json:
        click.echo(json.dumps(listed, indent=2))
        return
    out = console()
    for name, table in (("agents", _agents), ("envs", _envs), ("layouts", _layouts)):
        if name in listed:
            out.print(table(listed[name]))


def _agent(spec: registry.AgentSpec, found: Found) -> dict[str, Any]:
    """Return what is told of an agent."""
    said = found.about or About("")
    return {
        "id": spec.id,
        "summary": said.summary,
        "family": family(spec),
        "observations": said.observations,
        "actions": said.actions,
        "needs_model": said.needs_model,
        "extra": registry.EXTRAS.get(registry.needs(spec.value.partition(":")[0]) or "", "") if spec.ours else "",
        **_source(spec, found.problem),
    }


def _env(spec: EnvSpec) -> dict[str, Any]:
    """Return what is told of an environment of ours."""
    module, _, name = str(spec.entry_point).partition(":")
    summary = first_sentence(getattr(importlib.import_module(module), name))
    return {"id": spec.id, "summary": summary, "max_episode_steps": spec.max_episode_steps, "package": "gridworld-env"}


def _env_plugin(plugin: gridworld_env.EnvPlugin, found: Found) -> dict[str, Any]:
    """Return what is told of another package's environment."""
    said = found.about or About("")
    return {"id": plugin.id, "summary": said.summary, "max_episode_steps": None, **_source(plugin, found.problem)}


def _source(plugin: gridworld_env.Plugin, problem: str | None) -> dict[str, Any]:
    return {
        "package": plugin.distribution,
        "version": plugin.version,
        "comes_from": plugin.value,
        "problem": problem,
    }


def _is_ours(spec: EnvSpec) -> bool:
    return str(spec.entry_point).startswith("gridworld_env.envs.")


def _layout(name: str) -> dict[str, Any]:
    layout = gridworld_env.Layout.named(name)
    return {"id": name, "height": layout.height, "width": layout.width, "map": layout.to_text()}


def _agents(agents: Sequence[dict[str, Any]]) -> Table:
    """Return a table of agents, family by family, other packages' after ours."""
    table = Table(title="Agents", caption=LEGEND, **PLAIN)
    table.add_column("agent", no_wrap=True, header_style="bold")
    for name in ("what it is", "takes", "needs"):
        table.add_column(name, overflow="fold", header_style="bold")
    order = [*FAMILIES, *sorted({one["family"] for one in agents} - {*FAMILIES, ""})]
    groups = {name: [one for one in agents if one["family"] == name] for name in order}
    for one in agents:
        if not one["family"]:
            groups.setdefault(f"{one['package']} {one['version']}", []).append(one)
    for name, members in groups.items():
        if members:
            title = FAMILIES.get(name, name.replace("_", " ").capitalize() if name in order else name)
            table.add_row("")
            table.add_row(Text(printable(title), style="bold"))
        for one in members:
            takes = About("", one["observations"], one["actions"]).spaces
            needs = ", ".join([*(["model"] if one["needs_model"] else []), *([one["extra"]] if one["extra"] else [])])
            table.add_row(one["id"], _what(one), takes, needs)
    return table


def _envs(envs: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Environments", **PLAIN)
    table.add_column("environment", no_wrap=True, header_style="bold")
    for name in ("what it is", "step limit", "package"):
        table.add_column(name, overflow="fold", header_style="bold")
    for one in envs:
        limit = "" if "version" in one else str(one["max_episode_steps"] or "none")
        table.add_row(one["id"], _what(one), limit, " ".join((one["package"], one.get("version", ""))).strip())
    return table


def _what(one: dict[str, Any]) -> str | Text:
    """Return what an agent or an environment is, or where it comes from and why it cannot be used."""
    if one.get("problem") is None:
        return str(one["summary"] or one.get("comes_from", ""))
    what = one["summary"] or one["comes_from"]
    return Text(printable(f"{what} cannot be used: {one['problem']}"), overflow="fold")  # nothing of it is cut off


def _layouts(layouts: Sequence[dict[str, Any]]) -> Table:
    table = Table("layout", "rows x columns", "map", title="Layouts", title_justify="left", show_lines=True)
    for one in layouts:
        table.add_row(one["id"], f"{one['height']} x {one['width']}", one["map"] if one["height"] <= TALLEST else "")
    return table
