"""`Episodes`: the record of the episodes that an agent has finished."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Any

from gridworld_agents.core.checks import finite_number, whole_number
from gridworld_agents.core.episode_log import RECENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Episodes:
    """How many episodes were finished, and the returns and lengths of the last 100."""

    def __init__(self) -> None:
        self.count = 0
        self.returns: deque[float] = deque(maxlen=RECENT)
        self.lengths: deque[int] = deque(maxlen=RECENT)

    def add(self, infos: Iterable[Mapping[str, Any]]) -> None:
        """Take note of the episodes that a step ended, by the word of Stable-Baselines3's `Monitor`."""
        for info in infos:
            episode = info.get("episode")
            if episode is not None:
                self.count += 1
                self.returns.append(float(episode["r"]))
                self.lengths.append(int(episode["l"]))

    def clear(self) -> None:
        """Count anew."""
        self.count = 0
        self.returns.clear()
        self.lengths.clear()

    def recent(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return the count, and the returns and lengths of the last, the latest last."""
        return self.count, tuple(self.returns), tuple(self.lengths)

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON can hold it, without returns that are not finite, which it cannot."""
        kept = [pair for pair in zip(self.returns, self.lengths, strict=True) if math.isfinite(pair[0])]
        return {"count": self.count, "returns": [g for g, _ in kept], "lengths": [n for _, n in kept]}

    @classmethod
    def from_json(cls, content: Any) -> Episodes:
        """Return the record that JSON holds.

        Raises:
            ValueError: If it is none.
        """
        if not isinstance(content, dict) or set(content) != {"count", "returns", "lengths"}:
            raise ValueError("its record of episodes is none")
        episodes = cls()
        episodes.count = whole_number("count", content["count"])
        episodes.returns.extend(finite_number("a return", g) for g in content["returns"])
        episodes.lengths.extend(whole_number("a length", n, 1) for n in content["lengths"])
        if not len(episodes.returns) == len(episodes.lengths) <= episodes.count:
            raise ValueError("its record of episodes contradicts itself")
        return episodes
