"""`StochasticAgent`: what agents share whose networks put out a distribution of actions, Discrete or in a Box."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from gridworld_agents.core.public import export
from gridworld_agents.deep import ops
from gridworld_agents.deep.agent import DeepAgent
from gridworld_agents.deep.distributions import Categorical, DiagonalGaussian, draw_noise
from gridworld_agents.deep.initialisers import Orthogonal
from gridworld_agents.deep.networks import MLP, Networks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from gridworld_agents.core.spaces import Actions, Observations
    from gridworld_agents.deep.distributions import Distribution


@export("gridworld_agents.authoring.StochasticAgent")
class StochasticAgent(DeepAgent):
    """An agent that draws its actions from a distribution."""

    action_spaces = "Discrete or Box"

    def check_spaces(self, observations: Observations, actions: Actions) -> None:  # noqa: ARG002
        """Refuse actions that are neither Discrete nor in a Box."""
        if actions.kind != "Discrete" and not actions.only_boxes:
            raise self.refusal("Discrete actions or a Box", actions)

    @functools.cached_property
    def head(self) -> Distribution:
        """What the outputs of the policy's network are."""
        if self.actions.size is not None:
            return Categorical(self.actions.size)
        return DiagonalGaussian(self.actions.width)

    @functools.cached_property
    def both(self) -> Networks:
        """The networks, of which params are one tensor."""
        return Networks(**self.networks)

    def outputs(self, s: npt.NDArray[np.float32], m: int | None = None) -> npt.NDArray[np.float32]:
        """Return the outputs of the policy's network for (M, E, width), or of member m for (B, width)."""
        raise NotImplementedError

    @staticmethod
    def masked(out: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return logits (..., A) of which those that a mask (..., A) excludes have the probability 0."""
        return ops.masked(out, mask) if mask.shape[-1] else out

    def act(self, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None) -> npt.NDArray[Any]:
        """Return actions drawn from the policy: (M, E), or (M, E, actions)."""
        noise = draw_noise(self.head, self.generators["learn"], self.copies)
        return self._sample(self.outputs(s), masks, noise)

    def best(
        self, m: int, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None, *, deterministic: bool
    ) -> npt.NDArray[Any]:
        """Return the likeliest actions, or drawn ones: (B,), or (B, actions)."""
        noise = None if deterministic else draw_noise(self.head, self.generators["predict"][m : m + 1], len(s))[0]
        return self._sample(self.outputs(s, m), masks, noise)

    def _sample(
        self,
        out: npt.NDArray[np.float32],
        masks: npt.NDArray[np.bool_] | None,
        noise: npt.NDArray[np.float32] | None,
    ) -> npt.NDArray[Any]:
        outputs = torch.from_numpy(out)
        if masks is not None:
            outputs = ops.masked(outputs, torch.from_numpy(masks))
        a = self.head.mode(outputs) if noise is None else self.head.sample(outputs, torch.from_numpy(noise))
        drawn: npt.NDArray[Any] = a.numpy()
        if not np.isfinite(out).all():
            raise self.diverged("learner")
        return drawn

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """The probability of each action in each state, of member 0: (S, A); where both can be counted.

        Raises:
            AttributeError: If they cannot.
        """
        if self.actions.size is None:
            raise AttributeError(f"{self.id} has no table over {self.actions.space}")
        out = self.outputs(self.every_state(), 0).astype(np.float64)
        e = np.exp(out - out.max(1, keepdims=True))
        pi: npt.NDArray[np.float64] = e / e.sum(1, keepdims=True)
        return pi


def actor_of(head: Distribution, width: int, hidden: Sequence[int]) -> MLP:
    """Return a policy network as PPO's usually is: tanh, orthogonal, near-uniform or near-zero at first."""
    outputs, constants = head.num_outputs - head.num_constants, (0.0,) * head.num_constants
    return MLP(width, hidden, outputs, activation="tanh", initialiser=Orthogonal(final=0.01), constants=constants)


def critic_of(width: int, hidden: Sequence[int]) -> MLP:
    """Return a value network as PPO's usually is."""
    return MLP(width, hidden, 1, activation="tanh", initialiser=Orthogonal(final=1.0))
