"""Configuration files: TOML, or YAML where PyYAML is installed."""

from __future__ import annotations

import difflib
import pathlib
import re
import tomllib
from typing import Any

import click

from gridworld_agents.core.checks import plain
from gridworld_agents.core.errors import reason
from gridworld_agents.core.files import LARGEST_CONFIGURATION, read_text
from gridworld_env.authoring import printable

KEYS = {
    "agent": str,
    "env": str,
    "steps": int,
    "seed": int,
    "out": str,
    "checkpoint_every": int,
    "metrics_every": int,
    "env_args": dict,
    "hyper_parameters": dict,
}
"""What a file may hold, and of which type."""
LONGEST = 200
"""Characters of a name or a value that a message shows."""

_EXPONENT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+$")
"""Numbers such as 1e-1, which YAML 1.2 and TOML take for such, and PyYAML for text."""


def read_configuration(path: str) -> dict[str, Any]:
    """Read a configuration file.

    Raises:
        click.UsageError: If it cannot be read, or holds something else than `KEYS`.
    """
    file = pathlib.Path(path)
    try:
        text = read_text(file, LARGEST_CONFIGURATION)
        content = plain(_yaml(text) if file.suffix in {".yaml", ".yml"} else tomllib.loads(text), "it")
    except (OSError, ValueError, RecursionError) as error:
        raise click.UsageError(f"{path} cannot be read: {reason(error)}") from error
    if not isinstance(content, dict):
        raise click.UsageError(f"{path} must hold names and values, got {type(content).__name__}")
    for name, value in content.items():
        if name not in KEYS:
            near = difflib.get_close_matches(str(name), KEYS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            raise click.UsageError(
                f"{path} has an unknown entry {printable(repr(name), LONGEST)}{hint} It may hold {', '.join(KEYS)}; "
                "what is the agent's own, such as alpha, belongs under [hyper_parameters], the environment's under "
                "[env_args]"
            )
        if type(value) is not KEYS[name]:
            raise click.UsageError(
                f"{name} in {path} must be {KEYS[name].__name__}, got {printable(repr(value), LONGEST)}"
            )
    return content


def _yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise click.UsageError(
            'YAML files need PyYAML: pip install "gridworld-env[yaml]"; TOML files need nothing'
        ) from error

    class Loader(yaml.SafeLoader):  # type: ignore[misc] # of a library without types
        """Reads plain data, and nothing else."""

    Loader.add_implicit_resolver("tag:yaml.org,2002:float", _EXPONENT, list("-+.0123456789"))
    try:
        return yaml.load(text, Loader)  # noqa: S506 - a safe one
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
