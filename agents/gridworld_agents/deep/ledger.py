"""`Ledger`: how many steps were taken, and what the episodes came to, for each member."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.episode_log import RECENT

STEPS, LIFE = range(2)


class Ledger(NamedTuple):
    """The records of M members in E environments each."""

    counts: Any  # (2,) int64: steps of each member since counting began, and in its life
    episodes: Any  # (M,) int64, finished since counting began
    returns: Any  # (M, RECENT) float64, of episode i at i % RECENT
    lengths: Any  # (M, RECENT) int64
    collected: Any  # (M, E) float64, return so far of the episode under way
    clocks: Any  # (M, E) int64, its steps

    @classmethod
    def new(cls, members: int, environments: int) -> Ledger:
        """Return one with nothing in it."""
        recent, running = (members, RECENT), (members, environments)
        whole = np.int64
        return cls(
            np.zeros(2, whole),
            np.zeros(members, whole),
            np.zeros(recent),
            np.zeros(recent, whole),
            np.zeros(running),
            np.zeros(running, whole),
        )

    def count_anew(self) -> None:
        """Begin to count at 0."""
        self.counts[STEPS] = 0
        self.episodes[:] = 0

    def drop_episodes(self) -> None:
        """Forget the episodes under way."""
        self.collected[:] = 0
        self.clocks[:] = 0

    def step(self, m: int, e: int, r: float) -> None:
        """Note a step of a member in one of its environments."""
        self.collected[m, e] += r
        self.clocks[m, e] += 1

    def finish(self, m: int, e: int) -> None:
        """Note the end of an episode."""
        i = int(self.episodes[m]) % RECENT
        self.returns[m, i], self.lengths[m, i] = self.collected[m, e], self.clocks[m, e]
        self.episodes[m] += 1
        self.collected[m, e] = self.clocks[m, e] = 0

    def recent(self, m: int | None = None) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return how many episodes a member finished, and returns and lengths of the last, the latest last.

        Of all members together, the last of each come in turn, at most RECENT in all.
        """
        members = range(len(self.episodes)) if m is None else [m]
        each = max(1, RECENT // len(members))
        orders = {i: [j % RECENT for j in range(max(0, n - each), n)] for i in members for n in [int(self.episodes[i])]}
        returns = tuple(float(self.returns[i, j]) for i, order in orders.items() for j in order)
        lengths = tuple(int(self.lengths[i, j]) for i, order in orders.items() for j in order)
        return int(sum(self.episodes[i] for i in members)), returns, lengths
