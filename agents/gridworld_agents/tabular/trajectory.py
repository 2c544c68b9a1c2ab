"""`TrajectoryAgent`: what agents share that keep an episode until it ends.

Their memory has `length`, the steps in the episode so far, and some of the columns `s`, `a`, `r` and `b`: one entry a
step, `length` of them in use and room for more behind. `observe` fills in the entry at `length` and moves that on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridworld_agents.core.public import export
from gridworld_agents.tabular.agent import TabularAgent

COLUMNS = {"s": np.int64, "a": np.int64, "r": np.float64, "b": np.float64}
"""State, action, reward, and the probability with which the behaviour chose the action."""


@export("gridworld_agents.authoring.TrajectoryAgent")
class TrajectoryAgent(TabularAgent):
    """An agent that keeps an episode until it ends."""

    @staticmethod
    def reserve(memory: Any, steps: int) -> Any:
        """Return the memory with room for so many more steps of the episode; with no room to spare for 0.

        The room doubles, so that an episode which never ends is not copied in every chunk.
        """
        t, room = _length(memory), len(_columns(memory)["s"])
        if steps == 0:
            return _resized(memory, t)
        return memory if room >= t + steps else _resized(memory, max(t + steps, 2 * t))

    @staticmethod
    def forget_episode(memory: Any) -> None:
        """Drop the episode so far."""
        memory.length[0] = 0

    @staticmethod
    def check_memory(memory: Any, S: int, A: int) -> None:
        """Refuse an episode that is not one."""
        columns = _columns(memory)
        limits = {"s": S, "a": A}
        if (
            any(len(column) != _length(memory) for column in columns.values())
            or any((columns[name] >= limit).any() for name, limit in limits.items() if name in columns)
            or ("b" in columns and not ((columns["b"] > 0) & (columns["b"] <= 1)).all())
        ):
            raise ValueError("the episode in its memory is out of range")


def empty(columns: str) -> list[Any]:
    """Return `length` and the columns, such as "sar", of a memory without an episode."""
    return [np.zeros(1, np.int64), *(np.zeros(0, COLUMNS[name]) for name in columns)]


def _length(memory: Any) -> int:
    return int(memory.length[0])


def _columns(memory: Any) -> dict[str, Any]:
    return {name: getattr(memory, name) for name in COLUMNS if name in memory._fields}


def _resized(memory: Any, room: int) -> Any:
    t, made = _length(memory), {}
    for name, column in _columns(memory).items():
        made[name] = np.zeros(room, column.dtype)
        made[name][:t] = column[:t]
    return memory._replace(**made)
