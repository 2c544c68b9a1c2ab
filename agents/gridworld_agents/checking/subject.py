"""`Subject`: the agent under examination, and what the checks share of it."""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
from typing import TYPE_CHECKING, Any

import gymnasium as gym

from gridworld_agents.checking.environments import VARIANTS, Scramble, TinyEnv, Variant
from gridworld_agents.checking.report import Failed, Skipped
from gridworld_agents.checking.spying import Spy, generator_state, global_state, same_global_state
from gridworld_agents.core.checks import suggest
from gridworld_agents.core.spaces import Observations
from gridworld_env.protocol import name_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

SEED = 7
SHORT = 10 * Scramble.LENGTH
"""Steps of a run in which nothing has to be learned. Whole episodes of `Scramble`."""
SAMPLES = 50
MOST_STATES = 1000


class Subject:
    """An agent's factory, and what it said about itself.

    Args:
        factory: Makes agents.
        agent_id: The agent's, or None if it was given as a factory.
        env: To examine it on, or None for environments of these checks.
        hyper_parameters: For the factory.
        steps: How long it may learn.
    """

    def __init__(
        self,
        factory: Any,
        agent_id: str | None,
        env: gym.Env[Any, Any] | None,
        hyper_parameters: Mapping[str, Any],
        steps: int,
    ) -> None:
        self.factory, self.agent_id, self.env = factory, agent_id, env
        self.hyper_parameters, self.steps = dict(hyper_parameters), steps
        self.learns = bool(getattr(factory, "learns", True))
        self.predicts = bool(getattr(factory, "predicts", False))
        self.bootstraps = bool(getattr(factory, "bootstraps", True))
        self.exact_resume = bool(getattr(factory, "exact_resume", True))
        self.crashed_late: list[str] = []  # spaces that the constructor took and learning did not
        self.refusals: list[str] = []  # why each of our own environments was not taken

    def make(self, env: gym.Env[Any, Any], seed: int = SEED) -> Any:
        """Make an agent."""
        return self.factory(env, seed=seed, **self.hyper_parameters)

    def load(self, path: os.PathLike[str], env: gym.Env[Any, Any]) -> Any:
        """Read an agent from a file that these checks have just written: where `load` asks for trust, it has it."""
        trusted = {"trust": True} if "trust" in inspect.signature(self.factory.load).parameters else {}
        return self.factory.load(path, env, **trusted)

    @functools.cached_property
    def variant(self) -> Variant | None:
        """The first pair of spaces that the agent takes, None if it takes none."""
        for variant in VARIANTS:
            try:
                self.make(Scramble(variant))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - `spaces` finds out whether it was in order
                self.refusals.append(f"{variant}: {one_line(error)}")
            else:
                return variant
        return None

    def own_variant(self) -> Variant:
        """Return the first pair of spaces that the agent takes.

        Raises:
            Skipped: If it takes none.
        """
        if self.variant is None:
            raise Skipped("it takes none of the environments that this check has: " + "; ".join(self.refusals))
        return self.variant

    def new_env(self) -> gym.Env[Any, Any]:
        """Return a fresh environment that the agent takes: always the same.

        Raises:
            Failed: If there is none.
        """
        if self.env is not None:
            return copied(self.env)
        if self.variant is None:
            raise Failed(
                "an agent that can be made for Discrete or Box spaces",
                "it takes none: " + "; ".join(self.refusals),
                "mend the constructor, or check it on an environment that it takes: check_agent(factory, env)",
            )
        return Scramble(self.variant)

    @functools.cached_property
    def trial(self) -> Trial:
        """An agent that most checks look at, so that it has to be made and taught only once."""
        return Trial(self)


class Trial:
    """An agent that is made, learns and predicts under observation, each when it is first asked for."""

    def __init__(self, subject: Subject) -> None:
        self.env = Spy(subject.new_env())
        self.observations = observations_of(self.env)
        self.moved: list[str] = []  # in what global generators were moved
        self.agent = self._watched("construction", lambda: subject.make(self.env))
        self.draws = {"construction": self.env.look()}  # how often the environment's generator was moved

    @functools.cached_property
    def returned(self) -> Any:
        """What `learn` returned."""
        result = self._watched("learn", lambda: self.agent.learn(SHORT))
        self.draws["learn"] = self.env.look() - sum(self.draws.values())
        return result

    @functools.cached_property
    def predicted(self) -> list[tuple[Any, Any]]:
        """What `predict` returned for each observation, deterministic first and then not."""
        _ = self.returned
        self.touched = len(self.env.seeds) + self.env.steps
        before = generator_state(self.env)
        result: list[tuple[Any, Any]] = self._watched(
            "predict",
            lambda: [self.agent.predict(o, deterministic=d) for d in (True, False) for o in self.observations],
        )
        self.touched = len(self.env.seeds) + self.env.steps - self.touched  # calls of the environment by predict
        self.draws["predict"] = int(generator_state(self.env) != before)
        return result

    def _watched(self, phase: str, action: Callable[[], Any]) -> Any:
        with same_global_state():  # not that of an earlier agent with the same seed: seeding anew would not show
            before = global_state()
            result = action()
            names = ("np.random", "random")
            self.moved += [f"{n} in {phase}" for n, x, y in zip(names, before, global_state(), strict=True) if x != y]
        return result


def observations_of(env: gym.Env[Any, Any]) -> list[Any]:
    """Return observations to predict for: those of all states where they can be listed, else samples of the space."""
    if isinstance(env.unwrapped, TinyEnv):
        return env.unwrapped.observations()
    space = copy.deepcopy(env.observation_space)
    with contextlib.suppress(ValueError):  # a space that agents here do not know
        known = Observations.of(space)
        if known.size is not None and known.size <= MOST_STATES:
            return [known.observation(s) for s in range(known.size)]
    space.seed(SEED)
    return [space.sample() for _ in range(SAMPLES)]


def copied(env: gym.Env[Any, Any]) -> gym.Env[Any, Any]:
    """Return an environment like this one: a copy, or one made anew where it cannot be copied.

    Raises:
        ValueError: If it can be neither.
    """
    try:
        return copy.deepcopy(env)
    except Exception as error:
        if env.spec is None:
            raise ValueError(f"{name_of(env)} can be neither copied nor made anew: {one_line(error)}") from error
        return gym.make(env.spec)


def one_line(error: BaseException) -> str:
    """Return an exception as one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def checked_skip(skip: Any, known: list[str]) -> frozenset[str]:
    """Return the names of checks to leave out.

    Raises:
        ValueError: If there is no such check, with the nearest.
    """
    names = {skip} if isinstance(skip, str) else set(skip)
    for name in names:
        if name not in known:
            raise ValueError(f"there is no check {name!r}{suggest(name, known)} (there are {', '.join(known)})")
    return frozenset(names)
