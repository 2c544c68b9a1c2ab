"""Suites as TOML files.

```toml
seeds = 10                     # how many, or a list of them
steps = 50_000
agents = ["sarsa", { id = "q-learning", label = "quick", hyper_parameters = { alpha = 0.5 } }]
environments = ["GridWorld-v0", { id = "GridWorld/Maze-v0", arguments = { size = 9 }, steps = 100_000, gamma = 0.9 }]
```

`sweep = { alpha = [0.1, 0.5] }` makes of each agent that has an `alpha` one for every value, and the best is told.
`arguments = { layout = "@map.txt" }` is the map in the file `map.txt` in the folder of the suite's file.
"""

from __future__ import annotations

import dataclasses
import pathlib
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

from gridworld_agents.comparison.suite import AgentChoice, EnvChoice, Suite, check_number_of_seeds
from gridworld_agents.comparison.sweep import swept
from gridworld_agents.core.checks import suggest, whole_number
from gridworld_agents.core.env_arguments import with_files
from gridworld_agents.core.errors import reason
from gridworld_agents.core.files import LARGEST_CONFIGURATION, read_text
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

ENTRIES = ("agents", "environments", "seeds", "steps", "gamma", "episodes", "evaluations", "rows", "sweep")
REQUIRED = ("agents", "environments", "seeds", "steps")

Choice = TypeVar("Choice", AgentChoice, EnvChoice)


@export("gridworld_agents.comparison.read_suite")
def read_suite(path: str | os.PathLike[str]) -> Suite:
    """Read a suite file.

    Args:
        path: Of the file, TOML.

    Raises:
        ValueError: If it cannot be read, an entry is unknown, missing, or out of range; the message names the file.
    """
    try:
        content = tomllib.loads(read_text(pathlib.Path(path), LARGEST_CONFIGURATION))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read: {reason(error)}") from error
    try:
        _known("an entry", content, ENTRIES)
        for name in REQUIRED:
            if name not in content:
                raise ValueError(f"it lacks {name!r}")  # noqa: TRY301 - the file's name is added below
        envs, sweep = content.pop("environments"), content.pop("sweep", {})
        if not isinstance(sweep, dict):
            raise ValueError(f"sweep must be a table of values by name, got {sweep!r}")  # noqa: TRY301
        return Suite(
            **{
                **content,
                "agents": swept(choices(AgentChoice, content["agents"]), sweep),
                "sweep": tuple(sweep),
                "envs": choices(EnvChoice, _with_files(envs, pathlib.Path(path).parent)),
                "seeds": seeds_of(content["seeds"]),
            }
        )
    except ValueError as error:
        raise ValueError(f"{path} cannot be used: {reason(error)}") from error


def _with_files(envs: Any, folder: pathlib.Path) -> Any:
    """Return environments as a suite's file has them, with the files of maps found; others stay as they are."""
    if not isinstance(envs, list):
        return envs
    return [
        {**env, "arguments": with_files(env["arguments"], folder)}
        if isinstance(env, dict) and isinstance(env.get("arguments"), dict)
        else env
        for env in envs
    ]


def seeds_of(given: Any) -> tuple[int, ...]:
    """Return seeds: those listed, or 0, 1, ... of a number of them.

    Raises:
        ValueError: If it is neither a number >= 1 nor a list, or there are too many.
    """
    if isinstance(given, list | tuple | range):
        check_number_of_seeds(len(given))
        return tuple(given)
    number = whole_number("seeds", given, 1)
    check_number_of_seeds(number)
    return tuple(range(number))


def choices(kind: type[Choice], given: Any) -> tuple[Choice, ...]:
    """Return agents or environments, each given as one, as its id, or as a table of its entries.

    Raises:
        ValueError: If something is not one of these, or has an unknown entry.
    """
    if not isinstance(given, list | tuple):
        raise ValueError(f"agents and environments must be lists, got {given!r}")
    return tuple(_choice(kind, one) for one in given)


def _choice(kind: type[Choice], given: Any) -> Choice:
    if isinstance(given, kind):
        return given
    if isinstance(given, str):
        return kind(given)
    if not isinstance(given, dict):
        raise ValueError(f"must be an id, or a table with an id, got {given!r}")
    _known(f"an entry of {given.get('id', 'an item')}", given, [field.name for field in dataclasses.fields(kind)])
    return kind(**{"id": None, **given})


def _known(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in given:
        if name not in known:
            raise ValueError(f"{what} is unknown: {name!r}{suggest(name, known)} (known: {', '.join(known)})")
