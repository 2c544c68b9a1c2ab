"""`PolicySearchAgent`: an agent that tries weights of a linear policy for whole episodes and moves by their returns.

To write one, give a subclass

- `id`, the agent's, and `Config`, a subclass of `PolicySearchConfig`;
- `candidates`: how many weights are tried in an iteration;
- `new_memory(size, config)`: a named tuple of arrays, theta (size,) float64 among them: the weights that `predict`
  goes by;
- `begin(memory, config, rng)`: called when an iteration begins, to draw what it needs;
- `candidate(memory, i, config)`: the i-th weights to try, (size,) float64;
- `update(memory, scores, config)`: called with the mean return of each, (candidates,) float64.

All candidates of an iteration choose their actions with the same random numbers. One timestep is one step of the
environment, and learning may stop in the middle of an episode. A file holds all of it; where the environment cannot be
put back, the episode under way begins again, with the same random numbers of the agent's own.
"""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from gridworld_agents.core import env_state, stepping
from gridworld_agents.core.base import BaseAgent
from gridworld_agents.core.config import Config, boolean, integer, real
from gridworld_agents.stochastic.linear_policy import LinearPolicy
from gridworld_env import protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    import gymnasium as gym
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

CANDIDATE, EPISODE = range(2)
NOT_BEGUN = -1
LARGEST_SEED = 1 << 62


class PolicySearchConfig(Config):
    """The hyper-parameters that all of them have."""

    gamma: float = real("discount of the returns that are compared", default=0.99, least=0, most=1)
    episodes: int = integer("episodes that each candidate plays in an iteration", default=1, least=1)
    horizon: int = integer("steps after which an episode is cut off", default=1000, least=1)
    common_random_numbers: bool = boolean("whether candidates play the same episodes, by seeding resets", default=False)


class Search(NamedTuple):
    """Where an iteration stands."""

    seed: Any  # (1,) int64, of its random numbers; NOT_BEGUN between iterations
    turn: Any  # (2,) int64, the candidate that plays and the number of its episode
    scores: Any  # (candidates,) float64, sums of the returns of finished episodes
    progress: Any  # (2,) float64, discounted return of the episode under way, and the discount of what comes next
    seen: Any  # (n,) float64, the latest observation, as `LinearPolicy.see` returns it
    under_way: Any  # (1,) bool, whether an episode is

    @classmethod
    def new(cls, candidates: int, num_seen: int) -> Search:
        """Return one that has not begun."""
        turn, scores, seen = np.zeros(2, np.int64), np.zeros(candidates), np.zeros(num_seen)
        return cls(np.full(1, NOT_BEGUN), turn, scores, np.zeros(2), seen, np.zeros(1, np.bool_))

    def check(self, episodes: int) -> None:
        """Refuse what learning could not go on from.

        Raises:
            ValueError: If a number is out of range.
        """
        (seed,), (i, episode) = self.seed.tolist(), self.turn.tolist()
        if not (NOT_BEGUN <= seed < LARGEST_SEED and 0 <= i < len(self.scores) and 0 <= episode < episodes):
            raise ValueError("the search's seed or turn is out of range")


