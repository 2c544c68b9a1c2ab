"""Gymnasium grid worlds that know their own optimum.

Importing this package registers its environments with Gymnasium: ``gymnasium.make("GridWorld-v0")``.
"""

from gridworld_env.common.exporting import lazy
from gridworld_env.registration import register_all
from gridworld_env.version import __version__ as __version__

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "EnvPlugin": "gridworld_env.registration:EnvPlugin",
        "Layout": "gridworld_env.layouts.layout:Layout",
        "Plugin": "gridworld_env.plugins:Plugin",
        "TabularMDP": "gridworld_env.tabular.model:TabularMDP",
        "authoring": "gridworld_env.authoring",
        "env_plugins": "gridworld_env.registration:env_plugins",
        "find_plugins": "gridworld_env.plugins:find_plugins",
        "oracle": "gridworld_env.oracle",
        "protocol": "gridworld_env.protocol",
        "rendering": "gridworld_env.rendering",
    },
)

register_all()
