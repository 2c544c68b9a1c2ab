"""`DeterministicAgent`: what agents share that learn a deterministic policy over a Box, and explore by noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gridworld_agents.core.config import boolean, choice, integer, integers, real, schedule
from gridworld_agents.deep.distributions import Deterministic
from gridworld_agents.deep.networks import MLP
from gridworld_agents.deep.noise import KINDS, Noise
from gridworld_agents.deep.off_policy import OffPolicyAgent, OffPolicyConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from gridworld_agents.core.spaces import Actions, Observations


class DeterministicConfig(OffPolicyConfig):
    """Hyper-parameters that all of them have."""

    hidden: tuple[int, ...] = integers("units of each hidden layer, of actor and critic", default=(256, 256))
    actor_step_size: float | str = schedule("of Adam; by steps", default=1e-3, least=0)
    critic_step_size: float | str = schedule("of Adam; by steps", default=1e-3, least=0)
    tau: float = real("share of the params that goes into the targets at an update", default=0.005, above=0, most=1)
    noise: str = choice("what makes it explore", KINDS, default="gaussian")
    noise_scale: float | str = schedule(
        "standard deviation as a fraction of half the action range; by steps", default=0.1, least=0
    )
    noise_theta: float = real("how fast an Ornstein-Uhlenbeck process returns to 0", default=0.15, least=0)
    critic_l2: float = real("weight decay of the critic", default=0.0, least=0)
    invert_gradients: bool = boolean("keep actions in bounds by inverting gradients rather than by tanh", default=False)
    num_envs: int = integer("environments that each member steps", default=1, least=1)


class DeterministicAgent(OffPolicyAgent):
    """An agent with an actor that is a deterministic policy, and a critic."""

    Config: ClassVar[type[Any]] = DeterministicConfig
    metric_names = ("critic_loss", "actor_loss")

    action_spaces = "Box"

    def check_spaces(self, observations: Observations, actions: Actions) -> None:  # noqa: ARG002
        """Refuse actions that are not in a bounded Box."""
        if not actions.only_boxes or not actions.bounded.all():
            raise self.refusal("actions in a Box with finite bounds", actions)

    @property
    def policy_head(self) -> Deterministic:
        """How outputs of the actor become actions."""
        return Deterministic(self.actions.width, squash=not self.config.invert_gradients)

    def make_networks(self) -> Mapping[str, MLP]:
        """Return actor and critic."""
        hidden, seen, width = self.config.hidden, self.observations.width, self.actions.width
        return {"actor": MLP(seen, hidden, width), "critic": MLP(seen + width, hidden, 1)}

    def build(self) -> None:
        """Make the learner, and noise that has not drifted."""
        super().build()
        config = self.config
        self.exploration = Noise(config.noise, config.noise_theta, (self.members, self.copies, self.actions.width))

    def restart(self, over: Any) -> None:
        """Begin the noise of an episode anew."""
        for m, e in np.argwhere(over).tolist():
            self.exploration.restart(m, e)

    def act(
        self,
        s: npt.NDArray[np.float32],
        masks: npt.NDArray[np.bool_] | None,  # noqa: ARG002 - a Box has none
    ) -> npt.NDArray[np.float32]:
        """Return random actions before `learning_starts`, then those of the actor with noise: (M, E, width)."""
        rngs, lifetime = self.generators["learn"], self.lifetime
        if lifetime < self.config.learning_starts:
            a = np.empty(self.exploration.state.shape, np.float32)
            for m, rng in enumerate(rngs):
                a[m] = rng.uniform(-1, 1, a.shape[1:])
            return a
        a = self.squashed(self.on_cpu("actor", self.learner.actor.params, s))
        scale = self.rates.at("noise_scale", lifetime)
        for m, rng in enumerate(rngs):
            a[m] += self.exploration.draw(m, rng, scale)
        a = between(a)
        if not math.isfinite(float(a.sum())):
            raise self.diverged("learner")
        return a

    def best(
        self,
        m: int,
        s: npt.NDArray[np.float32],
        masks: npt.NDArray[np.bool_] | None,  # noqa: ARG002
        *,
        deterministic: bool,
    ) -> npt.NDArray[np.float32]:
        """Return the actor's actions, with Gaussian noise where they are not to be deterministic: (B, width)."""
        a = self.squashed(self.on_cpu("actor", self.learner.actor.params, s, m))
        if deterministic:
            return a
        scale = self.rates.at("noise_scale", self.lifetime)
        return between(a + scale * self.generators["predict"][m].standard_normal(a.shape))

    def squashed(self, out: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return actions in [-1, 1] for outputs of the actor."""
        return between(out) if self.config.invert_gradients else np.tanh(out)


def between(a: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return actions cut off at -1 and 1; for small arrays several times quicker than `numpy.clip`."""
    inside: npt.NDArray[Any] = np.minimum(np.maximum(a, -1), 1)
    return inside
