"""Runs that may come from elsewhere: opened with what is missing told, and which versions were others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gridworld_env.authoring import printable

if TYPE_CHECKING:
    from gridworld_agents.runs.folder import RunFolder, RunSettings


def open_run(path: str, *, trust: bool) -> tuple[RunFolder, RunSettings]:
    """Return the run in a folder and its settings; what was made with other versions is told on standard error.

    Raises:
        ValueError: If there is no run, or its agent or environment is not here or was not named, with the way out.
    """
    from gridworld_agents.runs.folder import RunFolder
    from gridworld_agents.runs.provenance import check_sources

    folder = RunFolder(path)
    settings = folder.settings()
    check_sources(folder, settings, trust=trust)
    tell_versions(folder)
    return folder, settings


def tell_versions(folder: RunFolder) -> None:
    """Tell on standard error with which other versions a run was made, if with any."""
    from gridworld_agents.runs.provenance import other_versions

    others = other_versions(folder.made_with())
    if others is not None:
        click.echo(printable(f"note: {folder.path} was made with {others}: its numbers may differ here"), err=True)
