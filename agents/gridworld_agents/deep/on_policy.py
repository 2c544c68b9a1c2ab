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
from gridworld_agents.core.public import export
from gridworld_agents.deep.agent import DeepAgent
from gridworld_agents.deep.config import DeepConfig

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.deep.collector import Steps


@export("gridworld_agents.authoring.OnPolicyConfig")
class OnPolicyConfig(DeepConfig):
    """Hyper-parameters of agents that learn from roll-outs."""

    num_steps: int = integer("steps in each environment between updates", default=1024, least=1)
    epochs: int = integer("times that a roll-out is learned from", default=10, least=1)
    batch_size: int = integer("transitions in a minibatch", default=64, least=1)

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


@export("gridworld_agents.authoring.RollOut")
class RollOut(NamedTuple):
    """What all members did: T steps of E copies of M members, as arrays, or as tensors on the agent's device."""

    s: Any  # (T, M, E, width) float32; in tensors as networks see it
    a: Any  # (T, M, E) int64, numbers of Discrete actions, or (T, M, E, actions) float32
    r: Any  # (T, M, E) float32
    s_next: Any  # (T, M, E, width) float32, the final observation where an episode ended
    terminated: Any  # (T, M, E) bool
    truncated: Any  # (T, M, E) bool
    mask: Any  # (T, M, E, A) bool; (T, M, E, 0) where there are no masks


@export("gridworld_agents.authoring.OnPolicyAgent")
class OnPolicyAgent(DeepAgent):
    """An agent that learns from roll-outs of its own policy."""

    Config: ClassVar[type[Any]] = OnPolicyConfig

    def targets(self, learner: Any, roll_out: RollOut) -> Any:
        """Return what `update` learns from: a named tuple of tensors (M, T * E, ...). Pure; no gradient is taken.

        Args:
            learner: The learner that made the roll-out.
            roll_out: Its steps, (T, M, E, ...).
        """
        raise NotImplementedError

    def build(self) -> None:
        """Make the learner, and an empty roll-out."""
        super().build()
        self._waiting = 0  # transitions that have been collected, and not counted
        self._taken = self._no_steps()

    def trees(self) -> dict[str, Any]:
        """Return the learner, and the roll-out under way."""
        return {**super().trees(), "roll_out": self._taken}

    def take(self, trees: dict[str, Any]) -> None:
        """Go on from them."""
        super().take(trees)
        roll_out, steps = trees["roll_out"], len(trees["roll_out"].r)
        shapes = [(steps, *part.shape[1:]) for part in self._no_steps()]
        if steps > self.config.num_steps or shapes != [part.shape for part in roll_out]:
            raise ValueError(f"its roll-out must be at most {self.config.num_steps} steps, the same of all its arrays")
        self.check_actions(roll_out.a)
        self._taken = roll_out

    def explore(self, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None) -> npt.NDArray[Any]:
        """Return the actions of all members, see `DeepAgent.explore`; what they see is taken into account."""
        self.normaliser.see(s)
        return super().explore(s, masks)

    def advance(self, n: int) -> None:
        """Learn for n steps of each member: the copies' steps are counted one after the other."""
        collector, E, T = self.collector, self.copies, self.config.num_steps
        if collector is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        if not self._under_way:
            collector.begin()
            self._cut_off()
        self._under_way = False  # if an environment raises, the episodes are lost
        while n > 0:
            if self._waiting == 0:
                steps = max(min(T - len(self._taken.r), n // E), 1)
                self._append(collector.collect(self.explore, steps))  # 1
                self._waiting = steps * E
            counted = min(self._waiting, n)
            self.log.counts[:] += counted
            self._waiting -= counted
            n -= counted
            if self._waiting == 0 and len(self._taken.r) == T:
                self._learn()
        self._under_way = True

    def _no_steps(self) -> RollOut:
        """Return a roll-out of no steps."""
        (M, E), width, actions = (self.members, self.copies), self.observations.width, self.actions
        discrete, masks = actions.size is not None, (actions.size or 0) if self.masks_actions else 0
        a = np.zeros((0, M, E), np.int64) if discrete else np.zeros((0, M, E, actions.width), np.float32)
        s, r, flags = np.zeros((0, M, E, width), np.float32), np.zeros((0, M, E), np.float32), np.zeros((0, M, E), bool)
        return RollOut(s, a, r, s, flags, flags, np.zeros((0, M, E, masks), bool))

    def _append(self, steps: Steps) -> None:
        """Take over the arrays of some steps, which the next ones would write over."""
        mask = steps.mask if self.masks_actions else np.zeros((*steps.r.shape, 0), bool)
        more: tuple[Any, ...] = steps.s, steps.a, steps.r, steps.s_next, steps.terminated, steps.truncated, mask
        self._taken = RollOut(*(np.concatenate(pair) for pair in zip(self._taken, more, strict=True)))

    def _cut_off(self) -> None:
        """Cut off the episodes in the roll-out under way, as others begin."""
        self._waiting = 0
        if len(self._taken.r):
            self._taken.truncated[-1] = True
        if len(self._taken.r) == self.config.num_steps:
            self._learn()

    def _on_device(self) -> RollOut:
        """Return the roll-out as tensors, observations as networks see them."""
        tensors = RollOut(*(torch.from_numpy(part).to(self.device) for part in self._taken))
        return tensors._replace(s=self._seen(tensors.s), s_next=self._seen(tensors.s_next))

    def _seen(self, s: torch.Tensor) -> torch.Tensor:
        T, M, E, width = s.shape
        return self.normaliser.batch(flat(s)).reshape(M, T, E, width).transpose(0, 1)

    def _learn(self) -> None:
        rngs, config = self.generators["learn"], self.config
        with torch.no_grad():
            batch = self.targets(self.learner, self._on_device())  # 2
        size = config.num_envs * config.num_steps
        members = torch.arange(self.members, device=self.device)[:, None]
        for _ in range(config.epochs):  # 3
            order = torch.from_numpy(np.stack([rng.permutation(size) for rng in rngs])).to(self.device)
            for start in range(0, size - config.batch_size + 1, config.batch_size):
                drawn = order[:, start : start + config.batch_size]
                self.learn_from(type(batch)(*(part[members, drawn] for part in batch)))
        self._taken = self._no_steps()
        self.check_finite()


@export("gridworld_agents.authoring.flat")
def flat(x: torch.Tensor) -> torch.Tensor:
    """Return `x`, which is (T, M, E, ...), as (M, T * E, ...)."""
    return x.transpose(0, 1).flatten(1, 2)
