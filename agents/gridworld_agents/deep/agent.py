"""`DeepAgent`: what agents with networks share; `off_policy` and `on_policy` have the loops around an update.

To write one, inherit from one of these and give

- `id`, the agent's, and `Config`, a subclass of `OffPolicyConfig` or `OnPolicyConfig`;
- `check_spaces(observations, actions)`: a ValueError for those that it cannot handle;
- `make_networks()`: its networks, by name;
- `new_learner(rngs)`: a named tuple of tensors, (M, ...) each: all that an update changes;
- `update(learner, batch, rates, *noise)`: a pure function that returns the next learner and metrics (M,) by name. It
  may read what never changes, such as `self.config` and `self.networks`, so that it can be compiled;
- `act(s, masks)`: the actions of all members;
- `best(m, s, masks, deterministic)`: those of one.

Members are agents that learn as one, each with environments, data, noise and generators of its own; what they share is
the batched operation that updates them. Member i learns what an agent of one member with its seed learns, but for
rounding. `predict` is that of member 0; `member(i)` acts as another.

A file holds all of the learner. Of the environments the episodes under way are lost, as the state of an arbitrary one
is not known: a run that goes on from a file begins episodes, with the generators where they were.
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch

from gridworld_agents.core import checkpoint
from gridworld_agents.core.base import BaseAgent
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.episode_log import LIFETIME
from gridworld_agents.core.spaces import Actions, Observations
from gridworld_agents.deep.collector import Collector
from gridworld_agents.deep.compiling import Compiled
from gridworld_agents.deep.device import device_of
from gridworld_agents.deep.distributions import check_available
from gridworld_agents.deep.members import Member
from gridworld_agents.deep.normalising import Normaliser
from gridworld_agents.deep.processor import learning
from gridworld_agents.deep.rates import Rates
from gridworld_env.protocol import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.deep.networks import MLP

WRAP = "a wrapper such as gymnasium.wrappers.TransformAction makes others of them"
WAYS_OUT = {
    "Discrete": "dqn and ppo take them",
    "Boxes": f"ppo takes them, with finite bounds ddpg and td3 do; {WRAP}",
    "MultiDiscrete": f"sb3/ppo takes them; {WRAP}",
    "MultiBinary": f"sb3/ppo takes them; {WRAP}",
}
"""Which agents take which actions."""


class DeepAgent(BaseAgent):
    """An agent with networks.

    Args:
        env: More environments, where hyper-parameters ask for them, are made as `gymnasium.make` made this one.
        seed: Fixes all that the agent does, and the environments when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: If a space does not fit, a hyper-parameter is unknown or out of range, the environment cannot be
            made again though it must, or the device is not there.
    """

    observation_spaces = "any"
    load_overrides: ClassVar[tuple[str, ...]] = ("device",)
    metric_names: ClassVar[tuple[str, ...]] = ()

    networks: Mapping[str, MLP]
    learner: Any

    def check_spaces(self, observations: Observations, actions: Actions) -> None:
        """Refuse spaces that the agent cannot handle.

        Raises:
            ValueError: That names the space, and agents that can.
        """
        raise NotImplementedError

    def refusal(self, needed: str, actions: Actions) -> ValueError:
        """Return the error of actions that the agent cannot handle, with agents that can."""
        kind = "Boxes" if actions.only_boxes else actions.kind
        return ValueError(f"{self.id} needs {needed}, got {actions.space}; {WAYS_OUT.get(kind, WRAP)}")

    def make_networks(self) -> Mapping[str, MLP]:
        """Return the networks by name, of `config`, `observations.width` and `actions`."""
        raise NotImplementedError

    def new_learner(self, rngs: Sequence[np.random.Generator]) -> Any:
        """Return what an agent that has not learned knows; each member's params are drawn by its generator."""
        raise NotImplementedError

    def update(self, learner: Any, batch: Any, rates: Any, *noise: Any) -> tuple[Any, dict[str, torch.Tensor]]:
        """Return the learner after an update from a batch, and metrics by name: (M,) each. Pure."""
        raise NotImplementedError

    def act(self, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None) -> npt.NDArray[Any]:
        """Return the actions with which all members learn: what `Collector.collect` takes.

        Args:
            s: (M, E, width), what they see, normalised.
            masks: (M, E, A), which actions are available; None where all are.
        """
        raise NotImplementedError

    def best(
        self, m: int, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None, *, deterministic: bool
    ) -> npt.NDArray[Any]:
        """Return a member's actions (B, ...) for observations (B, width), as `predict` has them."""
        raise NotImplementedError

    def spaces_of(self, env: gym.Env[Any, Any]) -> tuple[Observations, Actions]:
        """Return what is known of the spaces."""
        observations, actions = Observations.of(env.observation_space), Actions.of(env.action_space)
        self.check_spaces(observations, actions)
        return observations, actions

    def build(self) -> None:
        """Make networks, and params that have learned nothing."""
        config = self.config
        self.device = device_of(config.device)
        self.networks = self.make_networks()
        self.normaliser = Normaliser(self.members, self.observations.width, enabled=config.normalise_observations)
        self.rates = Rates(config, self.device)
        self.learner = self.new_learner(self.generators["learn"])
        self._update = Compiled(self.update, self.id, self.device) if config.compile else self.update
        self._metrics: dict[str, torch.Tensor] = {}
        self._views: dict[str, list[npt.NDArray[np.float32]]] = {}
        self._under_way = False
        self.collector: Collector | None = None
        self._collected: dict[str, Any] = {}  # what a file said of the collector

    def new_params(self, name: str, rngs: Sequence[np.random.Generator]) -> torch.Tensor:
        """Return params of a network for each member, drawn by its generator: (M, size)."""
        drawn = np.stack([self.networks[name].new(rng) for rng in rngs])
        return torch.from_numpy(drawn).to(self.device)

    def smallest_file(self) -> int:
        """Return the bytes of the params of each network once.

        Raises:
            ValueError: If no such agent has the spaces that the file tells.
        """
        self.check_spaces(self.observations, self.actions)
        return 4 * self.members * sum(network.size for network in self.make_networks().values())

    def attach(self, env: gym.Env[Any, Any]) -> None:
        """Take an environment, and make as many more as are asked for."""
        super().attach(env)
        first = int(np.random.SeedSequence().generate_state(1)[0]) if self.seed is None else self.seed
        seeds = [first + m for m in range(self.members)]
        self.collector = Collector(env, self.observations, self.actions, self.log, seeds=seeds, copies=self.copies)
        if self._collected:
            self.collector.take_notes(self._collected)

    def explore(self, s: npt.NDArray[np.float32], masks: npt.NDArray[np.bool_] | None) -> npt.NDArray[Any]:
        """Return the actions of all members for what the collector's copies show: (M, E, width), and masks (M, E, A).

        Raises:
            ValueError: If `action_masks` is set and the environment tells none, or one without an available action.
        """
        if not self.masks_actions:
            return self.act(self.normaliser.all(s), None)
        if masks is None:
            raise ValueError(
                f"action_masks needs an environment that returns action_mask in its infos, {name_of(self.env)} has none"
            )
        if not masks.any(-1).all():
            check_available(masks)
        return self.act(self.normaliser.all(s), masks)

    @property
    def masks_actions(self) -> bool:
        """Whether actions are taken only where the environment's masks allow them."""
        return bool(getattr(self.config, "action_masks", False))

    @property
    def lifetime(self) -> int:
        """Steps of each member in the agent's lifetime."""
        return int(self.log.counts[LIFETIME])

    def trees(self) -> dict[str, Any]:
        """Return the log, the learner and the statistics of observations."""
        return {"log": self.log, "learner": self.learner, "observed": self.normaliser.statistics}

    def take(self, trees: dict[str, Any]) -> None:
        """Go on from them."""
        super().take(trees)
        self.learner = trees["learner"]
        self.normaliser.statistics = trees["observed"]
        self._views = {}

    def check_actions(self, a: npt.NDArray[Any]) -> None:
        """Check the actions in a file before they index anything.

        Raises:
            ValueError: If the actions have numbers and one of these is invalid.
        """
        A = self.actions.size
        if A is not None and not ((a >= 0) & (a < A) & (a == np.floor(a))).all():
            raise ValueError(f"its actions must be integers from 0 to {A - 1}")

    def notes(self) -> dict[str, Any]:
        """Return what is to be known of the environments."""
        return self._collected if self.collector is None else self.collector.notes()

    def take_notes(self, notes: dict[str, Any]) -> None:
        """Take it, for the environment to come."""
        Collector.check_notes(notes, self.members, self.copies)
        self._collected = notes

    @contextlib.contextmanager
    def learning(self, *, anew: bool) -> Iterator[None]:
        """Learn on so many threads; counting anew begins episodes, networks and data stay."""
        if anew:
            self._under_way = False
        with learning(self.config.threads):
            yield

    def metrics(self) -> dict[str, float]:
        """Return the metrics of the last update, means over the members; nan before the first."""
        known = {name: float(value.mean()) for name, value in self._metrics.items()}
        return {name: known.get(name, math.nan) for name in self.metric_names}

    def learn_from(self, batch: Any, *noise: Any) -> None:
        """Update the learner."""
        rates = self.rates.tensors(max(self.lifetime - 1, 0))  # of the step that was taken last
        with torch.no_grad():
            self.learner, metrics = self._update(self.learner, batch, rates, *noise)
        self._metrics = {**self._metrics, **metrics}
        self._views = {}

    def on_cpu(
        self, name: str, params: torch.Tensor, s: npt.NDArray[np.float32], m: int | None = None
    ) -> npt.NDArray[np.float32]:
        """Return outputs of a network for observations (M, E, width), or of member m for (B, width), by NumPy."""
        network = self.networks[name]
        if name not in self._views:
            self._views[name] = network.views(params.detach().cpu().numpy())
        parts = self._views[name]
        return network.on_cpu(parts if m is None else [part[m] for part in parts], s)

    def check_finite(self) -> None:
        """Refuse to go on with params that are not finite.

        Raises:
            ValueError: With the step, and what may help.
        """
        if all(bool(leaf.isfinite().all()) for _, leaf in checkpoint.leaves(self.learner, "")):
            return
        raise self.diverged("learner")

    def diverged(self, name: str) -> ValueError:  # noqa: ARG002 - whichever part it is, the networks are the reason
        """Return the error of networks that are not finite."""
        return ValueError(
            f"the networks of {self.id} are no longer finite at step {self.num_timesteps}: learning diverged; lower "
            "the step sizes, scale rewards to the order of 1, or shorten episodes in which a bad policy drives values "
            "far away"
        )

    def member(self, i: int) -> Member:
        """Return the policy of member i.

        Raises:
            ValueError: If there is no such member.
        """
        if whole_number("i", i) >= self.members:
            raise ValueError(f"i must be below num_seeds, {self.members}, got {i}")
        return Member(self, i)

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = False,
        action_masks: Any = None,
    ) -> tuple[Any, Any]:
        """Return the action of member 0; see `BaseAgent.predict`.

        Args:
            observation: One, or a batch.
            state: Handed back.
            episode_start: Of no use here.
            deterministic: The best action rather than one that explores.
            action_masks: (A,) or (N, A) bool, which actions are available; read where `action_masks` is set.

        Raises:
            ValueError: If an observation is not in the space, or a mask is invalid or has no action available.
        """
        del episode_start
        return self.choose_as(0, observation, deterministic, action_masks), state

    def choose(self, observation: Any, deterministic: bool) -> Any:
        """Return the actions of member 0."""
        return self.choose_as(0, observation, deterministic, None)

    def choose_as(self, m: int, observation: Any, deterministic: bool, action_masks: Any) -> Any:
        """Return the actions of a member for an observation or a batch."""
        given = self.observations.encode(observation)
        batch = given.shape[:-1]
        rows = self.normaliser.one(m, given.reshape(-1, self.observations.width))
        masks = self._checked_masks(action_masks, len(rows)) if self.masks_actions else None
        a = self.best(m, rows, masks, deterministic=deterministic)
        return self.as_actions(a.reshape((*batch, *a.shape[1:])))

    def _checked_masks(self, given: Any, count: int) -> npt.NDArray[np.bool_] | None:
        """Return masks for a number of observations: (count, A); None where none are given.

        Raises:
            ValueError: If they have another shape, or something in them is not a mask.
        """
        if given is None:
            return None
        masks, A = np.asarray(given), self.actions.size
        if masks.shape[-1:] != (A,) or masks.size not in {A, count * A}:
            raise ValueError(f"action_masks must be ({A},), or one for each of {count} observations, got {masks.shape}")
        check_available(masks)
        every = masks.reshape(-1, A).astype(np.bool_)
        return np.broadcast_to(every, (count, A)).copy()  # torch takes no read-only ones

    def as_actions(self, a: npt.NDArray[Any]) -> Any:
        """Return actions as the environment takes them, of numbers (...) or of rows (..., width) in [-1, 1]."""
        return self.actions.choose(a) if self.actions.size is not None else self.actions.scale(a)

    def every_state(self) -> npt.NDArray[np.float32]:
        """Return all observations of a finite space as networks see them: (S, width).

        Raises:
            AttributeError: If the space is not finite: there is no table then.
        """
        S = self.observations.size
        if S is None:
            raise AttributeError(f"{self.id} has no table over {self.observations.space}")
        return self.normaliser.one(0, self.observations.encode(self.observations.observation(np.arange(S))))
