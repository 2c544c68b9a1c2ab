"""Ids of environments that come from files: `module:Name-v0` has Gymnasium import the module, which runs its code."""

from __future__ import annotations

import sys


def check_env_module(env_id: str, source: object, *, trust: bool) -> None:
    """Refuse the id of an environment out of a file, where making it would import a module that nobody named.

    A module that has been imported already is no matter: nothing of it runs again.

    Args:
        env_id: As the file has it.
        source: The file or folder, for the message.
        trust: The user says that the file is to be trusted.

    Raises:
        ValueError: With the module, and the ways out.
    """
    module = env_id.rpartition(":")[0]
    if module and not trust and module not in sys.modules:
        raise ValueError(
            f"the environment {env_id!r} of {source} would import the module {module!r}, which nobody named: if that "
            f"is what you want, name it by --import {module} (in Python, import it first; with torchrun, name --env "
            f"{env_id}), or pass --trust, trust=True, if you trust where the run comes from"
        )
