"""`DiscreteAgent`: what agents with networks share whose actions can be counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.public import export
from gridworld_agents.deep import ops
from gridworld_agents.deep.agent import DeepAgent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import torch

    from gridworld_agents.core.spaces import Actions, Observations


@export("gridworld_agents.authoring.DiscreteAgent")
class DiscreteAgent(DeepAgent):
    """An agent with Discrete actions, which may have masks."""

    action_spaces = "Discrete"

    def check_spaces(self, observations: Observations, actions: Actions) -> None:  # noqa: ARG002
        """Refuse actions that are not Discrete."""
        if actions.kind != "Discrete":
            raise self.refusal("Discrete actions", actions)

    @property
    def num_actions(self) -> int:
        """A, how many actions there are."""
        return int(self.actions.size or 0)

    @staticmethod
    def masked(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return scores (M, B, A), lowered where a mask (M, B, A) is 0 so that no maximum takes them; or (M, B, 0)."""
        return ops.masked(scores, mask > 0) if mask.shape[-1] else scores

    @staticmethod
    def epsilon_greedy(
        q: npt.NDArray[np.float32],
        masks: npt.NDArray[np.bool_] | None,
        epsilon: float,
        rngs: Sequence[np.random.Generator],
    ) -> npt.NDArray[np.int64]:
        """Return the first action of largest value, or with probability epsilon any that is available: (M, E).

        Args:
            q: (M, E, A).
            masks: (M, E, A); None where all actions are available.
            epsilon: In [0, 1].
            rngs: One of each member.
        """
        if masks is not None:
            q = np.where(masks, q, -np.inf)
        a: npt.NDArray[np.int64] = q.argmax(-1)
        if epsilon > 0:
            scores: npt.NDArray[Any] = np.stack([rng.random((q.shape[1], q.shape[2] + 1)) for rng in rngs])
            ranks = scores[..., 1:] if masks is None else np.where(masks, scores[..., 1:], -1.0)
            a = np.where(scores[..., 0] < epsilon, ranks.argmax(-1), a)
        return a
