"""Adam as a pure function of flat parameters: ten operations, however many layers there are."""

from __future__ import annotations

from typing import NamedTuple

import torch

DECAYS = 0.9, 0.999
EPSILON = 1e-8


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


def adam(
    params: torch.Tensor, gradient: torch.Tensor, moments: Moments, step_size: torch.Tensor
) -> tuple[torch.Tensor, Moments]:
    """Take a step of a size (1,) (Kingma and Ba 2015, Algorithm 1); return new parameters (M, size) and moments."""
    first_decay, second_decay = DECAYS
    steps = moments.steps + 1
    first = torch.lerp(moments.first, gradient, 1 - first_decay)
    second = torch.lerp(moments.second, gradient * gradient, 1 - second_decay)
    unbiased = (second / (1 - second_decay**steps)).sqrt() + EPSILON
    return params - step_size / (1 - first_decay**steps) * first / unbiased, Moments(first, second, steps)