class PolicySearchAgent(BaseAgent):
    """An agent that searches among linear policies.

    Args:
        env: With finite or Box observations, and Discrete or Box actions.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: If a space is of another kind, a hyper-parameter is unknown or out of range, or gamma is 1 where
            nothing ends an episode for good.
    """

    observation_spaces, action_spaces = "any", "Discrete or Box"
    candidates: ClassVar[int]
    bootstraps = False  # returns are all it knows
    generator_names = ("learn", "predict", "noise")

    memory: Any

    @staticmethod
    def new_memory(size: int, config: Any) -> Any:
        """Return the memory of an agent that has not learned."""
        raise NotImplementedError

    @staticmethod
    def begin(memory: Any, config: Any, rng: np.random.Generator) -> None:
        """Draw what an iteration needs."""
        raise NotImplementedError

    @staticmethod
    def candidate(memory: Any, i: int, config: Any) -> FloatArray:
        """Return the i-th weights to try: (size,) float64."""
        raise NotImplementedError

    @staticmethod
    def update(memory: Any, scores: FloatArray, config: Any) -> None:
        """Learn from the mean return of each candidate."""
        raise NotImplementedError

    @staticmethod
    def check_memory(memory: Any) -> None:
        """Refuse a memory that a file holds and learning could not go on with, by a ValueError."""

    @property
    def weights(self) -> FloatArray:
        """The weights learned: (features, outputs) float64, a copy. Over finite observations a table of preferences."""
        weights: FloatArray = self.memory.theta.reshape(self.linear.shape).copy()
        return weights

    @property
    def policy(self) -> FloatArray:
        """The probability of each action in each state: (S, A) float64.

        Raises:
            ValueError: If one of the spaces is a Box.
        """
        return self.linear.softmax(self.weights)

    def spaces_of(self, env: gym.Env[Any, Any]) -> tuple[Any, Any]:
        """Return what is known of the spaces."""
        self.linear = LinearPolicy.of(self.id, env)
        return self.linear.observations, self.linear.actions

    def build(self) -> None:
        """Make the memory, and a search that has not begun."""
        self.linear = LinearPolicy(self.observations, self.actions)
        self.memory = self.new_memory(math.prod(self.linear.shape), self.config)
        self.search = Search.new(self.candidates, self.linear.num_seen)
        self.rng, self.predict_rng, self.noise = (self.generators[name][0] for name in self.generator_names)
        self.env_state: dict[str, Any] = {}  # of the environment, as the learning left it; empty before it
        self._under_way = False  # whether the environment is in the run's episode
        self._trying = self._weights_to_try()

    def smallest_file(self) -> int:
        """Return the bytes of the weights."""
        return 8 * math.prod(LinearPolicy(self.observations, self.actions).shape)

    def trees(self) -> dict[str, Any]:
        """Return the memory, the search and the log."""
        return {"log": self.log, "memory": self.memory, "search": self.search}

    def take(self, trees: dict[str, Any]) -> None:
        """Go on from a memory and a search."""
        super().take(trees)
        self.memory, self.search = trees["memory"], trees["search"]
        self.check_memory(self.memory)
        self.search.check(self.config.episodes)
        self._trying = self._weights_to_try()

    def notes(self) -> dict[str, Any]:
        """Return the environment's state."""
        return {"env_state": self.env_state}

    def take_notes(self, notes: dict[str, Any]) -> None:
        """Take the environment's state."""
        self.env_state = env_state.checked_env_state(notes["env_state"])

    @contextlib.contextmanager
    def learning(self, *, anew: bool) -> Iterator[None]:
        """Begin the episode under way again, or go on with it; the search goes on where it is."""
        if anew:
            self._drop_episode()
            self._under_way = False
        elif self.env is not None:
            self._restore(self.env)
        yield

    def choose(self, observation: Any, deterministic: bool) -> Any:
        """Return the most preferred action, the first of those tied; otherwise Discrete actions are drawn."""
        seen, batch = self.linear.see_all(observation)
        h = self.linear.outputs(self.weights, seen)
        return self.linear.choose(h.reshape(*batch, -1), None if deterministic else self.predict_rng)

    def _weights_to_try(self) -> FloatArray:
        i = int(self.search.turn[CANDIDATE])
        weights = self.memory.theta if self.search.seed[0] == NOT_BEGUN else self.candidate(self.memory, i, self.config)
        shaped: FloatArray = weights.reshape(self.linear.shape)
        return shaped

    def _drop_episode(self) -> None:
        self.search.under_way[0] = False
        self.log.drop_episodes()

    def _restore(self, env: gym.Env[Any, Any]) -> None:
        """Set the environment to the state it was left in, or at least its generator; a lost episode begins again."""
        saved, elapsed = self.env_state, int(self.log.elapsed[0, 0])
        unmoved = self._under_way and protocol.is_in_state(env, saved, elapsed)
        if not self.search.under_way[0] or not saved:
            self._under_way = False
        elif not unmoved and saved["state"] is not None and protocol.can_restore(env):
            self._under_way = protocol.set_state(env, saved["state"], elapsed)
            protocol.set_rng_state(env.unwrapped.np_random, saved["rng_state"])
        if not self._under_way:
            protocol.set_rng_state(env.unwrapped.np_random, saved.get("rng_state", {}))

    def advance(self, n: int) -> None:
        """Play n steps, and move the weights where an iteration ends."""
        env, linear, gamma, horizon = self.env, self.linear, self.config.gamma, self.config.horizon
        if env is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        log, search = self.log, self.search
        try:
            for _ in range(n):
                if not self._under_way:
                    self._begin_episode(env)
                self._under_way = False  # if the environment raises, the episode is lost
                action = linear.choose(linear.outputs(self._trying, search.seen), self.noise)
                observation, r, terminated, truncated, _ = stepping.step(env, action)
                log.counts[:] += 1
                log.elapsed[:] += 1
                log.collected[:] += r
                search.progress[0] += search.progress[1] * r
                search.progress[1] *= gamma
                if terminated or truncated or log.elapsed[0, 0] >= horizon:
                    self._end_episode()
                else:
                    self._see(env, observation)
                    self._under_way = True
        finally:
            if self.env_state:
                self.env_state = protocol.save_state(env)

    def _begin_episode(self, env: gym.Env[Any, Any]) -> None:
        search = self.search
        if search.seed[0] == NOT_BEGUN:
            self.begin(self.memory, self.config, self.rng)
            search.seed[0] = self.rng.integers(LARGEST_SEED)
        fresh = np.random.default_rng([int(search.seed[0]), int(search.turn[EPISODE])])  # the same for any candidate
        self.noise.bit_generator.state = fresh.bit_generator.state
        common = int(self.noise.integers(1 << 31))
        seed = common if self.config.common_random_numbers else None if self.env_state else self.seed
        self._drop_episode()
        self._see(env, stepping.reset(env, seed)[0])
        search.under_way[0] = True
        search.progress[:] = 0, 1
        self._trying = self._weights_to_try()
        self.env_state = protocol.save_state(env)
        self._under_way = True

    def _see(self, env: gym.Env[Any, Any], observation: Any) -> None:
        try:
            self.search.seen[:] = self.linear.see(observation)
        except ValueError as error:
            raise stepping.outside_space(env, self.observations, observation, error) from None

    def _end_episode(self) -> None:
        log, search = self.log, self.search
        log.finish(0, float(log.collected[0, 0]), int(log.elapsed[0, 0]))
        self._drop_episode()
        search.scores[search.turn[CANDIDATE]] += search.progress[0]
        search.turn[EPISODE] += 1
        if search.turn[EPISODE] == self.config.episodes:
            search.turn[:] = search.turn[CANDIDATE] + 1, 0
        if search.turn[CANDIDATE] == self.candidates:
            self.update(self.memory, search.scores / self.config.episodes, self.config)
            search.seed[0] = NOT_BEGUN
            search.turn[:] = 0
            search.scores[:] = 0
