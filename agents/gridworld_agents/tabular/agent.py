"""`TabularAgent`: an agent made of two compiled functions.

To write one, give a subclass

- `id`, the agent's, and `Config`, a frozen dataclass of its hyper-parameters;
- `act(memory, s, params, rng)`, compiled by `compiling.kernel`: returns the action in state s;
- `observe(memory, s, a, r, s_next, a_next, terminated, truncated, params, rng)`, likewise: learns from one step. The
  next action is UNCHOSEN (-1) after a terminated step, and wherever `next_action_first` is False;
- `next_action_first`: whether a_next is chosen before the update (Sarsa) or after it (Q-learning);
- `new_memory(S, A, config)`: a named tuple of arrays, q (S, A) float64 and visits (S, A) int64 among them. One that
  keeps no q gives `values`, `policy` and `greedy` of its own;
- `scalars(config)`: a named tuple of scalars, what the two functions get as `params`.

`control.ControlAgent` gives all but `id` and `observe` to methods that act epsilon-greedily in one table, and
`prediction.PredictionAgent` to methods that value a given policy.

A memory whose size depends on the episodes has arrays of length 0 in `new_memory` and overrides `reserve`,
`forget_episode` and `check_memory`, as `trajectory.TrajectoryAgent` does.

Learning runs on the model where the environment has one and shows its state, else by stepping it; the result is the
same, bit for bit. A file holds all of the learner, so that a run which goes on from one ends exactly as if it had never
stopped; of an environment that is no `TabularEnv` the episode under way is lost, and a new one begins.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from gridworld_agents.core.checks import plain, suggest, whole_number
from gridworld_agents.core.env_state import check_discount, has_plain_model, streams
from gridworld_agents.core.finite_spaces import finite_spaces
from gridworld_agents.core.loop import run_chunks
from gridworld_agents.core.public import export
from gridworld_agents.tabular import persistence
from gridworld_agents.tabular.env_driver import EnvDriver, cached_act
from gridworld_agents.tabular.model_driver import ModelDriver
from gridworld_agents.tabular.run import STEPS, Run

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from typing import Self

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.core.callbacks import CallbackLike


@export("gridworld_agents.authoring.TabularAgent")
class TabularAgent:
    """An agent that keeps a value for every state and action.

    Args:
        env: With finite observations and actions.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: If a space is not finite, a hyper-parameter is unknown or out of range, or gamma is 1 where nothing
            ends an episode for good.
    """

    id: ClassVar[str]
    Config: ClassVar[type[Any]]
    act: ClassVar[Callable[..., Any]]
    observe: ClassVar[Callable[..., Any]]
    next_action_first: ClassVar[bool] = False
    needs_model: ClassVar[bool] = False
    """Whether it learns from an exact model and nothing else: it then takes no step in the environment."""

    env: gym.Env[Any, Any] | None
    memory: Any
    run: Run

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> None:
        self.seed = None if seed is None else whole_number("seed", seed)
        self.config = config_of(type(self), hyper_parameters)
        self.states, self.actions = finite_spaces(self.id, env)
        check_discount(self.config, env)
        self.memory = self.new_memory(self.states.size, self.actions.size, self.config)
        self.params = self.scalars(self.config)
        self.run = Run.new()
        self.rng, self.predict_rng = streams(self.seed, 2)  # two, so that predicting does not change the learning
        self.place: dict[str, Any] = {}  # where the learning left the environment; empty before it
        self._attach(env)

    @staticmethod
    def new_memory(S: int, A: int, config: Any) -> Any:
        """Return the memory of an agent that has not learned."""
        raise NotImplementedError

    @staticmethod
    def scalars(config: Any) -> Any:
        """Return the hyper-parameters as compiled code reads them."""
        raise NotImplementedError

    @staticmethod
    def reserve(memory: Any, steps: int) -> Any:  # noqa: ARG004
        """Return the memory with room for so many more steps of the episode under way; with no room to spare for 0."""
        return memory

    @staticmethod
    def forget_episode(memory: Any) -> None:
        """Drop what the memory holds of the episode under way, which will not be finished."""

    @staticmethod
    def check_memory(memory: Any, S: int, A: int) -> None:
        """Refuse a memory that a file holds and compiled code could not work with, by a ValueError.

        Shapes, dtypes and that numbers are finite have been checked.
        """

    @property
    def num_timesteps(self) -> int:
        """Steps of the environment since the learning began, or began anew."""
        return int(self.run.counts[STEPS])

    @property
    def q_values(self) -> npt.NDArray[np.float64]:
        """What is known of the value of each action in each state: (S, A) float64, a copy.

        Raises:
            AttributeError: If the agent keeps no such table.
        """
        q: npt.NDArray[np.float64] = self.memory.q.copy()
        return q

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """The value of each state under the greedy policy: (S,) float64."""
        v: npt.NDArray[np.float64] = self.q_values.max(axis=1)
        return v

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """The greedy policy, uniform over actions that are exactly tied: (S, A) float64."""
        q = self.q_values
        best = q == q.max(axis=1, keepdims=True)
        pi: npt.NDArray[np.float64] = best / best.sum(axis=1, keepdims=True)
        return pi

    @property
    def visits(self) -> npt.NDArray[np.int64]:
        """How often each action was learned from in each state: (S, A) int64, a copy; or each state, (S,)."""
        visits: npt.NDArray[np.int64] = self.memory.visits.copy()
        return visits

    @property
    def compiled(self) -> bool:
        """Whether the learning runs on the environment's model."""
        return isinstance(self._driver, ModelDriver)

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

        Schedules go by the steps in the agent's life: counting anew does not start them again.

        Raises:
            ValueError: If the agent was loaded without an environment.
        """
        total = whole_number("total_timesteps", total_timesteps)
        driver = self._driver
        if driver is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        self._enter(driver, anew=reset_num_timesteps)
        try:
            run_chunks(self, self._advance, self.num_timesteps + total, callback, progress_bar=progress_bar)
        finally:
            driver.leave(self.run)
        return self

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,  # noqa: ARG002 - for recurrent agents
        deterministic: bool = False,
    ) -> tuple[Any, Any]:
        """Return the action for an observation, or actions (N,) for N of them, and `state` as it is.

        Args:
            observation: One, or a batch stacked along a first axis; of a Tuple space a tuple of integers or of arrays.
            state: Handed back.
            episode_start: Of no use here.
            deterministic: The greedy action, the first of those tied. Otherwise as in learning, exploring; that
                draws from a generator of its own and does not change the learning.

        Raises:
            ValueError: If an observation is not in the space.
        """
        s = self.states.numbers(observation)
        if deterministic:
            a = self.greedy(s)
        else:
            a = np.array([self._act(self.memory, one, self.params, self.predict_rng) for one in s.reshape(-1).tolist()])
            a = a.reshape(s.shape)
        return self.actions.choose(a), state

    def greedy(self, s: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the action of largest value in states (...), the first of those tied: (...) int64."""
        a: npt.NDArray[np.int64] = self.memory.q[s].argmax(axis=-1)
        return a

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the agent to a file, at once or not at all: numbers only. `.zip` is added where there is no suffix."""
        persistence.save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str], env: gym.Env[Any, Any] | None = None, **kwargs: Any) -> Self:
        """Read an agent from a file.

        Args:
            path: Of the file; `.zip` may be left out.
            env: To go on learning on; its spaces must be those that the agent knows.
            **kwargs: None are known.

        Raises:
            AgentFileError: If the file does not hold such an agent.
            ValueError: If the environment's spaces are others, or there are further arguments.
        """
        if kwargs:
            raise ValueError(f"load takes a path and an environment, got {', '.join(kwargs)} too")
        agent = persistence.load(cls, path)
        if env is None:
            return agent
        known, found = (agent.states, agent.actions), finite_spaces(cls.id, env)
        if known != found:
            raise ValueError(f"env must have the spaces that the agent in {path} knows, {known}, it has {found}")
        agent._attach(env)  # noqa: SLF001 - one of its own class
        return agent

    def behaviour(self) -> Callable[..., Any]:
        """Return the compiled function that acts: `act`, unless a hyper-parameter asks for another."""
        return type(self).act

    @functools.cached_property
    def _act(self) -> Any:
        return cached_act(self.behaviour())

    def _attach(self, env: gym.Env[Any, Any] | None) -> None:
        self.env = env
        act, observe, first = self.behaviour(), type(self).observe, self.next_action_first
        if env is None:
            self._driver: ModelDriver | EnvDriver | None = None
        elif has_plain_model(env):
            self._driver = ModelDriver(env, act, observe, next_action_first=first)
        else:
            start = self.actions.start
            self._driver = EnvDriver(env, self.states, start, act, observe, next_action_first=first)

    def _enter(self, driver: ModelDriver | EnvDriver, *, anew: bool) -> None:
        """Begin an episode, or go on with the one that the last call left."""
        if anew:
            self.run.count_anew()
        if anew or not driver.resume(self.run, self.place):
            self.forget_episode(self.memory)
            driver.begin(self.run, None if self.place else self.seed)
        self.place = driver.place(self.run)

    def _advance(self, n: int) -> None:
        driver = self._driver
        if driver is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        self.memory = self.reserve(self.memory, min(n, driver.limit))
        try:
            driver.advance(self.memory, self.params, self.run, self.rng, n)
        finally:
            self.place = driver.place(self.run)


def config_of(cls: type[Any], given: dict[str, Any]) -> Any:
    """Return the hyper-parameters of an agent, NumPy's scalars among them as Python's own.

    Raises:
        ValueError: If one is unknown or out of range.
    """
    known = [field.name for field in dataclasses.fields(cls.Config)]
    for name in given:
        if name not in known:
            raise ValueError(
                f"{cls.id} has no hyper-parameter {name!r}{suggest(name, known)} (it has {', '.join(known)})"
            )
    return cls.Config(**plain(given))
