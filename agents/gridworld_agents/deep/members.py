"""`Member`: one of the agents that learn at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from gridworld_agents.deep.agent import DeepAgent


class Member(NamedTuple):
    """Acts as one member of an agent does, as it is now: it goes on learning with the agent."""

    agent: DeepAgent
    i: int

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,  # noqa: ARG002 - for recurrent agents
        deterministic: bool = False,
        action_masks: Any = None,
    ) -> tuple[Any, Any]:
        """Return the member's actions, as `DeepAgent.predict` does those of member 0."""
        return self.agent.choose_as(self.i, observation, deterministic, action_masks), state

    def recent_episodes(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return how many episodes it finished, and returns and lengths of the last 100, the latest last."""
        return self.agent.log.recent(self.i)
