"""Gymnasium grid worlds that know their own optimum.

Importing this package registers its environments with Gymnasium: ``gymnasium.make("GridWorld-v0")``.
"""

from gridworld_env import oracle
from gridworld_env.layouts import Layout
from gridworld_env.registration import env_plugins, register_all
from gridworld_env.tabular import TabularMDP

__all__ = ["Layout", "TabularMDP", "env_plugins", "oracle"]
__version__ = "0.1.0"

register_all()
