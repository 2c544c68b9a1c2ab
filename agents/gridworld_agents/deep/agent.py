"""`DeepAgent`: the loop around an update, for agents with a deterministic policy and a replay buffer.

To write one, give a subclass

- `id`, the agent's, and `Config`, a subclass of `DeepConfig`;
- `make_networks()`: sets `self.actor`, an `MLP`, and whatever else it needs;
- `new_learner(rngs)`: a named tuple of tensors whose first is `actor` (M, size): all that an update changes;
- `make_update()`: a pure function `update(learner, batch, step_sizes, *further)` that returns the next learner and the
  losses. What it reads besides its arguments never changes, so that it can be compiled;
- `further(rngs)`: what else the update takes, drawn anew for each.

Members are agents that learn side by side, each with environments, a replay, noise and generators of its own; what
they share is the batched operation that updates them. Member i learns what an agent of one member with its seed learns,
but for rounding. `predict` and the file's `policy` are those of member 0; `member(i)` acts as another.

A file holds all of the learner. Of the environments the episodes under way are lost, as the clock and the state of an
arbitrary one are not known: a run that goes on from a file begins episodes, with the generators where they were.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch

from gridworld_agents.core import env_state
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.loop import run_chunks
from gridworld_agents.deep import persistence
from gridworld_agents.deep.compiling import Compiled
from gridworld_agents.deep.environments import copies, device_of
from gridworld_agents.deep.gradients import grad_and_value
from gridworld_agents.deep.ledger import LIFE, STEPS, Ledger
from gridworld_agents.deep.member import Member
from gridworld_agents.deep.noise import Noise
from gridworld_agents.deep.normalising import Normaliser
from gridworld_agents.deep.processor import learning
from gridworld_agents.deep.rates import Rates
from gridworld_agents.deep.reading import observation_row, reward_of
from gridworld_agents.deep.replay import Replay
from gridworld_agents.deep.spaces import Boxes
from gridworld_agents.tabular.agent import config_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from typing import Self

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.core.callbacks import CallbackLike
    from gridworld_agents.deep.config import DeepConfig
    from gridworld_agents.deep.networks import MLP

SEEDS = 1 << 32


class DeepAgent:
    """An agent with networks, for observations and actions in a Box.

    Args:
        env: With bounded actions. More environments, where hyper-parameters ask for them, are made as `gymnasium.make`
            made this one.
        seed: Fixes all that the agent does, and the environments when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: If a space does not fit, a hyper-parameter is unknown or out of range, the environment cannot be
            made again though it must, or the device is not there.
    """

    id: ClassVar[str]
    Config: ClassVar[type[Any]]

    config: DeepConfig
    actor: MLP
    learner: Any
    env: gym.Env[Any, Any] | None

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> None:
        self.seed = None if seed is None else whole_number("seed", seed)
        self.config = config_of(type(self), hyper_parameters)
        self.boxes = Boxes.of(self.id, env)
        drawn = int(np.random.SeedSequence(self.seed).generate_state(1)[0]) if self.seed is None else self.seed
        M = self.config.num_seeds
        pairs = [env_state.streams(drawn + m, 2) for m in range(M)]
        self.rngs, self.predict_rngs = ([pair[i] for pair in pairs] for i in range(2))
        self._env_seeds: list[int] | None = [drawn + m for m in range(M)]  # None once the environments were seeded
        self._prepare()
        self.learner = self.new_learner(self.rngs)
        self.places: list[dict[str, Any]] = []
        self._attach(env)

    def make_networks(self) -> None:
        """Set the networks."""
        raise NotImplementedError

    def new_learner(self, rngs: Sequence[np.random.Generator]) -> Any:
        """Return what an agent that has not learned knows; parameters are drawn by each member's generator."""
        raise NotImplementedError

    def make_update(self, gradient: Callable[..., Any] = grad_and_value) -> Callable[..., Any]:
        """Return the pure function that learns from a batch.

        Args:
            gradient: Makes of a loss, a function of parameters and more, one that returns their gradient and the loss.
        """
        raise NotImplementedError

    def use_gradient(self, gradient: Callable[..., Any]) -> None:
        """Learn with gradients that are taken otherwise, as `make_update` is handed them; uncompiled."""
        self._update = self.make_update(gradient)

    def further(self, rngs: Sequence[np.random.Generator]) -> tuple[Any, ...]:  # noqa: ARG002
        """Return what the next update takes besides learner and batch."""
        return ()

    @property
    def num_timesteps(self) -> int:
        """Steps of each member in its environments since the learning began, or began anew."""
        return int(self.ledger.counts[STEPS])

    def recent_episodes(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return how many episodes the members finished, and returns and lengths of the last of each; at most 100."""
        return self.ledger.recent()

    def member(self, i: int) -> Member:
        """Return what acts as member i.

        Raises:
            ValueError: If there is no such member.
        """
        if whole_number("i", i) >= self.config.num_seeds:
            raise ValueError(f"i must be below num_seeds, {self.config.num_seeds}, got {i}")
        return Member(self, i)

    def learn(
        self,
        total_timesteps: int,
        callback: CallbackLike = None,
        log_interval: int = 4,  # noqa: ARG002 - Stable-Baselines3's
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Learn for exactly `total_timesteps` steps of each member; see `agent.Agent`.

        Counting anew begins episodes; the networks and the replay stay.

        Raises:
            ValueError: If the agent was loaded without an environment, or that shows or pays something that is not
                finite.
        """
        total = whole_number("total_timesteps", total_timesteps)
        if self.env is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        if reset_num_timesteps:
            self.ledger.count_anew()
            self._under_way = False
        with learning(self.config.threads):
            run_chunks(self, self._advance, self.num_timesteps + total, callback, progress_bar=progress_bar)
        return self

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,  # noqa: ARG002 - for recurrent agents
        deterministic: bool = False,
    ) -> tuple[Any, Any]:
        """Return the action of member 0 for an observation, or actions (N, ...) for N of them, and `state` as it is.

        Args:
            observation: One, or a batch stacked along a first axis.
            state: Handed back.
            episode_start: Of no use here.
            deterministic: The policy's action; otherwise with Gaussian noise, from a generator of its own.

        Raises:
            ValueError: If an observation has another shape, or is not finite.
        """
        return self.act(0, observation, deterministic=deterministic), state

    def act(self, m: int, observation: Any, *, deterministic: bool) -> npt.NDArray[Any]:
        """Return a member's actions for observations (..., *shape)."""
        given = np.asarray(observation, np.float32)
        shape = self.boxes.observations
        batch = given.shape[: given.ndim - len(shape)]
        if given.shape != (*batch, *shape) or not np.isfinite(given).all():
            raise ValueError(f"an observation must be finite and have the shape {shape}, got {observation}")
        a = self._policy(m, given.reshape(-1, self.boxes.num_observed))
        if not deterministic:
            scale = self.rates.noise_scale(int(self.ledger.counts[LIFE]))
            a = np.clip(a + scale * self.predict_rngs[m].standard_normal(a.shape), -1, 1)
        return self.boxes.action(a.reshape(*batch, -1))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the agent to a file, at once or not at all: numbers only. `.zip` is added where there is no suffix."""
        persistence.save(self, path)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], env: gym.Env[Any, Any] | None = None, *, device: str | None = None
    ) -> Self:
        """Read an agent from a file.

        Args:
            path: Of the file; `.zip` may be left out.
            env: To go on learning on; its spaces must be those that the agent knows.
            device: Where the networks are to be; None, where they were.

        Raises:
            AgentFileError: If the file does not hold such an agent.
            ValueError: If the environment's spaces are others, or the device is not there.
        """
        agent = persistence.load(cls, path, device)
        if env is not None:
            found = Boxes.of(cls.id, env)
            if not agent.boxes.same(found):
                raise ValueError(f"env must have the spaces that the agent in {path} knows, {agent.boxes}, not {found}")
            agent._attach(env)  # noqa: SLF001 - one of its own class
        return agent

    def _prepare(self) -> None:
        """Make all that follows from the hyper-parameters and the spaces."""
        p, boxes = self.config, self.boxes
        M, E = p.num_seeds, p.num_envs
        self.device = device_of(p.device)
        self.make_networks()
        if p.compile:
            self._update = Compiled(self.make_update(torch.func.grad_and_value), self.id, self.device)
        else:
            self._update = self.make_update()
        self.replay = Replay(M, p.buffer_size, boxes.num_observed, boxes.num_chosen, self.device)
        self.noise = Noise(p.noise, p.noise_theta, (M, E, boxes.num_chosen))
        self.rates = Rates(p, self.device)
        self.normaliser = Normaliser(M, boxes.num_observed, enabled=p.normalise_observations)
        self.ledger = Ledger.new(M, E)
        self._seen = np.zeros((M, E, boxes.num_observed), np.float32)
        self._chosen = np.zeros((M, E, boxes.num_chosen), np.float32)
        self._views: list[npt.NDArray[np.float32]] = []
        self._turn, self._under_way, self.env = 0, False, None

    def _attach(self, env: gym.Env[Any, Any]) -> None:
        M, E = self.config.num_seeds, self.config.num_envs
        others = copies(env, M * E - 1)
        self.env, self.envs = env, np.array([env, *others], object).reshape(M, E).tolist()

    def _policy(self, m: int, s: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return a member's actions (B, actions) in [-1, 1] for observations (B, observations)."""
        return self._squash(self.actor.on_cpu([part[m] for part in self._parts()], self.normaliser.one(m, s)))

    def _policies(self) -> npt.NDArray[np.float32]:
        """Return the actions (M, E, actions) in [-1, 1] of all members for what they see."""
        s = self._seen
        if self.normaliser.enabled:
            s = np.stack([self.normaliser.one(m, seen) for m, seen in enumerate(s)])
        return self._squash(self.actor.on_cpu(self._parts(), s))

    def _parts(self) -> list[npt.NDArray[np.float32]]:
        """Return the actors' weights (M, inputs, outputs) and biases (M, 1, outputs)."""
        if not self._views:
            self._views = self.actor.views(self.learner.actor.detach().cpu().numpy())
        return self._views

    def _squash(self, out: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return between(out) if self.config.invert_gradients else np.tanh(out)

    def _begin(self) -> None:
        """Begin an episode in every environment."""
        self.ledger.drop_episodes()
        for m, row in enumerate(self.envs):
            for e, env in enumerate(row):
                seed = None
                if self._env_seeds is not None:
                    first = self._env_seeds[m]
                    seed = first if e == 0 else int(np.random.SeedSequence([first, e]).generate_state(1)[0])
                elif self.places:
                    env_state.restore(env.unwrapped.np_random, self.places[m * len(row) + e].get("rng", {}))
                self._see(m, e, self._row(env, env.reset(seed=None if seed is None else seed % SEEDS)[0]))
                self.noise.restart(m, e)
        self._env_seeds, self.places, self._turn = None, [], 0
        self._under_way = True

    def _see(self, m: int, e: int, s: npt.NDArray[np.float32]) -> None:
        """Take in the observation that the next action of a member is for."""
        self._seen[m, e] = s
        self.normaliser.see(m, s)

    def _row(self, env: gym.Env[Any, Any], observation: Any) -> npt.NDArray[np.float32]:
        return observation_row(env, observation, self.boxes.observations, self.num_timesteps)

    def _choose(self) -> None:
        """Choose the members' next action in each of their environments."""
        life = int(self.ledger.counts[LIFE])
        if life < self.config.learning_starts:
            for m, rng in enumerate(self.rngs):
                self._chosen[m] = rng.uniform(-1, 1, self._chosen[m].shape)
            return
        a, scale = self._policies(), self.rates.noise_scale(life)
        for m, rng in enumerate(self.rngs):
            a[m] += self.noise.draw(m, rng, scale)
        self._chosen[:] = between(a)
        if not math.isfinite(float(self._chosen.sum())):
            raise self._diverged()

    def _advance(self, n: int) -> None:
        p, boxes, counts = self.config, self.boxes, self.ledger.counts
        if not self._under_way:
            self._begin()
        self._under_way = False  # if an environment raises, the episodes are lost
        rows = np.empty((p.num_seeds, sum(self.replay.sizes)), np.float32)
        for _ in range(n):
            e = self._turn
            if e == 0:
                self._choose()
            actions = boxes.action(self._chosen[:, e])
            for m, environments in enumerate(self.envs):
                self._step(m, e, environments[e], actions[m, ...], rows[m])
            self.replay.add(rows)
            self._turn = (e + 1) % p.num_envs
            counts += 1
            life = int(counts[LIFE])
            if life > p.learning_starts and life % p.update_every == 0:
                for _ in range(p.updates):
                    self._learn()
        if not all(bool(part.isfinite().all()) for part in persistence.tensors(self.learner).values()):
            raise self._diverged()
        self._under_way = True

    def _step(self, m: int, e: int, env: gym.Env[Any, Any], action: Any, row: npt.NDArray[np.float32]) -> None:
        """Take a step of a member, and write it down as s, a, r, s_next, continues."""
        observation, paid, terminated, truncated, _info = env.step(action)
        r = reward_of(env, paid, self.num_timesteps)
        s, a, s_next = self._seen[m, e], self._chosen[m, e], self._row(env, observation)
        row[: len(s)], row[len(s) : len(s) + len(a)] = s, a
        row[len(s) + len(a)] = r
        row[-len(s) - 1 : -1], row[-1] = s_next, not terminated
        self.ledger.step(m, e, r)
        if terminated or truncated:
            self.ledger.finish(m, e)
            self.noise.restart(m, e)
            s_next = self._row(env, env.reset()[0])
        self._see(m, e, s_next)

    def _diverged(self) -> ValueError:
        return ValueError(
            f"the networks of {self.id} are no longer finite at step {self.num_timesteps}: learning diverged; lower "
            "actor_step_size, critic_step_size or tau, scale rewards to the order of 1, or shorten episodes in which a "
            "bad policy drives values far away"
        )

    def _learn(self) -> None:
        batch = self.replay.sample(self.rngs, self.config.batch_size)
        normalise = self.normaliser.batch
        batch = batch._replace(s=normalise(batch.s), s_next=normalise(batch.s_next))
        step_sizes = self.rates.step_sizes(int(self.ledger.counts[LIFE]) - 1)  # of the step that was taken last
        with torch.no_grad():
            self.learner, _losses = self._update(self.learner, batch, step_sizes, *self.further(self.rngs))
        self._views = []


def between(a: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return actions cut off at -1 and 1; for small arrays several times quicker than `numpy.clip`."""
    inside: npt.NDArray[Any] = np.minimum(np.maximum(a, -1), 1)
    return inside
