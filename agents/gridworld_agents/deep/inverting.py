"""`InvertGrad`: gradients that hold actions inside their bounds (Hausknecht and Stone 2016, equation 11)."""

from __future__ import annotations

from typing import Any

import torch


class InvertGrad(torch.autograd.Function):
    """The identity on actions in [-1, 1], whose gradient shrinks as an action nears the bound it is pushed towards.

    A loss falls against its gradient: where dL/da < 0 the action grows, and the gradient is scaled by the share of the
    range that is left above it, (1 - a) / 2; where dL/da > 0, by the share below, (a + 1) / 2. Beyond a bound the sign
    turns, so that the action comes back. A squashing function instead saturates there, and its gradient vanishes.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(a: torch.Tensor) -> torch.Tensor:
        """Return the actions (...)."""
        return a.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:  # noqa: ARG004 - torch's
        """Keep what the backward pass needs."""
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        """Return the scaled gradient (...)."""
        (a,) = ctx.saved_tensors
        return inverted(a, gradient)


def inverted(a: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """Scale the gradient of a loss with respect to actions in [-1, 1]."""
    return gradient * torch.where(gradient < 0, (1 - a) / 2, (a + 1) / 2)


def invert_gradient(a: torch.Tensor) -> torch.Tensor:
    """Return the actions (...), whose gradient is to be inverted."""
    same: torch.Tensor = InvertGrad.apply(a)  # type: ignore[no-untyped-call]
    return same
