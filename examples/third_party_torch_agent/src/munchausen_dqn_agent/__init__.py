"""Munchausen DQN: deep Q-networks that are also paid for being sure (Vieillard, Pietquin and Geist 2020, M-DQN).

1  draw a network q; copy it into the target q'; pi' is the softmax of q' / temperature
2  in every step: take a, epsilon-greedy in q, observe r and s_next, and keep (s, a, r, s_next) in the replay
3  draw a batch from the replay
4  bonus = munchausen [temperature log pi'(a | s)], cut off at `lowest_log_policy` below and 0 above
5  v_next = sum_b pi'(b | s_next) [q'(s_next, b) - temperature log pi'(b | s_next)]
6  y = r + bonus + gamma v_next; nothing follows a terminated step
7  move q down the gradient of the mean of huber(y - q(s, a))
8  q' <- tau q + (1 - tau) q'

The bonus is about 0 for the action that seems best and negative for all others. Where it is not cut off, and as the
temperature goes to 0, q keeps the greedy policy of the optimal q*, and its action gaps are 1 / (1 - munchausen) times
as wide: the best action is worth v*, any other v* - (v* - q*) / (1 - munchausen), as in advantage learning (Bellemare
et al. 2016, "Increasing the action gap").

Steps 2 and 3 are those of `OffPolicyAgent`. Deviations from the paper: Adam's step size and the networks are chosen for
small tasks; the target moves a little at every update, not all the way at every so many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from gridworld_agents.authoring import (
    MLP,
    DiscreteAgent,
    Net,
    OffPolicyAgent,
    OffPolicyConfig,
    descend,
    integer,
    ops,
    real,
    schedule,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from gridworld_agents.authoring import Batch


class MunchausenDQNConfig(OffPolicyConfig):
    """Hyper-parameters: their checks, the flags of the command line and its help are made from these declarations."""

    step_size: float | str = schedule("of Adam; by steps", default=1e-3, least=0)
    epsilon: float | str = schedule("probability of a random action; by steps", default=0.1, least=0, most=1)
    temperature: float = real("of the policy, in units of reward", default=0.03, above=0)
    munchausen: float = real("share of the scaled log-policy that is paid", default=0.9, least=0, below=1)
    lowest_log_policy: float = real("where the scaled log-policy is cut off", default=-1.0, most=0)
    batch_size: int = integer("transitions in an update", default=64, least=1)
    buffer_size: int = integer("transitions that are kept", default=100_000, least=1)
    learning_starts: int = integer("steps with random actions before the first update", default=1000, least=0)
    update_every: int = integer("steps between updates", default=4, least=1)
    tau: float = real("share of the params that goes into the target", default=0.01, above=0, most=1)
    max_grad_norm: float = real("norm that gradients are cut off at", default=10.0, above=0)


class Learner(NamedTuple):
    """All that an update changes."""

    q: Net
    target: torch.Tensor  # (M, size)


class MunchausenDQN(DiscreteAgent, OffPolicyAgent):
    """Munchausen DQN, for several seeds at once. Hyper-parameters: :class:`MunchausenDQNConfig`."""

    id = "example/munchausen-dqn"
    Config = MunchausenDQNConfig
    metric_names = ("loss", "q_mean", "bonus_mean")

    def make_networks(self) -> Mapping[str, MLP]:
        """Return the network."""
        return {"q": MLP(self.observations.width, self.config.hidden, self.num_actions)}

    def new_learner(self, rngs: Sequence[np.random.Generator]) -> Learner:
        """Draw a network, and copy it into the target."""
        q = self.new_params("q", rngs)  # 1
        return Learner(Net.new(q), q.clone())

    def outputs(self, s: npt.NDArray[np.float32], m: int | None = None) -> npt.NDArray[np.float32]:
        """Return action values (M, E, A) for what all members see, or (B, A) for what member m sees."""
        return self.on_cpu("q", self.learner.q.params, s, m)

    def act(self, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int64]:
        """Return epsilon-greedy actions: (M, E)."""
        epsilon = 1.0 if self.lifetime < self.config.learning_starts else self.rates.at("epsilon", self.lifetime)
        return self.epsilon_greedy(self.outputs(s), masks, epsilon, self.generators["learn"])  # 2

    def best(
        self, m: int, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None, *, deterministic: bool
    ) -> npt.NDArray[np.int64]:
        """Return what member m does, greedily or as it explores: (B,)."""
        epsilon = 0.0 if deterministic else self.rates.at("epsilon", self.lifetime)
        rngs = self.generators["predict"][m : m + 1]
        a: npt.NDArray[np.int64] = self.epsilon_greedy(self.outputs(s, m)[None], masks, epsilon, rngs)[0]
        return a

    def update(self, learner: Learner, batch: Batch, rates: Any) -> tuple[Learner, dict[str, torch.Tensor]]:
        """Return the learner after steps 4 to 8: a pure function, which runs compiled too."""
        network, c, a = self.networks["q"], self.config, batch.a.long()
        log_policy = torch.log_softmax(network(learner.target, batch.s) / c.temperature, -1).gather(-1, a)[..., 0]
        bonus = c.munchausen * (c.temperature * log_policy).clamp(c.lowest_log_policy, 0.0)  # 4
        q_next = network(learner.target, batch.s_next)
        v_next = c.temperature * torch.logsumexp(q_next / c.temperature, -1)  # 5: the same sum, and never 0 log 0
        y = ops.td_target(batch.r[..., 0] + bonus, v_next, batch.terminated[..., 0] > 0, c.gamma)  # 6
        q, (loss, q_mean) = descend(
            _loss, learner.q, rates.step_size, network, batch.s, a, y, max_grad_norm=c.max_grad_norm
        )  # 7
        target = ops.polyak(learner.target, q.params, c.tau)  # 8
        return Learner(q, target), {"loss": loss, "q_mean": q_mean, "bonus_mean": ops.per_member_mean(bonus)}

    @property
    def q_values(self) -> npt.NDArray[np.float64]:
        """What q says of each action in each state, of member 0: (S, A) float64; where observations are finite."""
        return self.outputs(self.every_state(), 0).astype(np.float64)


def _loss(
    params: torch.Tensor, network: MLP, s: torch.Tensor, a: torch.Tensor, y: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean of huber(y - q(s, a)), (M,), and that of q(s, a)."""
    q = network(params, s).gather(-1, a)[..., 0]
    return ops.per_member_mean(ops.huber(y - q)), ops.per_member_mean(q)


__all__ = ["MunchausenDQN", "MunchausenDQNConfig"]
