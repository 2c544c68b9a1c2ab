"""Twin delayed deep deterministic policy gradient (Fujimoto, van Hoof and Meger 2018, Algorithm 1).

1  draw two critics Q1, Q2 and an actor mu; copy them into the targets
2  in every step: take a = mu(s) + noise, observe r and s_next, and keep (s, a, r, s_next) in the replay
3  draw a batch from the replay
4  a_next = mu'(s_next) + clip(noise), kept in its bounds                          (their equation 14)
5  y = r + gamma min(Q1'(s_next, a_next), Q2'(s_next, a_next)); nothing follows a terminated step
6  move Q1 and Q2 down the gradients of the means of (y - Q(s, a))^2
7  every `policy_delay` updates: move mu up the gradient of the mean of Q1(s, mu(s)), and all targets by tau

Steps 1, 2 and 3 are `deep.agent`'s. The two critics are members like the seeds are: one batched operation updates all.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from gridworld_agents.core.checks import finite_number, whole_number
from gridworld_agents.deep.agent import DeepAgent
from gridworld_agents.deep.config import DeepConfig
from gridworld_agents.deep.gradients import grad_and_value
from gridworld_agents.deep.losses import actor_loss, critic_loss, policy
from gridworld_agents.deep.networks import MLP, joined
from gridworld_agents.deep.ops import polyak
from gridworld_agents.deep.optimiser import Moments, adam

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gridworld_agents.deep.rates import StepSizes
    from gridworld_agents.deep.replay import Batch


@dataclasses.dataclass(frozen=True, kw_only=True)
class TD3Parameters(DeepConfig):
    """Hyper-parameters of TD3."""

    policy_delay: int = 2  # updates of the critics for each of the actor, >= 1
    target_noise: float = 0.2  # standard deviation of the noise on target actions, >= 0
    target_noise_clip: float = 0.5  # where that noise is cut off, >= 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        whole_number("policy_delay", self.policy_delay, 1)
        for name in ("target_noise", "target_noise_clip"):
            if finite_number(name, getattr(self, name)) < 0:
                raise ValueError(f"{name} must be >= 0, got {getattr(self, name)!r}")


class Learner(NamedTuple):
    """All that an update changes: actors (M, size); critics (2 M, size), the two of a member side by side."""

    actor: torch.Tensor
    critics: torch.Tensor
    target_actor: torch.Tensor
    target_critics: torch.Tensor
    actor_moments: Moments
    critic_moments: Moments


class TD3(DeepAgent):
    """TD3, for several seeds at once. Hyper-parameters: :class:`TD3Parameters`."""

    id = "td3"
    Config = TD3Parameters
    config: TD3Parameters

    def make_networks(self) -> None:
        """Set actor and critic."""
        hidden, boxes = self.config.hidden, self.boxes
        self.actor = MLP(boxes.num_observed, hidden, boxes.num_chosen)
        self.critic = MLP(boxes.num_observed + boxes.num_chosen, hidden, 1)

    def new_learner(self, rngs: Sequence[np.random.Generator]) -> Learner:
        """Draw actors and critics, and copy them into the targets."""
        actors = [self.actor.new(rng) for rng in rngs]  # 1
        twins = [self.critic.new(rng) for rng in rngs for _ in range(2)]
        actor, critics = (torch.from_numpy(np.stack(part)).to(self.device) for part in (actors, twins))
        return Learner(actor, critics, actor.clone(), critics.clone(), Moments.new(actor), Moments.new(critics))

    def further(self, rngs: Sequence[np.random.Generator]) -> tuple[Any, ...]:
        """Draw the noise on target actions, (M, B, actions), and tell whether the actor's turn has come."""
        p = self.config
        shape = p.batch_size, self.boxes.num_chosen
        drawn = np.stack([rng.standard_normal(shape, np.float32) for rng in rngs])
        noise = (p.target_noise * torch.from_numpy(drawn)).clamp(-p.target_noise_clip, p.target_noise_clip)
        done = int(self.learner.critic_moments.steps)
        return noise.to(self.device), (done + 1) % p.policy_delay == 0

    def make_update(self, gradient: Callable[..., Any] = grad_and_value) -> Callable[..., Any]:
        """Return the update, a pure function.

        Args:
            gradient: Makes of a loss, a function of parameters and more, one that returns their gradient and the loss.
        """
        mu, q, p = self.actor, self.critic, self.config
        of_critic, of_actor = gradient(critic_loss, argnums=1), gradient(actor_loss, argnums=1)

        def update(
            learner: Learner, batch: Batch, step_sizes: StepSizes, noise: torch.Tensor, act: bool
        ) -> tuple[Learner, tuple[torch.Tensor, torch.Tensor]]:
            a_next = policy(mu, mu.split(learner.target_actor), batch.s_next, linear=p.invert_gradients)
            a_next = (a_next + noise).clamp(-1, 1)  # 4
            both = q(q.split(learner.target_critics), twice(torch.cat([batch.s_next, a_next], 2)))
            worse = torch.minimum(both[::2], both[1::2])
            y = batch.r + p.gamma * batch.continues * worse  # 5
            slope, missed = of_critic(q, q.split(learner.critics), twice(batch.s), twice(batch.a), twice(y))
            descent = joined(slope) + p.critic_l2 * learner.critics
            critics, critic_moments = adam(learner.critics, descent, learner.critic_moments, step_sizes.critic)  # 6
            changed = learner._replace(critics=critics, critic_moments=critic_moments)
            if not act:
                return changed, (missed, torch.full_like(missed, torch.nan))
            first = q.split(critics[::2])
            slope, forgone = of_actor(mu, mu.split(learner.actor), q, first, batch.s, p.invert_gradients)
            actor, actor_moments = adam(learner.actor, joined(slope), learner.actor_moments, step_sizes.actor)  # 7
            changed = changed._replace(
                actor=actor,
                actor_moments=actor_moments,
                target_actor=polyak(learner.target_actor, actor, p.tau),
                target_critics=polyak(learner.target_critics, critics, p.tau),
            )
            return changed, (missed, forgone)

        return update


def twice(x: torch.Tensor) -> torch.Tensor:
    """Return each member's part for both of its critics: (M, ...) to (2 M, ...)."""
    return x.repeat_interleave(2, 0)
