"""Agents that learn on Gymnasium environments, found through entry points.

>>> import gymnasium as gym, gridworld_env, gridworld_agents as ga
>>> agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0, alpha=0.1, gamma=0.9)
>>> agent.learn(100_000).save("q.zip")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_agents.agent import Agent
from gridworld_agents.errors import AgentFileError, AgentPluginError
from gridworld_agents.registry import AgentSpec, load, make, specs

if TYPE_CHECKING:
    from gridworld_agents.checking import AgentCheckError, check_agent
    from gridworld_agents.seeds import learn_seeds

__all__ = [
    "Agent",
    "AgentCheckError",
    "AgentFileError",
    "AgentPluginError",
    "AgentSpec",
    "check_agent",
    "learn_seeds",
    "load",
    "make",
    "specs",
]


def __getattr__(name: str) -> Any:
    """Import at first use what needs NumPy and Gymnasium: listing does not.

    Raises:
        AttributeError: If there is no such name.
    """
    if name in {"AgentCheckError", "check_agent"}:
        from gridworld_agents import checking

        return getattr(checking, name)
    if name == "learn_seeds":
        from gridworld_agents.seeds import learn_seeds

        return learn_seeds
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
