"""Gradients averaged over processes.

Each process has environments and a replay of its own; every update is the one of all their batches together. Since all
begin with the same params and apply the same gradients, they stay the same, bit for bit.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import torch
from torch import distributed

from gridworld_agents.deep.gradients import transformed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextlib.contextmanager
def averaging() -> Iterator[None]:
    """Average the gradients of `optimiser.descend` over all processes, while this lasts.

    Where a loss is a mean over a batch, each process takes the step of the mean over all their batches, if these are
    equally large. This is what DistributedDataParallel does; since the params of a network are one tensor, nothing is
    left of it but one `all_reduce`.
    """

    def average(grads: torch.Tensor) -> torch.Tensor:
        total = grads.clone()
        distributed.all_reduce(total)
        return total / distributed.get_world_size()

    with transformed(average):
        yield


def share(tensors: Sequence[torch.Tensor]) -> None:
    """Give every process the tensors of the first, in place."""
    for tensor in tensors:
        distributed.broadcast(tensor, 0)


def differing(tensors: Sequence[torch.Tensor]) -> int:
    """Return how many of the tensors are not the same in all processes, bit for bit."""
    count = 0
    for tensor in tensors:
        first = tensor.clone()
        distributed.broadcast(first, 0)
        unequal = torch.tensor(0 if torch.equal(first, tensor) else 1, device=tensor.device)
        distributed.all_reduce(unequal)
        count += int(unequal > 0)
    return count
