"""The two losses of agents with a deterministic policy, as pure functions of parameters that have been split.

Each is a sum over members of means over the batch, so that every member gets the gradient of its own mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from gridworld_agents.deep.inverting import invert_gradient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridworld_agents.deep.networks import MLP


def policy(mu: MLP, actor: Sequence[torch.Tensor], s: torch.Tensor, *, linear: bool) -> torch.Tensor:
    """Return the actions (M, B, actions) in [-1, 1] for observations (M, B, observations).

    Args:
        mu: The network.
        actor: Its parameters.
        s: Observations.
        linear: Cut off at the bounds rather than squash.
    """
    out = mu(actor, s)
    return out.clamp(-1, 1) if linear else torch.tanh(out)


def critic_loss(
    q: MLP, critic: Sequence[torch.Tensor], s: torch.Tensor, a: torch.Tensor, y: torch.Tensor
) -> torch.Tensor:
    """Return the mean of (y - Q(s, a))^2, summed over members.

    Args:
        q: The network.
        critic: Its parameters.
        s: (M, B, observations).
        a: (M, B, actions).
        y: (M, B, 1), what the values should be.
    """
    error = q(critic, torch.cat([s, a], 2)) - y
    return (error * error).mean((1, 2)).sum()


def actor_loss(
    mu: MLP,
    actor: Sequence[torch.Tensor],
    q: MLP,
    critic: Sequence[torch.Tensor],
    s: torch.Tensor,
    linear: bool,
) -> torch.Tensor:
    """Return the mean of -Q(s, mu(s)), summed over members.

    Args:
        mu: The actor's network.
        actor: Its parameters.
        q: The critic's network.
        critic: Its parameters.
        s: (M, B, observations).
        linear: Whether gradients are inverted at the bounds of actions, where they are otherwise squashed.
    """
    out = mu(actor, s)
    a = invert_gradient(out) if linear else torch.tanh(out)
    return -q(critic, torch.cat([s, a], 2)).mean((1, 2)).sum()
