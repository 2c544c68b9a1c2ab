"""`Replay`: what was experienced, in one array that is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt


class Batch(NamedTuple):
    """Transitions for each of M members."""

    s: torch.Tensor  # (M, B, observations)
    a: torch.Tensor  # (M, B, actions), in [-1, 1]
    r: torch.Tensor  # (M, B, 1)
    s_next: torch.Tensor  # (M, B, observations)
    continues: torch.Tensor  # (M, B, 1), 0 where the episode terminated, else 1: truncation is bootstrapped through


class Replay:
    """The last transitions of each member; all members have seen equally many.

    Args:
        members: M.
        capacity: How many are kept of each.
        observations: Numbers in an observation.
        actions: Numbers in an action.
        device: Where they are kept.
    """

    def __init__(self, members: int, capacity: int, observations: int, actions: int, device: torch.device) -> None:
        self.sizes = [observations, actions, 1, observations, 1]
        shape = members, capacity, sum(self.sizes)
        if device.type == "cpu":
            self.data = torch.from_numpy(np.zeros(shape, np.float32))  # takes no memory until it is written
        else:
            self.data = torch.zeros(shape, device=device)
        self.capacity, self.added = capacity, 0
        self._all = torch.arange(members, device=device)[:, None]
        self._view = self.data.numpy() if device.type == "cpu" else None
        self._rows = np.empty((members, 0, sum(self.sizes)), np.float32)  # a batch on the CPU, used again for the next
        self._batch = Batch(*torch.split(torch.from_numpy(self._rows), self.sizes, 2))

    def __len__(self) -> int:
        """Return how many transitions of each member are kept."""
        return min(self.added, self.capacity)

    def add(self, rows: npt.NDArray[np.float32]) -> None:
        """Add a transition of each member, (M, width): s, a, r, s_next, continues side by side."""
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
            rows = self.data[self._all, torch.from_numpy(drawn).to(self.data.device)]
            return Batch(*torch.split(rows, self.sizes, 2))
        if self._rows.shape[1] != size:
            self._rows = np.empty((len(rngs), size, sum(self.sizes)), np.float32)
            self._batch = Batch(*torch.split(torch.from_numpy(self._rows), self.sizes, 2))
        for drawn_rows, kept_rows, rng in zip(self._rows, self._view, rngs, strict=True):
            kept_rows.take(rng.integers(kept, size=size), axis=0, out=drawn_rows, mode="clip")  # quicker than "raise"
        return self._batch

    def kept(self) -> npt.NDArray[np.float32]:
        """Return what is kept: (M, len, width) float32, a copy."""
        rows: npt.NDArray[np.float32] = self.data[:, : len(self)].cpu().numpy().copy()
        return rows

    def restore(self, rows: npt.NDArray[np.float32], added: int) -> None:
        """Take over what `kept` returned."""
        self.data[:, : rows.shape[1]] = torch.from_numpy(rows).to(self.data.device)
        self.added = added
