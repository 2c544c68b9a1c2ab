"""Deep Q-networks (Mnih et al. 2015, Algorithm 1), with double Q-learning (van Hasselt et al. 2016; Zhao 2025, 8.4).

1  draw a network q; copy it into the target q'
2  in every step: take a, epsilon-greedy in q, observe r and s_next, and keep (s, a, r, s_next) in the replay
3  draw a batch from the replay
4  y = r + gamma q'(s_next, argmax_b q(s_next, b)); nothing follows a terminated step      (their equation 4)
   without `double`: y = r + gamma max_b q'(s_next, b)                                     (Mnih et al.: equation 2)
5  move q down the gradient of the mean of huber(y - q(s, a))
6  every `target_update` updates: q' <- tau q + (1 - tau) q'

Steps 2 and 3 are `deep.off_policy`'s; random actions before `learning_starts` are an epsilon of 1. Deviations from the
papers: Adam, not RMSProp; no frames are stacked or skipped; an episode that is cut off is bootstrapped through; where
the environment tells which actions are available, `action_masks` leaves the others out of 2 and 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.config import boolean, integer, real, schedule
from gridworld_agents.deep import ops
from gridworld_agents.deep.discrete import DiscreteAgent
from gridworld_agents.deep.networks import MLP
from gridworld_agents.deep.off_policy import OffPolicyAgent, OffPolicyConfig
from gridworld_agents.deep.optimiser import Net, descend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import torch

    from gridworld_agents.deep.replay import Batch


class DQNConfig(OffPolicyConfig):
    """Hyper-parameters of DQN."""

    step_size: float | str = schedule("of Adam; by steps", default=1e-3, least=0)
    epsilon: float | str = schedule("probability of a random action; by steps", default=0.1, least=0, most=1)
    batch_size: int = integer("transitions in an update", default=64, least=1)
    buffer_size: int = integer("transitions that are kept", default=100_000, least=1)
    learning_starts: int = integer("steps with random actions before the first update", default=1000, least=0)
    update_every: int = integer("steps between updates", default=4, least=1)
    target_update: int = integer("updates between those of the target", default=1, least=1)
    tau: float = real("share of the params that goes into the target", default=0.01, above=0, most=1)
    double: bool = boolean("choose the next action by q rather than by the target", default=True)
    max_grad_norm: float = real("norm that gradients are cut off at", default=10.0, above=0)
    action_masks: bool = boolean("take actions only where the environment says they are available", default=False)


class Learner(NamedTuple):
    """All that an update changes."""

    q: Net
    target: torch.Tensor  # (M, size)


class DQN(DiscreteAgent, OffPolicyAgent):
    """Q-learning with a network, a replay buffer and a target network.

    For several seeds at once. Hyper-parameters: :class:`DQNConfig`.
    """

    id = "dqn"
    Config = DQNConfig
    metric_names = ("loss", "q_mean")

    def make_networks(self) -> Mapping[str, MLP]:
        """Return the network."""
        return {"q": MLP(self.observations.width, self.config.hidden, self.num_actions)}

    def new_learner(self, rngs: Sequence[np.random.Generator]) -> Learner:
        """Draw a network, and copy it into the target."""
        q = self.new_params("q", rngs)  # 1
        return Learner(Net.new(q), q.clone())

    def outputs(self, s: npt.NDArray[np.float32], m: int | None = None) -> npt.NDArray[np.float32]:
        """Return the action values."""
        return self.on_cpu("q", self.learner.q.params, s, m)

    def act(self, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int64]:
        """Return epsilon-greedy actions: (M, E)."""
        epsilon = 1.0 if self.lifetime < self.config.learning_starts else self.rates.at("epsilon", self.lifetime)
        return self.epsilon_greedy(self.outputs(s), masks, epsilon, self.generators["learn"])  # 2

    def best(
        self, m: int, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None, *, deterministic: bool
    ) -> npt.NDArray[np.int64]:
        """Return greedy actions, or epsilon-greedy ones: (B,)."""
        epsilon = 0.0 if deterministic else self.rates.at("epsilon", self.lifetime)
        rngs = self.generators["predict"][m : m + 1]
        q, available = self.outputs(s, m)[None], None if masks is None else masks[None]
        a: npt.NDArray[np.int64] = self.epsilon_greedy(q, available, epsilon, rngs)[0]
        return a

    def noise(self, rngs: Sequence[np.random.Generator]) -> tuple[bool]:  # noqa: ARG002
        """Tell whether the target's turn has come."""
        return ((int(self.learner.q.moments.steps) + 1) % self.config.target_update == 0,)

    def update(
        self, learner: Learner, batch: Batch, rates: Any, move_target: bool
    ) -> tuple[Learner, dict[str, torch.Tensor]]:
        """Return the learner after steps 4 to 6."""
        network, c = self.networks["q"], self.config
        r, terminated = batch.r[..., 0], batch.terminated[..., 0] > 0
        q_next = self.masked(network(learner.target, batch.s_next), batch.mask_next)
        if c.double:
            choosing = self.masked(network(learner.q.params, batch.s_next), batch.mask_next)
            y = ops.double_q_target(r, choosing, q_next, terminated, c.gamma)  # 4
        else:
            y = ops.td_target(r, q_next.amax(-1), terminated, c.gamma)
        q, (loss, q_mean) = descend(
            _loss, learner.q, rates.step_size, network, batch.s, batch.a.long(), y, max_grad_norm=c.max_grad_norm
        )  # 5
        target = ops.polyak(learner.target, q.params, c.tau) if move_target else learner.target  # 6
        return Learner(q, target), {"loss": loss, "q_mean": q_mean}

    @property
    def q_values(self) -> npt.NDArray[np.float64]:
        """The value of each action in each state, of member 0: (S, A) float64; where observations are finite."""
        return self.outputs(self.every_state(), 0).astype(np.float64)


def _loss(
    params: torch.Tensor, network: MLP, s: torch.Tensor, a: torch.Tensor, y: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean of huber(y - q(s, a)), (M,), and that of q(s, a)."""
    q = network(params, s).gather(-1, a)[..., 0]
    return ops.per_member_mean(ops.huber(y - q)), ops.per_member_mean(q)
