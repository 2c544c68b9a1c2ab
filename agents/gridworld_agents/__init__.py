"""Agents that learn on Gymnasium environments, found through entry points.

>>> import gymnasium as gym, gridworld_env, gridworld_agents as ga
>>> agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0, alpha=0.1, gamma=0.9)
>>> agent.learn(100_000).save("q.zip")
"""

from gridworld_agents.agent import Agent
from gridworld_agents.errors import AgentFileError, AgentPluginError
from gridworld_agents.registry import AgentSpec, load, make, specs

__all__ = ["Agent", "AgentFileError", "AgentPluginError", "AgentSpec", "load", "make", "specs"]
