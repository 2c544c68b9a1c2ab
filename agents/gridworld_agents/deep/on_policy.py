"""`OnPolicyAgent`: the loop around an update from roll-outs.

1  every copy of the environment takes `num_steps` steps by the policy as it is
2  `targets` makes a batch of the roll-out: observations, actions, advantages, ...
3  `epochs` times: the batch is shuffled, cut into minibatches, and `update` learns from each
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import torch

from gridworld_agents.core.config import integer
from gridworld_agents.deep.agent import DeepAgent
from gridworld_agents.deep.config import DeepConfig

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.deep.collector import Steps


class OnPolicyConfig(DeepConfig):
    """Hyper-parameters of agents that learn from roll-outs."""

    num_envs: int = integer("environments that each member steps", default=8, least=1)
    num_steps: int = integer("steps in each environment between updates", default=128, least=1)
    epochs: int = integer("times that a roll-out is learned from", default=4, least=1)
    batch_size: int = integer("transitions in a minibatch", default=256, least=1)

    def check(self) -> None:
        """Refuse minibatches that are larger than a roll-out.

        Raises:
            ValueError: If they are.
        """
        super().check()
        size = self.num_envs * self.num_steps
        if self.batch_size > size:
            raise ValueError(
                f"batch_size must be at most num_envs * num_steps = {self.num_envs} * {self.num_steps}, got "
                f"{self.batch_size}"
            )


class RollOut(NamedTuple):
    """What all members did, on the agent's device; T steps of E copies of M members."""

    s: torch.Tensor  # (T, M, E, width), as networks see it
    a: torch.Tensor  # (T, M, E), numbers of Discrete actions, or (T, M, E, actions)
    r: torch.Tensor  # (T, M, E)
    s_next: torch.Tensor  # (T, M, E, width), the final observation where an episode ended
    terminated: torch.Tensor  # (T, M, E) bool
    truncated: torch.Tensor  # (T, M, E) bool
    mask: torch.Tensor  # (T, M, E, A) bool; (T, M, E, 0) where there are no masks


class OnPolicyAgent(DeepAgent):
    """An agent that learns from roll-outs of its own policy."""

    Config: ClassVar[type[Any]] = OnPolicyConfig

    def targets(self, learner: Any, roll_out: RollOut) -> Any:
        """Return what `update` learns from: a named tuple of tensors (M, T * E, ...). Pure; no gradient is taken."""
        raise NotImplementedError

    def build(self) -> None:
        """Make the learner, and an empty roll-out."""
        super().build()
        self._parts: list[dict[str, npt.NDArray[Any]]] = []  # of the roll-out, one after the other
        self._taken = self._turn = 0  # steps in it, and copies of the last one that have been counted
        self._targets = self.targets

    def advance(self, n: int) -> None:
        """Learn for n steps of each member: the copies' steps are counted one after the other."""
        collector, E, T = self.collector, self.copies, self.config.num_steps
        if collector is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        if not self._under_way:
            collector.begin()
            self._parts, self._taken, self._turn = [], 0, 0
        self._under_way = False  # if an environment raises, the episodes are lost
        while n > 0:
            counted = min(E - self._turn, n)
            if self._turn == 0:
                steps = max(min(T - self._taken, n // E), 1)
                self._parts.append(self._copied(collector.collect(self.act, steps)))  # 1
                self._taken += steps
                counted = min(steps * E, n)
            self._turn = (self._turn + counted) % E
            self.log.counts[:] += counted
            n -= counted
            if self._turn == 0 and self._taken == T:
                self._learn(self._roll_out())
                self._parts, self._taken = [], 0
                self.check_finite()
        self._under_way = True

    def _copied(self, steps: Steps) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays of some steps, which the next ones would write over."""
        names = ["s", "a", "r", "s_next", "terminated", "truncated", *(["mask"] if self.masks_actions else [])]
        return {name: getattr(steps, name).copy() for name in names}

    def _roll_out(self) -> RollOut:
        """Return the roll-out on the device."""
        M, E, width = self.members, self.copies, self.observations.width

        def column(name: str) -> torch.Tensor:
            return torch.from_numpy(np.concatenate([part[name] for part in self._parts])).to(self.device)

        def seen(name: str) -> torch.Tensor:
            s = column(name).transpose(0, 1).reshape(M, -1, width)
            return self.normaliser.batch(s).reshape(M, -1, E, width).transpose(0, 1)

        no_mask = torch.zeros((self._taken, M, E, 0), dtype=torch.bool, device=self.device)
        mask = column("mask") if self.masks_actions else no_mask
        flags = column("terminated"), column("truncated")
        return RollOut(seen("s"), column("a"), column("r"), seen("s_next"), *flags, mask)

    def _learn(self, roll_out: RollOut) -> None:
        rngs, config = self.generators["learn"], self.config
        with torch.no_grad():
            batch = self._targets(self.learner, roll_out)  # 2
        size = config.num_envs * config.num_steps
        members = torch.arange(self.members, device=self.device)[:, None]
        for _ in range(config.epochs):  # 3
            order = torch.from_numpy(np.stack([rng.permutation(size) for rng in rngs])).to(self.device)
            for start in range(0, size - config.batch_size + 1, config.batch_size):
                drawn = order[:, start : start + config.batch_size]
                self.learn_from(type(batch)(*(part[members, drawn] for part in batch)))


def flat(x: torch.Tensor) -> torch.Tensor:
    """Return what is (T, M, E, ...) as (M, T * E, ...)."""
    return x.transpose(0, 1).flatten(1, 2)
