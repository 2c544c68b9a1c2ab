"""Gymnasium grid worlds that know their own optimum.

Importing this package registers its environments with Gymnasium: ``gymnasium.make("GridWorld-v0")``.
"""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from gridworld_env.layouts import Layout
from gridworld_env.registration import env_plugins, register_all
from gridworld_env.tabular import TabularMDP
from gridworld_env.version import __version__ as __version__

if TYPE_CHECKING:
    from gridworld_env import oracle

__all__ = ["Layout", "TabularMDP", "env_plugins", "oracle"]

register_all()


def __getattr__(name: str) -> ModuleType:
    """Import `oracle` when it is first asked for: making environments takes none of it."""
    if name == "oracle":
        return importlib.import_module("gridworld_env.oracle")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
