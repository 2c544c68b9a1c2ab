"""The episode so far, in a memory with the fields `length` (1,), `s`, `a` and `r` (n,), where n >= length."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridworld_agents.tabular.compiling import kernel

FIELDS = ("s", "a", "r")


def no_steps() -> tuple[Any, Any, Any, Any]:
    """Return the four fields where there is no episode."""
    return np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)


@kernel
def note(memory: Any, s: int, a: int, r: float) -> int:
    """Append a step and return its number t = 0, 1, ... in the episode; there is room for it, see `with_room`."""
    t: int = memory.length[0]
    memory.s[t], memory.a[t], memory.r[t] = s, a, r
    memory.length[0] = t + 1
    return t


def with_room(memory: Any, steps: int, *more: str) -> Any:
    """Return a memory with room for exactly so many more steps; `more` are further fields (n,)."""
    t = int(memory.length[0])
    arrays = {name: getattr(memory, name) for name in (*FIELDS, *more)}
    return memory._replace(**{name: np.concatenate([x[:t], np.zeros(steps, x.dtype)]) for name, x in arrays.items()})


def check_episode(memory: Any, S: int, A: int, *more: str) -> None:
    """Refuse an episode that is not one.

    Raises:
        ValueError: If a length does not fit, or a state or an action does not exist.
    """
    t = int(memory.length[0])
    fits = all(len(getattr(memory, name)) == t for name in (*FIELDS, *more))
    if not fits or (memory.s >= S).any() or (memory.a >= A).any():
        raise ValueError("the episode in its memory is out of range")
