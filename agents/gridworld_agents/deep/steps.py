"""`Steps`: what a collector hands out, and the arrays that it writes it into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.deep.outcomes import Outcome


class Steps(NamedTuple):
    """T steps of M members in E copies each. The next `collect` writes over them."""

    s: npt.NDArray[np.float32]  # (T, M, E, width), encoded
    a: npt.NDArray[Any]  # (T, M, E, ...), as `act` returned them
    r: npt.NDArray[np.float32]  # (T, M, E)
    s_next: npt.NDArray[np.float32]  # (T, M, E, width)
    terminated: npt.NDArray[np.bool_]  # (T, M, E), nothing follows s_next
    truncated: npt.NDArray[np.bool_]  # (T, M, E), the episode was cut off at s_next, by a time limit as a rule
    over: npt.NDArray[np.bool_]  # (T, M, E), either of them: what follows s_next belongs to another episode
    mask: npt.NDArray[np.bool_] | None  # (T, M, E, A), which actions are available in s; None where nothing tells
    mask_next: npt.NDArray[np.bool_] | None  # (T, M, E, A), the same in s_next
    valid: npt.NDArray[np.bool_] | None  # (T, M, E), False for steps never to be learned from; None where there is none
    extras: Any  # a named tuple of arrays (T, M, E, ...), of what `act` returned beside the actions; None for nothing


class Room:
    """The arrays that T steps are written into.

    Args:
        T: How many.
        s: (M, E, width), observations.
        mask: (M, E, A), or None.
    """

    def __init__(self, T: int, s: npt.NDArray[np.float32], mask: npt.NDArray[np.bool_] | None) -> None:
        shape = T, *s.shape[:2]
        self.s, self.s_next = np.empty((T + 1, *s.shape), np.float32), np.empty((T, *s.shape), np.float32)
        self.r = np.empty(shape, np.float32)
        self.terminated, self.truncated, self.over = (np.empty(shape, np.bool_) for _ in range(3))
        self.masks = None if mask is None else np.empty((T + 1, *mask.shape), np.bool_)
        self.masks_next = None if mask is None else np.empty((T, *mask.shape), np.bool_)
        self.a: Any = None
        self.valid: npt.NDArray[np.bool_] | None = None
        self.extras: Any = None
        self._steps: Steps | None = None

    def start(self, s: npt.NDArray[np.float32], mask: npt.NDArray[np.bool_] | None) -> None:
        """Put what the copies show now in the first place."""
        self.s[0] = s
        if self.masks is not None:
            self.masks[0] = mask

    def mask_at(self, t: int) -> Any:
        """Return the masks of step t."""
        return None if self.masks is None else self.masks[t]

    def take_valid(self, t: int, valid: npt.NDArray[np.bool_]) -> None:
        """Write down which copies did more than reset at step t: (M, E)."""
        if self.valid is None:
            self.valid, self._steps = np.ones_like(self.terminated), None
        self.valid[t] = valid

    def take_masks(self, t: int, outcome: Outcome) -> None:
        """Write down which actions are available after step t, and were at its end."""
        masks: Any = self.masks
        following: Any = self.masks_next
        masks[t + 1] = 1 if outcome.masks is None else outcome.masks.reshape(masks.shape[1:])
        following[t] = masks[t + 1]
        if outcome.ended.size:
            final = 1 if outcome.final_masks is None else outcome.final_masks
            following[t].reshape(-1, following.shape[-1])[outcome.ended] = final

    def keep(self, t: int, a: npt.NDArray[Any], extras: Any) -> None:
        """Write down what was chosen at step t, and what came with it."""
        if self.a is None:
            self.a, self._steps = np.empty((len(self.r), *a.shape), a.dtype), None
        if self.extras is None and extras is not None:
            rows = (np.asarray(part) for part in extras)
            self.extras = extras._make(np.empty((len(self.r), *row.shape), row.dtype) for row in rows)
            self._steps = None
        self.a[t] = a
        if extras is not None:
            for part, row in zip(self.extras, extras, strict=True):
                part[t] = row

    @property
    def steps(self) -> Steps:
        """All of it."""
        if self._steps is None:
            mask = None if self.masks is None else self.masks[:-1]
            flags = self.terminated, self.truncated, self.over
            self._steps = Steps(
                self.s[:-1], self.a, self.r, self.s_next, *flags, mask, self.masks_next, self.valid, self.extras
            )
        return self._steps
