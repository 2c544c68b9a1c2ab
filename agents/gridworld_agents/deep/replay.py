"""`Replay`: a preallocated replay buffer, one for each member."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from gridworld_agents.core.public import export

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from gridworld_agents.deep.collector import Steps


@export("gridworld_agents.authoring.Batch")
class Batch(NamedTuple):
    """Transitions for each of M members."""

    s: torch.Tensor  # (M, B, width)
    a: torch.Tensor  # (M, B, actions): the number of a Discrete action, or a row in [-1, 1]
    r: torch.Tensor  # (M, B, 1)
    s_next: torch.Tensor  # (M, B, width)
    terminated: torch.Tensor  # (M, B, 1), 1 where the episode ended for good; truncation is bootstrapped through
    mask_next: torch.Tensor  # (M, B, A), 1 where an action is available in s_next; (M, B, 0) where there are no masks


class Replay:
    """The last transitions of each member; all members have seen equally many.

    Args:
        members: M.
        capacity: How many are kept of each.
        width: Numbers in an observation.
        actions: Numbers in an action.
        masks: Actions whose masks are kept, 0 for none.
        device: Where they are kept.
    """

    def __init__(self, members: int, capacity: int, width: int, actions: int, masks: int, device: torch.device) -> None:
        self.sizes = [width, actions, 1, width, 1, masks]
        ends = list(itertools.accumulate(self.sizes))
        self._columns = [slice(end - size, end) for end, size in zip(ends, self.sizes, strict=True)]
        shape = members, capacity, ends[-1]
        if device.type == "cpu":
            self.data = torch.from_numpy(np.zeros(shape, np.float32))  # takes no memory until it is written
        else:
            self.data = torch.zeros(shape, device=device)
        self.capacity, self.added = capacity, 0
        self._taken_down: tuple[Any, Any] = None, None  # steps and rows of `_copied`
        self._copied: list[tuple[npt.NDArray[np.float32], npt.NDArray[Any]]] = []
        self._all = torch.arange(members, device=device)[:, None]
        self._view = self.data.numpy() if device.type == "cpu" else None
        self._rows = np.empty((members, 0, sum(self.sizes)), np.float32)  # a batch on the CPU, used again for the next
        self._batch = self._split(torch.from_numpy(self._rows))

    def __len__(self) -> int:
        """Return how many transitions of each member are kept."""
        return min(self.added, self.capacity)

    def take_down(self, steps: Steps, rows: npt.NDArray[np.float32]) -> None:
        """Write one step of every copy, arrays (1, M, E, ...), as `add` takes it into rows: (M, E, numbers)."""
        if steps is not self._taken_down[0] or rows is not self._taken_down[1]:
            parts: tuple[Any, ...] = steps.s, steps.a, steps.r, steps.s_next, steps.terminated, steps.mask_next
            self._taken_down = steps, rows  # a collector hands out the same arrays again, and views of them last
            self._copied = [
                (rows[..., columns], part[0].reshape(*rows.shape[:2], -1))
                for part, columns in zip(parts, self._columns, strict=True)
                if columns.start < columns.stop
            ]
        for into, part in self._copied:
            into[:] = part

    def add(self, rows: npt.NDArray[np.float32]) -> None:
        """Add a transition of each member: (M, numbers)."""
        i = self.added % self.capacity
        if self._view is not None:
            self._view[:, i] = rows
        else:
            self.data[:, i] = torch.from_numpy(rows).to(self.data.device)
        self.added += 1

    def sample(self, rngs: Sequence[np.random.Generator], size: int) -> Batch:
        """Draw transitions of each member, with replacement and by the member's own generator.

        The next call writes over what this one returns.
        """
        kept = len(self)
        if self._view is None:
            drawn = np.stack([rng.integers(kept, size=size) for rng in rngs])
            return self._split(self.data[self._all, torch.from_numpy(drawn).to(self.data.device)])
        if self._rows.shape[1] != size:
            self._rows = np.empty((len(rngs), size, sum(self.sizes)), np.float32)
            self._batch = self._split(torch.from_numpy(self._rows))
        for drawn_rows, kept_rows, rng in zip(self._rows, self._view, rngs, strict=True):
            kept_rows.take(rng.integers(kept, size=size), axis=0, out=drawn_rows, mode="clip")  # quicker than "raise"
        return self._batch

    def kept(self) -> npt.NDArray[np.float32]:
        """Return what is kept: (M, len, numbers) float32, a copy."""
        rows: npt.NDArray[np.float32] = self.data[:, : len(self)].cpu().numpy().copy()
        return rows

    def restore(self, rows: npt.NDArray[np.float32], added: int) -> None:
        """Take over what `kept` returned.

        Raises:
            ValueError: If it is not as long as it should be.
        """
        if rows.shape[1] != min(added, self.capacity):
            raise ValueError(f"its replay has {rows.shape[1]} transitions, not {min(added, self.capacity)}")
        self.data[:, : rows.shape[1]] = torch.from_numpy(rows).to(self.data.device)
        self.added = added

    def _split(self, rows: torch.Tensor) -> Batch:
        return Batch(*torch.split(rows, self.sizes, 2))
