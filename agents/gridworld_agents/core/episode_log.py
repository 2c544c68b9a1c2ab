"""`EpisodeLog`: how many steps were taken and what the episodes came to, for M members in E environments each.

Plain arrays in a named tuple: compiled loops write into them, files hold them as they are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.checks import finite_number, whole_number
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    import numpy.typing as npt

RECENT = 100
"""How many of the last episodes are kept of each member."""
export("gridworld_agents.callbacks.RECENT").constant("RECENT")
STEPS, LIFETIME = range(2)
FEW = 8
"""Episodes that end together up to which noting one after the other is quicker than all at once."""


class EpisodeLog(NamedTuple):
    """The log of M members; a tabular agent has one member in one environment."""

    counts: Any  # (2,) int64: steps of each member since counting began, and in its lifetime
    episodes: Any  # (M,) int64, finished since counting began
    returns: Any  # (M, RECENT) float64, undiscounted, of episode i at i % RECENT
    lengths: Any  # (M, RECENT) int64
    collected: Any  # (M, E) float64, return so far of the episode under way
    elapsed: Any  # (M, E) int64, its steps

    @classmethod
    def new(cls, members: int = 1, copies: int = 1) -> EpisodeLog:
        """Return an empty log."""
        whole = np.int64
        return cls(
            np.zeros(2, whole),
            np.zeros(members, whole),
            np.zeros((members, RECENT)),
            np.zeros((members, RECENT), whole),
            np.zeros((members, copies)),
            np.zeros((members, copies), whole),
        )

    @property
    def num_timesteps(self) -> int:
        """Steps of each member since counting began."""
        return int(self.counts[STEPS])

    def count_anew(self) -> None:
        """Begin to count at 0; the lifetime goes on."""
        self.counts[STEPS] = 0
        self.episodes[:] = 0

    def drop_episodes(self) -> None:
        """Forget the episodes under way."""
        self.collected[:] = 0
        self.elapsed[:] = 0

    def step(self, rewards: npt.NDArray[np.float64], over: npt.NDArray[np.bool_]) -> None:
        """Note one step of every member in every environment.

        Args:
            rewards: (M, E).
            over: (M, E), where the step ended the episode, for good or not.
        """
        np.add(self.collected, rewards, out=self.collected)
        np.add(self.elapsed, 1, out=self.elapsed)
        if np.count_nonzero(over):  # several times quicker than `any`
            m, e = over.nonzero()  # members ascending
            if m.size <= FEW:
                for i, j in zip(m.tolist(), e.tolist(), strict=True):
                    self.finish(i, self.collected[i, j], self.elapsed[i, j])
            else:
                i = (self.episodes[m] + np.arange(m.size) - m.searchsorted(m)) % RECENT  # each member's, in their order
                self.returns[m, i], self.lengths[m, i] = self.collected[m, e], self.elapsed[m, e]
                self.episodes[:] += np.bincount(m, minlength=len(self.episodes))
            self.collected[m, e] = 0
            self.elapsed[m, e] = 0

    def finish(self, m: int, g: float, length: int) -> None:
        """Note a finished episode of member m: its return, not discounted, and its length in steps."""
        i = int(self.episodes[m]) % RECENT
        self.returns[m, i], self.lengths[m, i] = g, length
        self.episodes[m] += 1

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

    def to_json(self) -> dict[str, Any]:
        """Return the finished episodes of one member as JSON can hold them, without returns that are not finite."""
        count, returns, lengths = self.recent(0)
        kept = [(g, n) for g, n in zip(returns, lengths, strict=True) if math.isfinite(g)]
        return {"count": count, "returns": [g for g, _ in kept], "lengths": [n for _, n in kept]}

    @classmethod
    def from_json(cls, kept: Any) -> EpisodeLog:
        """Return the log of one member that `to_json` described.

        Raises:
            ValueError: If it describes none.
        """
        if not isinstance(kept, dict) or set(kept) != {"count", "returns", "lengths"}:
            raise ValueError("its log of episodes is invalid")
        count = whole_number("count", kept["count"])
        returns = [finite_number("a return", g) for g in kept["returns"]]
        lengths = [whole_number("a length", n, 1) for n in kept["lengths"]]
        if not len(returns) == len(lengths) <= min(count, RECENT):
            raise ValueError("its log of episodes contradicts itself")
        log = cls.new()
        log.episodes[0] = count - len(returns)
        for g, n in zip(returns, lengths, strict=True):
            log.finish(0, g, n)
        return log
