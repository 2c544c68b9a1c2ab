"""`PolicySearchAgent`: an agent that tries weights of a linear policy for whole episodes and moves by their returns.

To write one, give a subclass

- `id`, the agent's, and `Config`, a subclass of `PolicySearchConfig`;
- `candidates`: how many weights are tried in an iteration;
- `new_memory(size, config)`: a named tuple of arrays, theta (size,) float64 among them: the weights that `predict`
  goes by;
- `begin(memory, parameters, rng)`: called when an iteration begins, to draw what it needs;
- `candidate(memory, i, config)`: the i-th weights to try, (size,) float64;
- `update(memory, scores, config)`: called with the mean return of each, (candidates,) float64.

All candidates of an iteration choose their actions with the same random numbers. One timestep is one step of the
environment, and learning may stop in the middle of an episode. A file holds all of it; where the environment cannot be
put back, the episode under way begins again, with the same random numbers of the agent's own.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from gridworld_agents.core import env_state, files
from gridworld_agents.core.callbacks import RECENT
from gridworld_agents.core.checks import flag, probability, whole_number
from gridworld_agents.core.loop import run_chunks
from gridworld_agents.stochastic.linear_policy import LinearPolicy
from gridworld_agents.tabular.agent import config_of
from gridworld_agents.tabular.persistence import read_arrays
from gridworld_agents.tabular.run import CLOCK, EPISODES, NO_EPISODE, STATE, STEPS, Run

if TYPE_CHECKING:
    import os
    from typing import Self

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.core.callbacks import CallbackLike

    FloatArray = npt.NDArray[np.float64]

CANDIDATE, EPISODE = range(2)
NOT_BEGUN = -1
LARGEST_SEED = 1 << 62


@dataclasses.dataclass(frozen=True, kw_only=True)
class PolicySearchConfig:
    """The hyper-parameters that all of them have."""

    gamma: float = 0.99  # discount of the returns that are compared, in [0, 1]
    episodes: int = 1  # episodes that each candidate plays in an iteration, >= 1
    horizon: int = 1000  # steps after which an episode is cut off, >= 1
    common_random_numbers: bool = False  # whether candidates get the same episodes, by seeding every reset

    def __post_init__(self) -> None:
        """Check the ranges."""
        probability("gamma", self.gamma)
        whole_number("episodes", self.episodes, 1)
        whole_number("horizon", self.horizon, 1)
        flag("common_random_numbers", self.common_random_numbers)


class Search(NamedTuple):
    """Where an iteration stands."""

    seed: Any  # (1,) int64, of its random numbers; NOT_BEGUN between iterations
    turn: Any  # (2,) int64, the candidate that plays and the number of its episode
    scores: Any  # (candidates,) float64, sums of the returns of finished episodes
    progress: Any  # (2,) float64, discounted return of the episode under way, and the discount of what comes next
    seen: Any  # (n,) float64, the latest observation, as `LinearPolicy.see` returns it

    @classmethod
    def new(cls, candidates: int, num_seen: int) -> Search:
        """Return one that has not begun."""
        return cls(np.full(1, NOT_BEGUN), np.zeros(2, np.int64), np.zeros(candidates), np.zeros(2), np.zeros(num_seen))

    def check(self, episodes: int) -> None:
        """Refuse what learning could not go on from.

        Raises:
            ValueError: If a number is out of range.
        """
        (seed,), (i, episode) = self.seed.tolist(), self.turn.tolist()
        if not (NOT_BEGUN <= seed < LARGEST_SEED and 0 <= i < len(self.scores) and 0 <= episode < episodes):
            raise ValueError("the search's seed or turn is out of range")


class PolicySearchAgent:
    """An agent that searches among linear policies.

    Args:
        env: With finite or Box observations, and Discrete or Box actions.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: If a space is of another kind, a hyper-parameter is unknown or out of range, or gamma is 1 where
            nothing ends an episode for good.
    """

    id: ClassVar[str]
    Config: ClassVar[type[Any]]
    candidates: ClassVar[int]
    bootstraps: ClassVar[bool] = False  # `check_agent`: returns are all it knows

    env: gym.Env[Any, Any] | None
    memory: Any

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> None:
        self.seed = None if seed is None else whole_number("seed", seed)
        self.config = config_of(type(self), hyper_parameters)
        self.linear = LinearPolicy.of(self.id, env)
        env_state.check_discount(self.config, env)
        self.memory = self.new_memory(math.prod(self.linear.shape), self.config)
        self.search = Search.new(self.candidates, self.linear.num_seen)
        self.run = Run.new()
        self.rng, self.predict_rng = env_state.streams(self.seed, 2)
        self._attach(env, {}, np.random.default_rng(0))

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
    def num_timesteps(self) -> int:
        """Steps of the environment since the learning began, or began anew."""
        return int(self.run.counts[STEPS])

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

    def recent_episodes(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return how many episodes were finished, and returns and lengths of the last 100, the latest last."""
        return self.run.recent()

    def learn(
        self,
        total_timesteps: int,
        callback: CallbackLike = None,
        log_interval: int = 4,  # noqa: ARG002 - Stable-Baselines3's
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Learn for exactly `total_timesteps` steps; see `agent.Agent`.

        Counting anew begins the episode under way again; the search goes on where it is.

        Raises:
            ValueError: If the agent was loaded without an environment.
        """
        total = whole_number("total_timesteps", total_timesteps)
        if self.env is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        if reset_num_timesteps:
            self.run.count_anew()
            self.run.drop_episode()
            self._under_way = False
        else:
            self._return_to_place(self.env)
        run_chunks(self, self._advance, self.num_timesteps + total, callback, progress_bar=progress_bar)
        return self

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,  # noqa: ARG002 - for recurrent agents
        deterministic: bool = False,
    ) -> tuple[Any, Any]:
        """Return the action for an observation, or actions (N, ...) for N of them, and `state` as it is.

        Args:
            observation: One, or a batch stacked along a first axis.
            state: Handed back.
            episode_start: Of no use here.
            deterministic: The most preferred action, the first of those tied. Otherwise Discrete actions are drawn,
                from a generator of its own; those in a Box are the same either way.

        Raises:
            ValueError: If an observation is not in the space.
        """
        seen, batch = self.linear.see_all(observation)
        h = self.linear.outputs(self.weights, seen)
        return self.linear.choose(h.reshape(*batch, -1), None if deterministic else self.predict_rng), state

    def _attach(self, env: gym.Env[Any, Any] | None, place: dict[str, Any], noise: np.random.Generator) -> None:
        self.env, self.place, self.noise = env, place, noise
        self._under_way = False  # whether the environment is in the run's episode
        self._trying = self._weights_to_try()

    def _weights_to_try(self) -> FloatArray:
        i = int(self.search.turn[CANDIDATE])
        weights = self.memory.theta if self.search.seed[0] == NOT_BEGUN else self.candidate(self.memory, i, self.config)
        shaped: FloatArray = weights.reshape(self.linear.shape)
        return shaped

    def _return_to_place(self, env: gym.Env[Any, Any]) -> None:
        """Put the environment where it was left, or at least its generator; an episode that is lost begins again."""
        state, clock = self.place.get("state"), int(self.run.place[CLOCK])
        as_left = self._under_way and env_state.of(env) == self.place and not env_state.clocks(env) - {clock}
        if self.run.place[STATE] == NO_EPISODE or not self.place:
            self._under_way = False
        elif not as_left and state is not None and env_state.can_be_put(env):
            self._under_way = env_state.put(env, state, clock)
            env_state.restore(env.unwrapped.np_random, self.place["rng"])
        if not self._under_way:
            env_state.restore(env.unwrapped.np_random, self.place.get("rng", {}))

    def _advance(self, n: int) -> None:
        env, linear, gamma, horizon = self.env, self.linear, self.config.gamma, self.config.horizon
        if env is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        run, search = self.run, self.search
        try:
            for _ in range(n):
                if not self._under_way:
                    self._begin_episode(env)
                self._under_way = False  # if the environment raises, the episode is lost
                action = linear.choose(linear.outputs(self._trying, search.seen), self.noise)
                observation, r, terminated, truncated, _info = env.step(action)
                r = float(r)
                if not math.isfinite(r):
                    raise ValueError(f"{env} paid the reward {r}, which no return can be made of")
                run.counts[STEPS] += 1
                run.place[CLOCK] += 1
                run.collected[0] += r
                search.progress[0] += search.progress[1] * r
                search.progress[1] *= gamma
                if terminated or truncated or run.place[CLOCK] >= horizon:
                    self._end_episode()
                else:
                    search.seen[:] = linear.see(observation)
                    self._under_way = True
        finally:
            if self.place:
                self.place = env_state.of(env)

    def _begin_episode(self, env: gym.Env[Any, Any]) -> None:
        search = self.search
        if search.seed[0] == NOT_BEGUN:
            self.begin(self.memory, self.config, self.rng)
            search.seed[0] = self.rng.integers(LARGEST_SEED)
        self.noise = np.random.default_rng([int(search.seed[0]), int(search.turn[EPISODE])])  # of any candidate
        common = int(self.noise.integers(1 << 31))
        seed = common if self.config.common_random_numbers else None if self.place else self.seed
        self.run.drop_episode()
        search.seen[:] = self.linear.see(env.reset(seed=seed)[0])
        self.run.place[STATE] = 0
        search.progress[:] = 0, 1
        self._trying = self._weights_to_try()
        self.place = env_state.of(env)
        self._under_way = True

    def _end_episode(self) -> None:
        run, search = self.run, self.search
        i = int(run.counts[EPISODES])
        run.returns[i % RECENT], run.lengths[i % RECENT] = run.collected[0], run.place[CLOCK]
        run.counts[EPISODES] = i + 1
        run.drop_episode()
        search.scores[search.turn[CANDIDATE]] += search.progress[0]
        search.turn[EPISODE] += 1
        if search.turn[EPISODE] == self.config.episodes:
            search.turn[:] = search.turn[CANDIDATE] + 1, 0
        if search.turn[CANDIDATE] == self.candidates:
            self.update(self.memory, search.scores / self.config.episodes, self.config)
            search.seed[0] = NOT_BEGUN
            search.turn[:] = 0
            search.scores[:] = 0

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the agent to a file, at once or not at all: numbers only. `.zip` is added where there is no suffix."""
        spaces, arrays = self.linear.to_file()
        header = {
            "id": self.id,
            "env": self.env.spec.id if self.env is not None and self.env.spec is not None else None,
            "seed": self.seed,
            "config": dataclasses.asdict(self.config),
            **spaces,
            **{name: env_state.kept(getattr(self, name)) for name in ("rng", "predict_rng", "noise")},
            "place": self.place,
        }
        for name in ("memory", "search", "run"):
            arrays |= {f"{name}.{field}": array for field, array in getattr(self, name)._asdict().items()}
        files.write(path, header, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str], env: gym.Env[Any, Any] | None = None, **kwargs: Any) -> Self:
        """Read an agent from a file; with an environment it can go on learning.

        Raises:
            AgentFileError: If the file does not hold such an agent.
            ValueError: If the environment's spaces are others, or there are further arguments.
        """
        if kwargs:
            raise ValueError(f"load takes a path and an environment, got {', '.join(kwargs)} too")
        agent = cls.__new__(cls)
        with files.reading(path) as saved:
            files.check_id(saved, cls.id)
            place, noise = agent._read(saved)  # noqa: SLF001 - one of its own class
        if env is not None and LinearPolicy.of(cls.id, env) != agent.linear:
            raise ValueError(
                f"env must have the spaces that the agent in {path} knows, it has {env.observation_space} and "
                f"{env.action_space}"
            )
        agent._attach(env, place, noise)  # noqa: SLF001
        return agent

    def _read(self, saved: files.Saved) -> tuple[dict[str, Any], np.random.Generator]:
        self.seed = saved.field("seed", int, None)
        if self.seed is not None:
            whole_number("seed", self.seed)
        self.config = config_of(type(self), saved.field("config", dict))
        self.linear = LinearPolicy.from_file(saved)
        size = math.prod(self.linear.shape)
        if saved.size < 8 * size:
            raise ValueError(f"{size} weights are larger than the file")
        self.memory = read_arrays(saved, "memory", self.new_memory(size, self.config))
        self.search = read_arrays(saved, "search", Search.new(self.candidates, self.linear.num_seen))
        self.run = read_arrays(saved, "run", Run.new())
        self.check_memory(self.memory)
        self.search.check(self.config.episodes)
        self.run.check(1, 1)
        self.rng, self.predict_rng, noise = env_state.streams(0, 3)
        for name, rng in (("rng", self.rng), ("predict_rng", self.predict_rng), ("noise", noise)):
            rng.bit_generator.state = env_state.checked_state(saved.field(name, dict))
        return env_state.checked(saved.field("place", dict)), noise
