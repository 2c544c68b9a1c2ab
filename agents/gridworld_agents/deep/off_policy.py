"""`OffPolicyAgent`: the loop around an update from a replay buffer.

1  every copy of the environment takes a step; its transitions go into the replay one after the other
2  `update_every` of them later, `updates` batches are drawn from the replay, and learned from
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.config import integer
from gridworld_agents.core.public import export
from gridworld_agents.deep.agent import DeepAgent
from gridworld_agents.deep.config import DeepConfig
from gridworld_agents.deep.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Sequence


@export("gridworld_agents.authoring.OffPolicyConfig")
class OffPolicyConfig(DeepConfig):
    """Hyper-parameters of agents with a replay buffer."""

    batch_size: int = integer("transitions in an update", default=256, least=1)
    buffer_size: int = integer("transitions that are kept", default=1_000_000, least=1)
    learning_starts: int = integer("steps with random actions before the first update", default=100, least=0)
    update_every: int = integer("steps between updates", default=1, least=1)
    updates: int = integer("updates at a time", default=1, least=1)


@export("gridworld_agents.authoring.OffPolicyAgent")
class OffPolicyAgent(DeepAgent):
    """An agent that learns from a replay buffer. `act` is asked for actions that explore, from the first step on."""

    Config: ClassVar[type[Any]] = OffPolicyConfig

    def noise(self, rngs: Sequence[np.random.Generator]) -> tuple[Any, ...]:  # noqa: ARG002
        """Return what the next update takes besides learner, batch and rates, drawn from `rngs`, one of each member."""
        return ()

    def restart(self, over: Any) -> None:
        """Take note of the episodes that are `over`: (M, E) bool."""

    def build(self) -> None:
        """Make the learner, and an empty replay."""
        super().build()
        masks = (self.actions.size or 0) if self.masks_actions else 0
        width, row = self.observations.width, 1 if self.actions.size is not None else self.actions.width
        self.replay = Replay(self.members, self.config.buffer_size, width, row, masks, self.device)
        self._from_file = False
        self._turn, self._rows = 0, np.empty((self.members, self.copies, sum(self.replay.sizes)), np.float32)

    def trees(self) -> dict[str, Any]:
        """Return the learner, and what is in the replay."""
        return {**super().trees(), "replay": self.replay.kept()}

    def take(self, trees: dict[str, Any]) -> None:
        """Go on from them."""
        super().take(trees)
        self._kept, self._from_file = trees["replay"], True
        width = self.observations.width
        self.check_actions(self._kept[:, :, width : width + self.replay.sizes[1]])

    def notes(self) -> dict[str, Any]:
        """Return what is to be known of environments and replay."""
        return {"collector": super().notes(), "added": self.replay.added}

    def take_notes(self, notes: dict[str, Any]) -> None:
        """Go on from them."""
        super().take_notes(notes["collector"])
        self.replay.restore(self._kept, whole_number("added", notes["added"]))
        del self._kept

    def advance(self, n: int) -> None:
        """Learn for n steps of each member."""
        config, collector, counts = self.config, self.collector, self.log.counts
        if collector is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        if not self._under_way:
            collector.begin()
            if not self._from_file:  # whose last observations were those that episodes begin with
                self.normaliser.see(collector.shown)
            self._from_file = False
            self.restart(np.ones((self.members, self.copies), np.bool_))
            self._turn = 0
        self._under_way = False  # if an environment raises, the episodes are lost
        for _ in range(n):
            if self._turn == 0:
                steps = collector.collect(self.explore, 1)  # 1
                self.replay.take_down(steps, self._rows)
                self.normaliser.see(collector.shown)
                over = steps.over[0]
                if np.count_nonzero(over):  # several times quicker than `any`
                    self.restart(over)
            self.replay.add(self._rows[:, self._turn])
            self._turn = (self._turn + 1) % self.copies
            counts += 1
            lifetime = self.lifetime
            if lifetime > config.learning_starts and lifetime % config.update_every == 0:
                for _ in range(config.updates):  # 2
                    self._learn()
        self.check_finite()
        self._under_way = True

    def _learn(self) -> None:
        rngs = self.generators["learn"]
        batch = self.replay.sample(rngs, self.config.batch_size)
        normalise = self.normaliser.batch
        self.learn_from(batch._replace(s=normalise(batch.s), s_next=normalise(batch.s_next)), *self.noise(rngs))
