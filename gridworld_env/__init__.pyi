# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_env import authoring as authoring
from gridworld_env import oracle as oracle
from gridworld_env import protocol as protocol
from gridworld_env import rendering as rendering
from gridworld_env.layouts.layout import Layout as Layout
from gridworld_env.plugins import Plugin as Plugin
from gridworld_env.plugins import find_plugins as find_plugins
from gridworld_env.registration import EnvPlugin as EnvPlugin
from gridworld_env.registration import env_plugins as env_plugins
from gridworld_env.tabular.model import TabularMDP as TabularMDP

__all__ = [
    "EnvPlugin",
    "Layout",
    "Plugin",
    "TabularMDP",
    "authoring",
    "env_plugins",
    "find_plugins",
    "oracle",
    "protocol",
    "rendering",
]
__version__: str
