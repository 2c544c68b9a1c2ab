"""Agents that learn on Gymnasium environments, found through entry points.

>>> import gymnasium as gym, gridworld_env, gridworld_agents as ga
>>> agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0, alpha=0.1, gamma=0.9)
>>> agent.learn(100_000).save("q.zip")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.agent import Agent
from gridworld_agents.core.errors import AgentFileError, AgentPluginError, EpisodesFileError
from gridworld_agents.core.registry import AgentSpec, load, make, specs

if TYPE_CHECKING:
    from gridworld_agents.checking import AgentCheckError, check_agent
    from gridworld_agents.comparison.comparing import compare
    from gridworld_agents.data import Episodes, collect
    from gridworld_agents.runs.seeds import learn_seeds

__all__ = [
    "Agent",
    "AgentCheckError",
    "AgentFileError",
    "AgentPluginError",
    "AgentSpec",
    "Episodes",
    "EpisodesFileError",
    "check_agent",
    "collect",
    "compare",
    "learn_seeds",
    "load",
    "make",
    "specs",
]

_LAZY = {
    "AgentCheckError": "checking",
    "Episodes": "data",
    "check_agent": "checking",
    "collect": "data",
    "compare": "comparison.comparing",
    "learn_seeds": "runs.seeds",
}
"""Names that need NumPy and Gymnasium, which listing does not, and the modules that they are imported from."""


def __getattr__(name: str) -> Any:
    """Import what needs more at its first use.

    Raises:
        AttributeError: If there is no such name.
    """
    if name in _LAZY:
        return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
    if name == "__version__":
        return importlib.import_module("gridworld_env").__version__
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
