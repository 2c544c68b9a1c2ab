"""Twin delayed deep deterministic policy gradient (Fujimoto, van Hoof and Meger 2018, Algorithm 1).

1  draw two critics Q1, Q2 and an actor mu; copy them into the targets
2  in every step: take a = mu(s) + noise, observe r and s_next, and keep (s, a, r, s_next) in the replay
3  draw a batch from the replay
4  a_next = mu'(s_next) + clip(noise), kept in its bounds                          (their equation 14)
5  y = r + gamma min(Q1'(s_next, a_next), Q2'(s_next, a_next)); nothing follows a terminated step
6  move Q1 and Q2 down the gradients of the means of (y - Q(s, a))^2
7  every `policy_delay` updates: move mu up the gradient of the mean of Q1(s, mu(s)), and all targets by tau

Steps 2 and 3 are `deep.off_policy`'s. The two critics are members like the seeds are: one batched operation for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from gridworld_agents.core.config import integer, real
from gridworld_agents.deep import ops
from gridworld_agents.deep.deterministic import DeterministicAgent, DeterministicConfig
from gridworld_agents.deep.losses import negative_value, squared_error
from gridworld_agents.deep.optimiser import Net, descend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridworld_agents.deep.replay import Batch


class TD3Config(DeterministicConfig):
    """Hyper-parameters of TD3."""

    policy_delay: int = integer("updates of the critics for each of the actor", default=2, least=1)
    target_noise: float = real("standard deviation of the noise on target actions", default=0.2, least=0)
    target_noise_clip: float = real("where that noise is cut off", default=0.5, least=0)


class Learner(NamedTuple):
    """All that an update changes; the critics are 2 M members, the two of a member next to each other."""

    actor: Net
    critics: Net
    target_actor: torch.Tensor  # (M, size)
    target_critics: torch.Tensor  # (2 M, size)


class TD3(DeterministicAgent):
    """DDPG with two critics and delayed updates. For several seeds at once. Hyper-parameters: :class:`TD3Config`."""

    id = "td3"
    Config = TD3Config

    def new_learner(self, rngs: Sequence[np.random.Generator]) -> Learner:
        """Draw actors and critics, and copy them into the targets."""
        actor = self.new_params("actor", rngs)  # 1
        critics = self.new_params("critic", [rng for rng in rngs for _ in range(2)])
        return Learner(Net.new(actor), Net.new(critics), actor.clone(), critics.clone())

    def noise(self, rngs: Sequence[np.random.Generator]) -> tuple[Any, ...]:
        """Draw the noise on target actions, (M, B, actions), and tell whether the actor's turn has come."""
        c = self.config
        drawn = np.stack([rng.standard_normal((c.batch_size, self.actions.width), np.float32) for rng in rngs])
        noise = (c.target_noise * torch.from_numpy(drawn)).clamp(-c.target_noise_clip, c.target_noise_clip)
        done = int(self.learner.critics.moments.steps)
        return noise.to(self.device), (done + 1) % c.policy_delay == 0

    def update(
        self, learner: Learner, batch: Batch, rates: Any, noise: torch.Tensor, act: bool
    ) -> tuple[Learner, dict[str, torch.Tensor]]:
        """Return the learner after steps 4 to 7."""
        mu, q, policy, c = self.networks["actor"], self.networks["critic"], self.policy_head, self.config
        a_next = policy.sample(mu(learner.target_actor, batch.s_next), noise)  # 4
        both = q(learner.target_critics, twice(torch.cat([batch.s_next, a_next], 2)))
        worse = torch.minimum(both[::2], both[1::2])
        y = ops.td_target(batch.r, worse, batch.terminated > 0, c.gamma)  # 5
        seen = twice(batch.s), twice(batch.a), twice(y)
        critics, critic_loss = descend(
            squared_error, learner.critics, rates.critic_step_size, q, *seen, weight_decay=c.critic_l2
        )  # 6
        changed = learner._replace(critics=critics)
        metrics = {"critic_loss": (critic_loss[::2] + critic_loss[1::2]) / 2}
        if not act:
            return changed, metrics
        actor, actor_loss = descend(
            negative_value, learner.actor, rates.actor_step_size, mu, policy, critics.params[::2], q, batch.s
        )  # 7
        target_actor = ops.polyak(learner.target_actor, actor.params, c.tau)
        target_critics = ops.polyak(learner.target_critics, critics.params, c.tau)
        changed = Learner(actor, critics, target_actor, target_critics)
        return changed, {**metrics, "actor_loss": actor_loss}


def twice(x: torch.Tensor) -> torch.Tensor:
    """Return each member's part for both of its critics: (M, ...) to (2 M, ...)."""
    return x.repeat_interleave(2, 0)
