"""`Run`: where a run stands, in arrays that compiled code writes to."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.callbacks import RECENT

STATE, ACTION, CLOCK = range(3)
STEPS, EPISODES = range(2)

NO_EPISODE = -1
"""The state where no episode is under way."""
UNCHOSEN = -1
"""The action where it is not chosen yet."""


class Run(NamedTuple):
    """Where a run stands. All of it is written at the end of a step, never in the middle of one."""

    place: Any  # (3,) int64: the state, the action chosen in it or UNCHOSEN, steps taken in the episode
    counts: Any  # (2,) int64: steps, and episodes finished in them
    collected: Any  # (1,) float64: return so far of the episode under way, not discounted
    returns: Any  # (RECENT,) float64: of episode i at i % RECENT
    lengths: Any  # (RECENT,) int64

    @classmethod
    def new(cls) -> Run:
        """Return a run that has not begun."""
        run = cls(
            np.zeros(3, np.int64), np.zeros(2, np.int64), np.zeros(1), np.zeros(RECENT), np.zeros(RECENT, np.int64)
        )
        run.drop_episode()
        return run

    def drop_episode(self) -> None:
        """Forget the episode under way."""
        self.place[:] = NO_EPISODE, UNCHOSEN, 0
        self.collected[0] = 0

    def count_anew(self) -> None:
        """Begin to count at 0."""
        self.counts[:] = 0

    def recent(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return how many episodes were finished, and returns and lengths of the last, the latest last."""
        count = int(self.counts[EPISODES])
        order = [i % RECENT for i in range(max(0, count - RECENT), count)]
        return count, tuple(self.returns[order].tolist()), tuple(self.lengths[order].tolist())

    def check(self, S: int, A: int) -> None:
        """Refuse what compiled code could not go on from.

        Raises:
            ValueError: If a number is out of range.
        """
        s, a, clock = self.place.tolist()
        if not (-1 <= s < S and -1 <= a < A and clock >= 0 and (self.counts >= 0).all() and (self.lengths >= 0).all()):
            raise ValueError("the run's place or counts are out of range")
