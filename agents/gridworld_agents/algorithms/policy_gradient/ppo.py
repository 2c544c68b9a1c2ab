"""Proximal policy optimisation (Schulman et al. 2017, Algorithm 1 and section 3).

1  draw a policy pi and a value function v
2  follow pi for `num_steps` steps in every copy of the environment
3  advantages by generalised advantage estimation: A_t = delta_t + gamma lambda A_(t+1), delta_t = r + gamma v(s_next) -
   v(s); nothing follows a terminated step, an episode that is cut off is bootstrapped   (Schulman et al. 2016, eq. 16)
4  `epochs` times, in minibatches: move pi and v down the gradient of
       - mean of min(ratio A, clip(ratio, 1 - c, 1 + c) A), ratio = pi(a | s) / pi_old(a | s)          (equation 7)
       + value_coefficient * mean of (v(s) - (A + v_old(s)))^2 / 2                                       (equation 9)
       - entropy_coefficient * mean entropy of pi

Step 2 and the minibatches are `deep.on_policy`'s. As usual (Huang et al. 2022): weights are orthogonal, tanh stands
between layers, Adam's epsilon is 1e-5, advantages are normalised in each minibatch, gradients are cut off at a norm.
What is left of a roll-out after whole minibatches is left out of an epoch. Actions in a Box are Gaussian with standard
deviations that depend on no observation, and are cut off at their bounds when they are taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from gridworld_agents.core.config import boolean, real, schedule
from gridworld_agents.deep import ops
from gridworld_agents.deep.networks import MLP, Networks
from gridworld_agents.deep.on_policy import OnPolicyAgent, OnPolicyConfig, RollOut, flat
from gridworld_agents.deep.optimiser import Net, descend
from gridworld_agents.deep.stochastic import StochasticAgent, actor_of, critic_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt


class PPOConfig(OnPolicyConfig):
    """Hyper-parameters of PPO."""

    step_size: float | str = schedule("of Adam; by steps", default=3e-4, least=0)
    trace_decay: float = real("lambda of the advantages", default=0.95, least=0, most=1)
    clip: float | str = schedule("how far the ratio may leave 1; by steps", default=0.2, least=0)
    value_coefficient: float = real("weight of the values' loss", default=0.5, least=0)
    entropy_coefficient: float | str = schedule("weight of the entropy; by steps", default=0.01, least=0)
    clip_values: bool = boolean("keep values within clip of the old ones", default=False)
    normalise_advantages: bool = boolean("shift and scale advantages in each minibatch", default=True)
    max_grad_norm: float = real("norm that gradients are cut off at", default=0.5, above=0)
    action_masks: bool = boolean("take actions only where the environment says they are available", default=False)


class Minibatch(NamedTuple):
    """What an update learns from."""

    s: torch.Tensor  # (M, B, width)
    a: torch.Tensor  # (M, B) or (M, B, actions)
    mask: torch.Tensor  # (M, B, A), or (M, B, 0)
    log_prob: torch.Tensor  # (M, B), of the policy that acted
    v: torch.Tensor  # (M, B), of the value function then
    advantage: torch.Tensor  # (M, B)


class PPO(StochasticAgent, OnPolicyAgent):
    """Policy gradient in clipped steps. For several seeds at once. Hyper-parameters: :class:`PPOConfig`."""

    id = "ppo"
    Config = PPOConfig
    metric_names = ("policy_loss", "value_loss", "entropy", "approx_kl", "clip_fraction")

    def make_networks(self) -> Mapping[str, MLP]:
        """Return the policy and the value function."""
        width, hidden = self.observations.width, self.config.hidden
        return {"actor": actor_of(self.head, width, hidden), "critic": critic_of(width, hidden)}

    def new_learner(self, rngs: Sequence[np.random.Generator]) -> Net:
        """Draw both: their params are one tensor."""
        drawn = np.stack([Networks(**self.networks).new(rng) for rng in rngs])  # 1
        return Net.new(torch.from_numpy(drawn).to(self.device))

    def targets(self, learner: Net, roll_out: RollOut) -> Minibatch:
        """Return the roll-out with advantages, and with what the policy and the value function said."""
        params, critic, c = self.both.split(learner.params), self.networks["critic"], self.config
        s, s_next, shape = flat(roll_out.s), flat(roll_out.s_next), (self.members, -1, self.copies)
        v, v_next = (critic(params["critic"], x)[..., 0] for x in (s, s_next))
        then, later = (x.reshape(shape).transpose(0, 1) for x in (v, v_next))
        endings = roll_out.terminated, roll_out.truncated
        advantage = ops.gae(roll_out.r, then, later, *endings, gamma=c.gamma, trace_decay=c.trace_decay)  # 3
        a, mask = flat(roll_out.a), flat(roll_out.mask)
        out = self.masked(self.networks["actor"](params["actor"], s), mask)
        return Minibatch(s, a, mask, self.head.log_prob(out, a), v, flat(advantage))

    def update(self, learner: Net, batch: Minibatch, rates: Any) -> tuple[Net, dict[str, torch.Tensor]]:
        """Return the learner after a minibatch of step 4."""
        c = self.config
        return_ = batch.advantage + batch.v
        advantage = ops.normalise(batch.advantage) if c.normalise_advantages else batch.advantage

        def loss(params: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
            parts = self.both.split(params)
            out = self.masked(self.networks["actor"](parts["actor"], batch.s), batch.mask)
            v = self.networks["critic"](parts["critic"], batch.s)[..., 0]
            log_prob = self.head.log_prob(out, batch.a)
            surrogate = ops.clipped_surrogate(log_prob, batch.log_prob, advantage, rates.clip)
            errors = ops.clipped_value_loss(v, batch.v, return_, rates.clip) if c.clip_values else (v - return_) ** 2
            policy_loss, value_loss = -ops.per_member_mean(surrogate), ops.per_member_mean(errors) / 2
            entropy = ops.per_member_mean(self.head.entropy(out))
            total = policy_loss + c.value_coefficient * value_loss - rates.entropy_coefficient * entropy
            return total, {
                "policy_loss": policy_loss,
                "value_loss": value_loss,
                "entropy": entropy,
                "approx_kl": ops.approx_kl(log_prob, batch.log_prob),
                "clip_fraction": ops.clip_fraction(log_prob, batch.log_prob, rates.clip),
            }

        learner, (_, metrics) = descend(loss, learner, rates.step_size, max_grad_norm=c.max_grad_norm, eps=1e-5)
        return learner, metrics

    def outputs(self, s: npt.NDArray[np.float32], m: int | None = None) -> npt.NDArray[np.float32]:
        """Return the outputs of the policy's network."""
        return self.on_cpu("actor", self.both.split(self.learner.params)["actor"], s, m)

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """The value of each state under the policy, of member 0: (S,) float64; where observations are finite."""
        v = self.on_cpu("critic", self.both.split(self.learner.params)["critic"], self.every_state(), 0)
        return v[:, 0].astype(np.float64)
