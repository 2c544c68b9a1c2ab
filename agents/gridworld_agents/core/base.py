"""`BaseAgent`: what every agent of ours does alike, whatever it learns with; the one place where it is written.

It checks the environment and the hyper-parameters, owns the random generators and the log of episodes, learns in
chunks, predicts, and saves and loads. What a family or an algorithm adds:

| to give | what it is |
|---|---|
| `id`, `Config` | the agent's id, and its hyper-parameters, a `core.config.Config` |
| `spaces_of(env)` | the observations and actions it can handle, or a ValueError that names the space |
| `build()` | makes the learner, new, from `config`, `observations`, `actions` and `generators` |
| `attach(env)` | takes an environment to learn on |
| `advance(n)` | learns for n steps and counts them in `log` |
| `choose(observation, deterministic)` | the actions for an observation or a batch |
| `trees()`, `take(trees)` | all that `advance` changes, as named tuples of arrays; the same, handed back from a file |
| `notes()`, `take_notes(notes)` | the rest of it, as JSON can hold it |
| `learning(anew)` | a context around `advance`: begin or go on with an episode, and leave the environment |

A file holds `config`, `spaces`, `generators`, `trees` and `notes`: all of a learner, so that a run which goes on from
a file ends exactly as if it had never stopped.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

import gymnasium as gym
import numpy as np

from gridworld_agents.core import checkpoint, env_state, files
from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.config import Config, config_of
from gridworld_agents.core.episode_log import EpisodeLog
from gridworld_agents.core.loop import run_chunks
from gridworld_agents.core.public import export
from gridworld_agents.core.sharing import only_here
from gridworld_agents.core.showing import ShownAgent
from gridworld_agents.core.spaces import Actions, Observations
from gridworld_env.protocol import checked_rng_state, rng_state

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from typing import Self

    from gridworld_agents.core.callbacks import CallbackLike


@export("gridworld_agents.authoring.BaseAgent")
class BaseAgent(ShownAgent):
    """An agent that learns on an environment and acts in it.

    Args:
        env: To learn on.
        seed: Fixes all that the agent does, and the environment when it learns; None draws a fresh one.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: If a space does not fit, a hyper-parameter is unknown or out of range, or gamma is 1 where nothing
            ends an episode for good.
    """

    id: ClassVar[str]
    Config: ClassVar[type[Any]] = Config
    observation_spaces: ClassVar[str] = ""
    action_spaces: ClassVar[str] = ""
    needs_model: ClassVar[bool] = False
    learns: ClassVar[bool] = True
    predicts: ClassVar[bool] = False
    stochastic: ClassVar[bool] = False
    bootstraps: ClassVar[bool] = True
    exact_resume: ClassVar[bool] = True
    generator_names: ClassVar[tuple[str, ...]] = ("learn", "predict")
    """One generator of each for every member; two, so that predicting does not change the learning."""
    load_overrides: ClassVar[tuple[str, ...]] = ()
    """Hyper-parameters that `load` may be given other values of, such as the device."""
    metric_names: ClassVar[tuple[str, ...]] = ()
    """What `metrics` tells, in the order of columns."""

    config: Any
    env: gym.Env[Any, Any] | None = None
    log: EpisodeLog
    observations: Any
    actions: Any

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> None:
        self.seed = None if seed is None else whole_number("seed", seed)
        self.config = config_of(type(self), hyper_parameters)
        given: Any = env  # whatever the annotation says
        if not isinstance(given, gym.Env):
            hint = f": pass gymnasium.make({env!r})" if isinstance(env, str) else ""
            if isinstance(given, gym.vector.VectorEnv):
                number = f" with num_envs={given.num_envs}" if hasattr(self.config, "num_envs") else ""
                hint = f": pass a single one{number}"
            raise ValueError(f"env must be a gymnasium.Env, got {env!r}{hint}")
        self.observations, self.actions = self.spaces_of(env)
        env_state.check_discount(self.config, env)
        first = int(np.random.SeedSequence().generate_state(1)[0]) if self.seed is None else self.seed
        self._start(first)
        self.build()
        self.attach(env)

    @property
    def members(self) -> int:
        """How many agents learn as one, with the seeds seed, seed + 1, ..."""
        return int(getattr(self.config, "num_seeds", 1))

    @property
    def copies(self) -> int:
        """How many environments each member steps."""
        return int(getattr(self.config, "num_envs", 1))

    def spaces_of(self, env: gym.Env[Any, Any]) -> tuple[Observations, Actions]:
        """Return what is known of the spaces of an environment.

        Raises:
            ValueError: If the agent cannot handle one of them.
        """
        raise NotImplementedError

    def spaces_to_json(self) -> dict[str, Any]:
        """Return what is known of the spaces, as JSON can hold it."""
        return {"observations": self.observations.to_json(), "actions": self.actions.to_json()}

    def spaces_from_json(self, kept: dict[str, Any]) -> tuple[Any, Any]:
        """Return the spaces of which `kept` is what `spaces_to_json` returned.

        Raises:
            ValueError: If it describes none.
        """
        return Observations.from_json(kept["observations"]), Actions.from_json(kept["actions"])

    def build(self) -> None:
        """Make the learner, new."""

    def attach(self, env: gym.Env[Any, Any]) -> None:
        """Take an environment to learn on."""
        self.env = env

    def advance(self, n: int) -> None:
        """Learn for n steps, and count them."""
        raise NotImplementedError

    def choose(self, observation: Any, deterministic: bool) -> Any:
        """Return the action for an observation, or the actions for a batch.

        Raises:
            ValueError: If an observation is not in the space.
        """
        raise NotImplementedError

    def trees(self) -> dict[str, Any]:
        """Return all that learning changes: named tuples of arrays, by name."""
        return {"log": self.log}

    def take(self, trees: dict[str, Any]) -> None:
        """Go on from trees such as `trees` returned; shapes, dtypes and that numbers are finite have been checked.

        Raises:
            ValueError: If learning could not go on from them.
        """
        checkpoint.check_counts(trees["log"], "log")
        self.log = trees["log"]

    def notes(self) -> dict[str, Any]:
        """Return what else learning changes, as JSON can hold it."""
        return {}

    def take_notes(self, notes: dict[str, Any]) -> None:
        """Go on from notes such as `notes` returned, of which nothing has been checked.

        Raises:
            ValueError: If they are none.
        """

    @contextlib.contextmanager
    def learning(self, *, anew: bool) -> Iterator[None]:  # noqa: ARG002
        """Surround the learning of one call of `learn`."""
        yield

    def metrics(self) -> dict[str, float]:
        """Return the latest losses and the like by name; nan before the first update."""
        return dict.fromkeys(self.metric_names, float("nan"))

    @property
    def num_timesteps(self) -> int:
        """Steps of each member since the learning began, or began anew."""
        return self.log.num_timesteps

    def recent_episodes(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return how many episodes were finished, and returns and lengths of the last 100, the latest last."""
        return self.log.recent()

    def learn(
        self,
        total_timesteps: int,
        callback: CallbackLike = None,
        log_interval: int = 4,  # noqa: ARG002 - Stable-Baselines3's
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Learn for exactly `total_timesteps` steps, with a `progress_bar` or without; see `agent.Agent`.

        `log_interval` is Stable-Baselines3's, and of no use here.

        Schedules go by the steps in the agent's lifetime: counting anew does not start them again.

        Raises:
            ValueError: If the agent was loaded without an environment, or that shows or pays something that nothing can
                be learned from, or another thread learns on it; if values are no longer finite: learning diverged.
        """
        total = whole_number("total_timesteps", total_timesteps)
        if self.env is None:
            raise ValueError("this agent has no environment to learn on: pass one to load")
        if reset_num_timesteps:
            self.log.count_anew()
        with only_here(self.env), self.learning(anew=reset_num_timesteps):
            run_chunks(self, self.advance, self.num_timesteps + total, callback, progress_bar=progress_bar)
        self.check_finite()
        return self

    def check_finite(self) -> None:
        """Refuse to go on with numbers that are not finite.

        Raises:
            ValueError: With their name, the step, and what may help.
        """
        name = checkpoint.not_finite(checkpoint.flatten(self.trees()))
        if name is not None:
            raise self.diverged(name)

    def diverged(self, name: str) -> ValueError:
        """Return the error of numbers that are not finite.

        Args:
            name: Of the array, as in a file.
        """
        return ValueError(
            f"{name} holds numbers that are not finite, at step {self.num_timesteps} of {self.id}: it is not saved; "
            "learning diverged, or rewards sum up to more than a float holds; lower the step sizes, or scale rewards "
            "to the order of 1"
        )

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,  # noqa: ARG002 - for recurrent agents
        deterministic: bool = False,
    ) -> tuple[Any, Any]:
        """Return the action for an observation, or actions (N, ...) for N of them, and `state` as it is.

        Args:
            observation: One, or a batch stacked along a first axis; of a Tuple space a tuple of such, of a Dict a dict.
            state: Handed back.
            episode_start: Of no use here.
            deterministic: The best action rather than one that explores, which draws from a generator of its own.

        Raises:
            ValueError: If an observation is not in the space.
        """
        return self.choose(observation, deterministic), state

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the agent to a file, atomically: data only, no code.

        Args:
            path: Of the file; `.zip` is added where there is no suffix, and the folder is made where there is none.

        Raises:
            ValueError: If the agent knows numbers that are not finite; an older file stays.
            OSError: If it cannot be written.
        """
        spec = None if self.env is None else self.env.spec
        header = {
            "id": self.id,
            "env": None if spec is None else spec.id,
            "seed": self.seed,
            "config": dataclasses.asdict(self.config),
            "spaces": self.spaces_to_json(),
            "generators": {name: [rng_state(rng) for rng in rngs] for name, rngs in self.generators.items()},
            "notes": self.notes(),
        }
        arrays = checkpoint.flatten(self.trees())
        name = checkpoint.not_finite(arrays)
        if name is not None:
            raise self.diverged(name)
        files.write(path, header, arrays)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        env: gym.Env[Any, Any] | None = None,
        *,
        trust: bool = False,  # noqa: ARG003
        **overrides: Any,
    ) -> Self:
        """Read an agent from a file.

        Args:
            path: Of the file; `.zip` may be left out.
            env: To go on learning on, with the spaces that the agent knows; without one it can act, and that is all.
            trust: Of no use here: the file holds no code. Agents whose files do ask for it.
            **overrides: Other values for the hyper-parameters in `load_overrides`.

        Raises:
            AgentFileError: If the file does not hold such an agent.
            ValueError: If the environment's spaces are others, or a value is out of range.
            TypeError: If something else is overridden.
        """
        for name in overrides:
            if name not in cls.load_overrides:
                known = ", ".join(("path", "env", "trust", *cls.load_overrides))
                raise TypeError(f"load() of {cls.id} got an unexpected keyword argument {name!r}; it takes {known}")
        agent = cls.__new__(cls)
        with files.reading(path) as saved:
            agent._read_header(saved)  # noqa: SLF001 - one of its own class
        if overrides:
            agent.config = dataclasses.replace(agent.config, **overrides)
        agent._start(0)  # noqa: SLF001
        agent.build()  # outside: a device that is not there is no fault of the file
        with files.reading(path) as saved:
            agent._read_learner(saved)  # noqa: SLF001
        if env is not None:
            agent._go_on_in(env, path)  # noqa: SLF001
        return agent

    def smallest_file(self) -> int:
        """Return a number of bytes that no file of such an agent is smaller than: what is larger is not even made."""
        return 0

    def _start(self, seed: int) -> None:
        count = len(self.generator_names)
        streams = [env_state.streams(seed + m, count) for m in range(self.members)]
        self.generators = {name: [stream[i] for stream in streams] for i, name in enumerate(self.generator_names)}
        self.log = EpisodeLog.new(self.members, self.copies)

    def _read_header(self, saved: files.Saved) -> None:
        files.check_id(saved, self.id)
        self.seed = saved.field("seed", int, None)
        if self.seed is not None:
            whole_number("its seed", self.seed)
        self.config = config_of(type(self), saved.field("config", dict))
        self.observations, self.actions = self.spaces_from_json(saved.field("spaces", dict))
        if max(self.smallest_file(), self.members * self.copies) > saved.size:
            raise ValueError(f"what it is to hold is larger than the file: {self.smallest_file()} bytes")

    def _read_learner(self, saved: files.Saved) -> None:
        trees = {name: checkpoint.read(saved, tree, name) for name, tree in self.trees().items()}
        self.take(trees)
        states = saved.field("generators", dict)
        for name, rngs in self.generators.items():
            if len(states[name]) != len(rngs):
                raise ValueError(f"it holds {len(states[name])} generators for {len(rngs)} members")
            for rng, state in zip(rngs, states[name], strict=True):
                rng.bit_generator.state = checked_rng_state(state)
        self.take_notes(saved.field("notes", dict))

    def _go_on_in(self, env: gym.Env[Any, Any], path: Any) -> None:
        found, known = self.spaces_of(env), (self.observations, self.actions)
        if known not in ((None, None), found):
            raise ValueError(f"env must have the spaces that the agent in {path} knows, {known}, it has {found}")
        self.attach(env)
