"""`FixedAgent`: what agents that do not learn share."""

from __future__ import annotations

from gridworld_agents.core.base import BaseAgent


class FixedAgent(BaseAgent):
    """An agent whose `learn` only counts: it takes no step in the environment."""

    learns = False

    def advance(self, n: int) -> None:
        """Count the steps: there is nothing to learn."""
        self.log.counts[:] += n
