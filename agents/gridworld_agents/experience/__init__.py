"""Logged experience: `Episodes`, and `collect`, which logs them."""

from gridworld_agents.experience.collecting import collect
from gridworld_agents.experience.episodes import Episodes

__all__ = ["Episodes", "collect"]
