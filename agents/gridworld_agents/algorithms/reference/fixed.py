"""`FixedAgent`: what agents that do not learn share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.loop import run_chunks

if TYPE_CHECKING:
    from typing import Self

    from gridworld_agents.core.callbacks import CallbackLike


class FixedAgent:
    """An agent whose `learn` only counts: it takes no step in the environment."""

    learns = False  # `check_agent` then does not ask it to
    num_timesteps: int = 0

    def recent_episodes(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return that there were none."""
        return 0, (), ()

    def learn(
        self,
        total_timesteps: int,
        callback: CallbackLike = None,
        log_interval: int = 4,  # noqa: ARG002 - Stable-Baselines3's
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Count the steps and call the callbacks: there is nothing to learn."""
        total = whole_number("total_timesteps", total_timesteps)
        if reset_num_timesteps:
            self.num_timesteps = 0
        run_chunks(self, self._advance, self.num_timesteps + total, callback, progress_bar=progress_bar)
        return self

    def _advance(self, n: Any) -> None:
        self.num_timesteps += int(n)
