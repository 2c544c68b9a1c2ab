"""`Run`: where a tabular agent's learning is, in arrays that compiled code writes to."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.episode_log import EpisodeLog
from gridworld_agents.tabular.transition import UNCHOSEN

STATE, ACTION = range(2)

NO_EPISODE = -1
"""The state where no episode is under way."""


class Run(NamedTuple):
    """Where the learning is. All of it is written at the end of a step, never in the middle of one."""

    current: Any  # (2,) int64: the state, or NO_EPISODE, and the action chosen in it, or UNCHOSEN
    log: EpisodeLog  # of one member in one environment

    @classmethod
    def new(cls, log: EpisodeLog | None = None) -> Run:
        """Return a run that has not begun."""
        return cls(np.array([NO_EPISODE, UNCHOSEN], np.int64), EpisodeLog.new() if log is None else log)

    @property
    def elapsed(self) -> int:
        """Steps in the episode under way."""
        return int(self.log.elapsed[0, 0])

    def drop_episode(self) -> None:
        """Forget the episode under way."""
        self.current[:] = NO_EPISODE, UNCHOSEN
        self.log.drop_episodes()

    def check(self, S: int, A: int) -> None:
        """Refuse what compiled code could not go on from.

        Raises:
            ValueError: If the state or the action is out of range.
        """
        s, a = self.current.tolist()
        if not (NO_EPISODE <= s < S and UNCHOSEN <= a < A):
            raise ValueError(f"its current state and action are out of range: {s}, {a}")
