"""Gradient descent by Adam as a pure function of flat params: ten operations, however many layers there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import torch

from gridworld_agents.core.public import export
from gridworld_agents.deep.gradients import gradient

if TYPE_CHECKING:
    from collections.abc import Callable

BETAS = 0.9, 0.999
EPS = 1e-8

Found = TypeVar("Found", bound="torch.Tensor | tuple[torch.Tensor, Any]")


class Moments(NamedTuple):
    """What Adam remembers of the gradients."""

    first: torch.Tensor  # (M, size), running mean
    second: torch.Tensor  # (M, size), running mean of squares
    steps: torch.Tensor  # (1,) int64, how many

    @classmethod
    def new(cls, params: torch.Tensor) -> Moments:
        """Return the moments before the first step."""
        none = torch.zeros(1, dtype=torch.int64, device=params.device)
        return cls(torch.zeros_like(params), torch.zeros_like(params), none)


@export("gridworld_agents.authoring.Net")
class Net(NamedTuple):
    """Params that learn: those of a network, or of several that learn together."""

    params: torch.Tensor  # (M, size)
    moments: Moments

    @classmethod
    def new(cls, params: torch.Tensor) -> Net:
        """Return params (M, size) before the first step."""
        return cls(params, Moments.new(params))


@export("gridworld_agents.authoring.descend")
def descend(
    loss: Callable[..., Found],
    net: Net,
    step_size: float | torch.Tensor,
    *args: Any,
    max_grad_norm: float | None = None,
    weight_decay: float = 0.0,
    betas: tuple[float, float] = BETAS,
    eps: float = EPS,
) -> tuple[Net, Found]:
    """Move params down the gradient of a loss, by a step of Adam; return them, and what the loss returned.

    Every member takes the gradient of its own loss, with a norm of its own. The gradients are averaged over processes
    inside `distributed.averaging`.

    Args:
        loss: `loss(params, *args)` returns a loss (M,), one for each member, or a pair of it and of metrics: tensors in
            a (named) tuple or dict, which come back detached. It may depend on params (M, size) alone, not on `net`.
        net: To begin from.
        step_size: A number, or (1,), or (M, 1) for one of each member. A tensor can change without compiling anew.
        *args: Further arguments of the loss, of which no gradient is taken.
        max_grad_norm: Gradients of a member with a larger norm are scaled down to it.
        weight_decay: What is added to the gradients, times the params, after their norm is cut.
        betas: How the moments decay.
        eps: Keeps steps finite; PPO is usually run with 1e-5.

    Raises:
        ValueError: If the loss is not (M,).
    """
    grads, found = gradient(loss, net.params, *args)
    if max_grad_norm is not None:
        grads = clipped(grads, max_grad_norm)
    if weight_decay:
        grads = grads + weight_decay * net.params
    return Net(*adam(net.params, grads, net.moments, step_size, betas=betas, eps=eps)), found


def clipped(grads: torch.Tensor, max_norm: float) -> torch.Tensor:
    """Scale the gradients of each member (M, size) down to a norm, as `torch.nn.utils.clip_grad_norm_` does."""
    norms: torch.Tensor = torch.linalg.vector_norm(grads, dim=1, keepdim=True)
    return grads * (max_norm / (norms + 1e-6)).clamp(max=1)


def adam(
    params: torch.Tensor,
    grads: torch.Tensor,
    moments: Moments,
    step_size: float | torch.Tensor,
    *,
    betas: tuple[float, float] = BETAS,
    eps: float = EPS,
) -> tuple[torch.Tensor, Moments]:
    """Take a step (Kingma and Ba 2015, Algorithm 1); return new params (M, size) and moments.

    Args:
        params: (M, size).
        grads: (M, size).
        moments: Before the step.
        step_size: A number, (1,) or (M, 1).
        betas: How the moments decay.
        eps: Added to the root of the second.
    """
    steps = moments.steps + 1
    first = torch.lerp(moments.first, grads, 1 - betas[0])
    second = torch.lerp(moments.second, grads * grads, 1 - betas[1])
    unbiased = (second / (1 - betas[1] ** steps)).sqrt() + eps
    return params - step_size / (1 - betas[0] ** steps) * first / unbiased, Moments(first, second, steps)
