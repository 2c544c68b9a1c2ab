"""Deep deterministic policy gradient (Lillicrap et al. 2016, Algorithm 1; Zhao 2025, section 10.4).

1  draw a critic Q and an actor mu; copy them into the targets Q' and mu'
2  in every step: take a = mu(s) + noise, observe r and s_next, and keep (s, a, r, s_next) in the replay
3  draw a batch from the replay
4  y = r + gamma Q'(s_next, mu'(s_next)); nothing follows a terminated step             (their equation 5)
5  move Q down the gradient of the mean of (y - Q(s, a))^2                                (equation 4)
6  move mu up the gradient of the mean of Q(s, mu(s))                                     (equation 6)
7  Q' <- tau Q + (1 - tau) Q', mu' <- tau mu + (1 - tau) mu'

Steps 2 and 3 are `deep.off_policy`'s. What differs from the paper, and can be as it was there where a name is given:

- actions enter the critic at its first layer, not at its second; no batch normalisation; observations can be normalised
  by their running mean and deviation instead (`normalise_observations`);
- Gaussian noise rather than an Ornstein-Uhlenbeck process (`noise="ornstein-uhlenbeck", noise_scale=0.2`);
- the first steps are random (`learning_starts=0`); an episode that is cut off is bootstrapped through;
- other numbers: `hidden=(400, 300)`, `actor_step_size=1e-4`, `critic_l2=0.01`, `tau=0.001`, `batch_size=64`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from gridworld_agents.deep import ops
from gridworld_agents.deep.deterministic import DeterministicAgent, DeterministicConfig
from gridworld_agents.deep.losses import negative_value, squared_error
from gridworld_agents.deep.optimiser import Net, descend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import numpy as np

    from gridworld_agents.deep.replay import Batch


class DDPGConfig(DeterministicConfig):
    """Hyper-parameters of DDPG: those of every agent with a deterministic policy."""


class Learner(NamedTuple):
    """All that an update changes."""

    actor: Net
    critic: Net
    target_actor: torch.Tensor  # (M, size)
    target_critic: torch.Tensor  # (M, size)


class DDPG(DeterministicAgent):
    """Deterministic actor-critic from a replay buffer.

    For several seeds at once. Hyper-parameters: :class:`DDPGConfig`.
    """

    id = "ddpg"
    Config = DDPGConfig

    def new_learner(self, rngs: Sequence[np.random.Generator]) -> Learner:
        """Draw actors and critics, and copy them into the targets."""
        actor, critic = self.new_params("actor", rngs), self.new_params("critic", rngs)  # 1
        return Learner(Net.new(actor), Net.new(critic), actor.clone(), critic.clone())

    def update(self, learner: Learner, batch: Batch, rates: Any) -> tuple[Learner, dict[str, torch.Tensor]]:
        """Return the learner after steps 4 to 7."""
        mu, q, policy, c = self.networks["actor"], self.networks["critic"], self.policy_head, self.config
        a_next = policy.mode(mu(learner.target_actor, batch.s_next))
        q_next = q(learner.target_critic, torch.cat([batch.s_next, a_next], 2))
        y = ops.td_target(batch.r, q_next, batch.terminated > 0, c.gamma)  # 4
        critic, critic_loss = descend(
            squared_error, learner.critic, rates.critic_step_size, q, batch.s, batch.a, y, weight_decay=c.critic_l2
        )  # 5
        actor, actor_loss = descend(
            negative_value, learner.actor, rates.actor_step_size, mu, policy, critic.params, q, batch.s
        )  # 6
        target_actor = ops.polyak(learner.target_actor, actor.params, c.tau)  # 7
        target_critic = ops.polyak(learner.target_critic, critic.params, c.tau)
        changed = Learner(actor, critic, target_actor, target_critic)
        return changed, {"critic_loss": critic_loss, "actor_loss": actor_loss}
