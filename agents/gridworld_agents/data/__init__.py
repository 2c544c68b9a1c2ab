"""Logged experience: `Episodes`, and `collect`, which logs them."""

from gridworld_agents.data.collecting import collect
from gridworld_agents.data.episodes import Episodes

__all__ = ["Episodes", "collect"]
