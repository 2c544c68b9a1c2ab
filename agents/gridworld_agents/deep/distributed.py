"""Gradients averaged over processes, by DistributedDataParallel.

Each process has environments and a replay of its own; every update is the one of all their batches together. Since all
begin with the same parameters and apply the same gradients, they stay the same, bit for bit.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from gridworld_agents.deep.gradients import transformed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Loss(nn.Module):
    """A loss as a module, since DistributedDataParallel averages the gradients of what goes through `forward` only.

    Args:
        function: Returns the loss; its arguments are those of `forward` with the parameters put in between.
        parameters: Of what the gradient is taken.
    """

    def __init__(self, function: Callable[..., torch.Tensor], config: Sequence[torch.Tensor]) -> None:
        super().__init__()
        self.function = function
        self.parts = nn.ParameterList(part.detach().clone() for part in config)

    def forward(self, before: tuple[Any, ...], after: tuple[Any, ...]) -> torch.Tensor:
        """Return the loss."""
        return self.function(*before, list(self.parts), *after)


def averaged(function: Callable[..., torch.Tensor], argnums: int) -> Callable[..., Any]:
    """Return a function that returns the gradient of a loss, averaged over all processes, and this one's loss.

    It takes the place of `torch.func.grad_and_value` in an update. Where the loss is a mean over a batch, the result is
    the gradient of the mean over all the processes' batches, if these are equally large.

    Args:
        function: Returns the loss.
        argnums: Which of its arguments the gradient is taken of: parameters, in parts.
    """
    module: DistributedDataParallel | None = None

    def gradient(*arguments: Any) -> tuple[list[torch.Tensor], torch.Tensor]:
        nonlocal module
        before, config, after = arguments[:argnums], arguments[argnums], arguments[argnums + 1 :]
        if module is None:
            module = DistributedDataParallel(Loss(function, config))
        parts = list(module.module.parts)
        for part, new in zip(parts, config, strict=True):
            part.data.copy_(new)
            part.grad = None
        with torch.enable_grad():
            loss = module(before, after)
            loss.backward()
        return [part.grad.clone() for part in parts], loss.detach()

    return gradient


@contextlib.contextmanager
def averaging() -> Iterator[None]:
    """Average the gradients of `optimiser.descend` over all processes, while this lasts.

    Where a loss is a mean over a batch, each process takes the step of the mean over all their batches, if these are
    equally large. The params of a network are one tensor, so that one `all_reduce` is all there is to do.
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
