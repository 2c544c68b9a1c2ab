"""Where the agent and the environment of a run come from: whoever is handed its folder is told what is missing.

Beside the versions of what any result depends on, `run.json` names under `sources` the package of an agent or of an
environment that is another's, and the module of an environment. What is read there is only ever shown: nothing is
installed or imported because a file says so.
"""

from __future__ import annotations

import functools
import importlib.metadata
import platform
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import gymnasium as gym

from gridworld_agents.core import registry
from gridworld_agents.core.env_ids import check_env_module

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridworld_agents.runs.folder import RunFolder, RunSettings

OURS = "gridworld-env"
KNOWN = {"gridworld_env", "gymnasium"}
"""Modules whose environments everybody has; their versions are noted with those of other packages."""
_SHOWN = re.compile(r"[\w.+!-]{1,100}", re.ASCII)
"""Names and versions; anything else is not read."""


class MadeWith(NamedTuple):
    """What a run's record says of where it was made."""

    versions: dict[str, str]
    """Of Python and of packages, by name."""
    sources: dict[str, dict[str, str]]
    """Of "agent" and "env", where they are another package's: "package" and "version", of "env" also "module"."""

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> MadeWith:
        """Read a record, leaving out what is not as it should be: it may be an earlier version's, or anybody's."""
        sources = content.get("sources")
        parts = sources if isinstance(sources, dict) else {}
        return cls(_texts(content.get("versions")), {part: _texts(parts.get(part)) for part in ("agent", "env")})


def sources(settings: RunSettings) -> dict[str, dict[str, str]]:
    """Return where agent and environment of a run come from, as `MadeWith.sources` has it."""
    return {"agent": dict(_of_agent(settings.agent)), "env": _of_env(settings.env)}


@functools.cache  # a record is written several times in a run, and finding an agent reads what is installed
def _of_agent(agent_id: str) -> dict[str, str]:
    found = [spec for spec in registry.specs() if spec.id == agent_id and spec.error is None]
    if not found or found[0].ours:
        return {}
    return {"package": found[0].distribution, "version": found[0].version}


def _of_env(env_id: str) -> dict[str, str]:
    spec = gym.registry.get(env_id.rpartition(":")[2])
    if spec is None or spec.entry_point is None:
        return {}
    if "plugin_distribution" in spec.kwargs:
        package = str(spec.kwargs["plugin_distribution"])
        return {"package": package, "version": _version(package) or "unknown"}
    entry: Any = spec.entry_point
    module = entry.partition(":")[0] if isinstance(entry, str) else str(getattr(entry, "__module__", ""))
    top = module.partition(".")[0]
    if not top or top in KNOWN:
        return {}
    version = _version(top)  # most packages have the name of their module
    return {"module": module, **({} if version is None else {"package": top.replace("_", "-"), "version": version})}


def check_sources(folder: RunFolder, settings: RunSettings, *, trust: bool) -> None:
    """Refuse a run whose agent or environment is not there, or would be imported from a module that nobody named.

    Args:
        folder: Of the run.
        settings: Of the run.
        trust: The user says that the folder is to be trusted.

    Raises:
        ValueError: With what the run was made with, and what to install or to name.
    """
    check_env_module(settings.env, folder.record, trust=trust)
    agent, env = (folder.made_with().sources[part] for part in ("agent", "env"))
    if "package" in agent and not any(spec.id == settings.agent for spec in registry.specs()):
        raise ValueError(
            f"the agent {settings.agent!r} of {folder.path} is not installed: install {_named(agent)} from where the "
            "run comes from; `gridworld list agents` then shows it"
        )
    if ":" not in settings.env and settings.env not in gym.registry and (ways := _ways_to(env)):
        raise ValueError(f"the environment {settings.env!r} of {folder.path} is not registered here: {ways}")


def _ways_to(env: Mapping[str, str]) -> str:
    """Return how an environment that was made elsewhere comes to be registered here; "" if that is not known."""
    ways = [f"install {_named(env)} from where the run comes from"] if "package" in env else []
    if "module" in env:
        top = "MODULE" if env["module"] == "__main__" else env["module"].partition(".")[0]
        named = "which the script did that made the run" if top == "MODULE" else f"its class is in {env['module']}"
        ways.append(f"name the module that registers it, by --import {top} (in Python, import it first): {named}")
    return ", and ".join(ways)


def other_versions(made: MadeWith) -> str | None:
    """Return with which other versions than those here a run was made, None if with none.

    What is not here at all is left out: where it is needed, its absence is an error of its own.
    """
    recorded = dict(made.versions)
    for source in made.sources.values():
        if {"package", "version"} <= source.keys():
            recorded[source["package"]] = source["version"]
    here = {name: _version(name) for name in recorded}
    others = [
        f"{name} {recorded[name]} (here {now})" for name, now in here.items() if now not in {None, recorded[name]}
    ]
    return ", ".join(others) or None


def _named(source: Mapping[str, str]) -> str:
    return " ".join(["the package", source["package"], *filter(None, [source.get("version")])])


def _texts(given: Any) -> dict[str, str]:
    """Return the entries of a dictionary that are names and versions; of anything else none."""
    entries = given.items() if isinstance(given, dict) else ()
    return {
        name: text
        for name, text in entries
        if isinstance(text, str) and _SHOWN.fullmatch(name) and _SHOWN.fullmatch(text)
    }


def _version(name: str) -> str | None:
    """Return the version of Python or of a package that is here, None if it is not."""
    if name == "python":
        return platform.python_version()
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
