"""Deep deterministic policy gradient (Lillicrap et al. 2016, Algorithm 1; the book, section 10.4).

1  draw a critic Q and an actor mu; copy them into the targets Q' and mu'
2  in every step: take a = mu(s) + noise, observe r and s_next, and keep (s, a, r, s_next) in the replay
3  draw a batch from the replay
4  y = r + gamma Q'(s_next, mu'(s_next)); nothing follows a terminated step             (their equation 5)
5  move Q down the gradient of the mean of (y - Q(s, a))^2                                (equation 4)
6  move mu up the gradient of the mean of Q(s, mu(s))                                     (equation 6)
7  Q' <- tau Q + (1 - tau) Q', mu' <- tau mu + (1 - tau) mu'

Steps 1, 2 and 3 are `deep.agent`'s. What differs from the paper, and can be set as it was there where a name is given:

- actions enter the critic at its first layer, not at its second; no batch normalisation; observations can be normalised
  by their running mean and deviation instead (`normalise_observations`);
- Gaussian noise rather than an Ornstein-Uhlenbeck process (`noise="ornstein-uhlenbeck", noise_scale=0.2`);
- the first steps are random (`learning_starts=0`); an episode that is cut off is bootstrapped through;
- other numbers: `hidden=(400, 300)`, `actor_step_size=1e-4`, `critic_l2=0.01`, `tau=0.001`, `batch_size=64`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

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
class DDPGConfig(DeepConfig):
    """Hyper-parameters of DDPG: those of every agent with a deterministic policy."""


class Learner(NamedTuple):
    """All that an update changes; parameters are (M, size) each."""

    actor: torch.Tensor
    critic: torch.Tensor
    target_actor: torch.Tensor
    target_critic: torch.Tensor
    actor_moments: Moments
    critic_moments: Moments


class DDPG(DeepAgent):
    """DDPG, for several seeds at once. Hyper-parameters: :class:`DDPGConfig`."""

    id = "ddpg"
    Config = DDPGConfig

    def make_networks(self) -> None:
        """Set actor and critic."""
        hidden, boxes = self.config.hidden, self.boxes
        self.actor = MLP(boxes.num_observed, hidden, boxes.num_chosen)
        self.critic = MLP(boxes.num_observed + boxes.num_chosen, hidden, 1)

    def new_learner(self, rngs: Sequence[np.random.Generator]) -> Learner:
        """Draw actors and critics, and copy them into the targets."""
        drawn = [(self.actor.new(rng), self.critic.new(rng)) for rng in rngs]  # 1
        actor, critic = (torch.from_numpy(np.stack(part)).to(self.device) for part in zip(*drawn, strict=True))
        return Learner(actor, critic, actor.clone(), critic.clone(), Moments.new(actor), Moments.new(critic))

    def make_update(self, gradient: Callable[..., Any] = grad_and_value) -> Callable[..., Any]:
        """Return the update, a pure function.

        Args:
            gradient: Makes of a loss, a function of parameters and more, one that returns their gradient and the loss.
        """
        mu, q, p = self.actor, self.critic, self.config
        of_critic, of_actor = gradient(critic_loss, argnums=1), gradient(actor_loss, argnums=1)

        def update(
            learner: Learner, batch: Batch, step_sizes: StepSizes
        ) -> tuple[Learner, tuple[torch.Tensor, torch.Tensor]]:
            a_next = policy(mu, mu.split(learner.target_actor), batch.s_next, linear=p.invert_gradients)
            following = q(q.split(learner.target_critic), torch.cat([batch.s_next, a_next], 2))
            y = batch.r + p.gamma * batch.continues * following  # 4
            slope, missed = of_critic(q, q.split(learner.critic), batch.s, batch.a, y)
            descent = joined(slope) + p.critic_l2 * learner.critic
            critic, critic_moments = adam(learner.critic, descent, learner.critic_moments, step_sizes.critic)  # 5
            slope, forgone = of_actor(mu, mu.split(learner.actor), q, q.split(critic), batch.s, p.invert_gradients)
            actor, actor_moments = adam(learner.actor, joined(slope), learner.actor_moments, step_sizes.actor)  # 6
            target_actor = polyak(learner.target_actor, actor, p.tau)
            target_critic = polyak(learner.target_critic, critic, p.tau)  # 7
            changed = Learner(actor, critic, target_actor, target_critic, actor_moments, critic_moments)
            return changed, (missed, forgone)

        return update
