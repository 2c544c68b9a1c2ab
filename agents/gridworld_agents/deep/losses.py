"""The losses of agents with a deterministic policy, as pure functions of params: (M,) each, one for every member."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from gridworld_agents.deep import ops

if TYPE_CHECKING:
    from gridworld_agents.deep.distributions import Deterministic
    from gridworld_agents.deep.networks import MLP


def squared_error(critic: torch.Tensor, q: MLP, s: torch.Tensor, a: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return the mean of (y - Q(s, a))^2: (M,).

    Args:
        critic: (M, size), the params that learn.
        q: Their network.
        s: (M, B, width).
        a: (M, B, actions).
        y: (M, B, 1), targets.
    """
    error = q(critic, torch.cat([s, a], 2)) - y
    return ops.per_member_mean(error * error)


def negative_value(
    actor: torch.Tensor, mu: MLP, policy: Deterministic, critic: torch.Tensor, q: MLP, s: torch.Tensor
) -> torch.Tensor:
    """Return the mean of -Q(s, mu(s)): (M,).

    Args:
        actor: (M, size), the params that learn.
        mu: Their network.
        policy: How its outputs become actions.
        critic: (M, size of q).
        q: The critic's network.
        s: (M, B, width).
    """
    a = policy.differentiable(mu(actor, s))
    return -ops.per_member_mean(q(critic, torch.cat([s, a], 2)))
