"""`TabularAgent`: an agent made of two compiled functions.

To write one, give a subclass

- `id`, the agent's, and `Config`, its hyper-parameters, a `core.config.Config`;
- `act(memory, s, params, rng)`, compiled by `kernel`: returns the action in state s;
- `observe(memory, t, params, rng)`, likewise: learns from one step, a `Transition`;
- `next_action_first`: whether t.a_next is chosen before the update (Sarsa) or after it (Q-learning);
- `new_memory(S, A, config)`: a named tuple of arrays, q (S, A) float64 and visits (S, A) int64 among them. One that
  keeps no q gives `values`, `policy` and `greedy` of its own;
- `scalars(config)`: a named tuple of scalars, what the two functions get as `params`.

`control.ControlAgent` gives all but `id` and `observe` to methods that act epsilon-greedily in one table, and
`prediction.PredictionAgent` to methods that value a given policy.

A memory whose size depends on the episodes has arrays of length 0 in `new_memory` and overrides `reserve`,
`forget_episode` and `check_memory`, as `trajectory.TrajectoryAgent` does.

Learning runs on the model where the environment has one and shows its state, else by stepping it; the result is the
same, bit for bit. A run that goes on from a file ends exactly as if it had never stopped; of an environment whose state
cannot be set the episode under way is lost, and a new one begins.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numba.core.errors import NumbaError

from gridworld_agents.core import checkpoint, env_state
from gridworld_agents.core.base import BaseAgent
from gridworld_agents.core.finite_spaces import finite_spaces, table_bytes
from gridworld_agents.core.public import export
from gridworld_agents.tabular.drivers.env_driver import EnvDriver, cached_act
from gridworld_agents.tabular.drivers.model_driver import ModelDriver
from gridworld_agents.tabular.run import Run
from gridworld_env import protocol
from gridworld_env.protocol import is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.core.spaces import Actions, Observations


@export("gridworld_agents.authoring.TabularAgent")
class TabularAgent(BaseAgent):
    """An agent that keeps a value for every state and action.

    Args:
        env: With finite observations and actions.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: If a space is not finite, a hyper-parameter is unknown or out of range, or gamma is 1 where nothing
            ends an episode for good.
    """

    act: ClassVar[Callable[..., Any]]
    observe: ClassVar[Callable[..., Any]]
    next_action_first: ClassVar[bool] = False
    observation_spaces = "finite"
    action_spaces = "Discrete"
    needs_model: ClassVar[bool] = False
    """Whether it learns from an exact model and nothing else: it then takes no step in the environment."""

    memory: Any
    params: Any
    run: Run

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse an `observe` that does not take what drivers hand over.

        Raises:
            TypeError: With the arguments that it takes and those that it should.
        """
        super().__init_subclass__(**kwargs)
        observe = vars(cls).get("observe")
        taken = list(inspect.signature(getattr(observe, "py_func", observe)).parameters) if observe else None
        if taken is not None and len(taken) != 4:
            raise TypeError(
                f"{cls.__name__}.observe takes ({', '.join(taken)}): it must take (memory, t, params, rng), where t is "
                "a Transition with the fields s, a, r, s_next, a_next, terminated and truncated"
            )

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

    def spaces_of(self, env: gym.Env[Any, Any]) -> tuple[Observations, Actions]:
        """Return the spaces, both finite."""
        return finite_spaces(self.id, env)

    def build(self) -> None:
        """Make the memory."""
        self.memory = self.new_memory(self.observations.size, self.actions.size, self.config)
        self.params = self.scalars(self.config)
        self.run = Run.new(self.log)
        self.rng, self.predict_rng = (self.generators[name][0] for name in ("learn", "predict"))
        self.env_state: dict[str, Any] = {}  # of the environment, as the learning left it; empty before it
        self._driver: Any = None

    @classmethod
    def resumes_exactly(cls, env: gym.Env[Any, Any]) -> bool:
        """Return whether an agent that is loaded goes on as if it had never stopped: where no episode is lost."""
        return cls.needs_model or (protocol.can_restore(env) and protocol.unknown_wrapper(env) is None)

    def smallest_file(self) -> int:
        """Return the bytes of one table."""
        return table_bytes(self.observations, self.actions)

    def trees(self) -> dict[str, Any]:
        """Return the memory and the run."""
        return {"memory": self.reserve(self.memory, 0), "run": self.run}

    def take(self, trees: dict[str, Any]) -> None:
        """Go on from a memory and a run."""
        super().take({"log": trees["run"].log})
        checkpoint.check_counts(trees["memory"], "memory")
        self.memory, self.run = trees["memory"], trees["run"]
        S, A = self.observations.size, self.actions.size
        self.run.check(S, A)
        self.check_memory(self.memory, S, A)

    def notes(self) -> dict[str, Any]:
        """Return the environment's state."""
        return {"env_state": self.env_state}

    def take_notes(self, notes: dict[str, Any]) -> None:
        """Take the environment's state."""
        self.env_state = env_state.checked_env_state(notes["env_state"])

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
        """Whether the learning runs on a model rather than by stepping the environment."""
        return self._driver is not None and not isinstance(self._driver, EnvDriver)

    def choose(self, observation: Any, deterministic: bool) -> Any:
        """Return the greedy action, the first of those tied, or one as in learning, exploring."""
        s = self.observations.numbers(observation)
        if deterministic:
            return self.actions.choose(self.greedy(s))
        a = np.array([self._act(self.memory, one, self.params, self.predict_rng) for one in s.reshape(-1).tolist()])
        return self.actions.choose(a.reshape(s.shape))

    def greedy(self, s: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the action of largest value in states (...), the first of those tied: (...) int64."""
        a: npt.NDArray[np.int64] = self.memory.q[s].argmax(axis=-1)
        return a

    def acting(self) -> Callable[..., Any]:
        """Return the compiled function that acts: `act`, unless a hyper-parameter asks for another."""
        return type(self).act

    @functools.cached_property
    def _act(self) -> Any:
        return cached_act(self.acting())

    def attach(self, env: gym.Env[Any, Any]) -> None:
        """Take an environment: on its model where that is all there is to it, else by stepping it."""
        super().attach(env)
        act, observe, first = self.acting(), type(self).observe, self.next_action_first
        if is_plain(env):
            self._driver = ModelDriver(env, act, observe, next_action_first=first)
        else:
            start = self.actions.start
            self._driver = EnvDriver(env, self.observations, start, act, observe, next_action_first=first)

    @contextlib.contextmanager
    def learning(self, *, anew: bool) -> Iterator[None]:
        """Begin an episode, or go on with the one that the last call left; then leave the environment."""
        driver, run = self._driver, self.run
        if anew or not driver.resume(run, self.env_state):
            self.forget_episode(self.memory)
            driver.begin(run, None if self.env_state else self.seed)
        self.env_state = driver.state(run)
        try:
            yield
        finally:
            driver.leave(run)

    def advance(self, n: int) -> None:
        """Learn for n steps."""
        driver = self._driver
        self.memory = self.reserve(self.memory, min(n, driver.limit))
        try:
            driver.advance(self.memory, self.params, self.run, self.rng, n)
        except NumbaError as error:
            raise TypeError(
                f"{self.id} cannot be compiled: {' '.join(str(error).split())[:300]} ...; what `kernel` compiles makes "
                "no arrays, those of a slice's `max` or a sum included: write the loop, as `parts.table.largest` does, "
                "or take numba.njit in its place"
            ) from error
        finally:
            self.env_state = driver.state(self.run)
