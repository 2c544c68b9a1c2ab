"""`PlanningAgent` and `iterates`: what the algorithms share that sweep over an exact model.

An algorithm is one function, `sweep(model, v, choice, config)`, that returns the next values and choices.
"""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from gridworld_agents.core import files
from gridworld_agents.core.checks import finite_number, probability, suggest, whole_number
from gridworld_agents.core.env_state import check_discount
from gridworld_agents.core.finite_spaces import Actions, finite_spaces, spaces_and_model
from gridworld_agents.core.loop import run_chunks
from gridworld_agents.core.numbering import Numbering
from gridworld_agents.core.public import export
from gridworld_agents.tabular.soonest import soonest

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator
    from typing import Self

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.core.callbacks import CallbackLike
    from gridworld_env import TabularMDP

TIED = 1e-9
"""Actions whose values differ by less, relative to the largest value, count as tied where gamma is 1."""


class Iterate(NamedTuple):
    """Where an algorithm stands after a sweep."""

    k: int
    """How many sweeps there were."""
    v: npt.NDArray[np.float64]
    """(S,), the values."""
    choice: npt.NDArray[np.int64]
    """(S,), the action of the policy in each state."""
    residual: float
    """The largest change of a value in the sweep, max |v - v before|; infinite before the first."""


class Backups:
    """One-step look-ahead in a model.

    Args:
        mdp: The model.
        gamma: Discount, in [0, 1].
    """

    def __init__(self, mdp: TabularMDP, gamma: float) -> None:
        self.mdp, self.gamma = mdp, gamma
        self._P, _ = mdp.to_sparse()  # (S * A, S); rows of terminated outcomes lack them
        self._r = mdp.expected_reward

    def q(self, v: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return r(s, a) + gamma sum P(s_next | s, a) v(s_next): (S, A)."""
        following: npt.NDArray[np.float64] = (self._P @ v).reshape(self._r.shape)
        return self._r + self.gamma * following


def iterates(
    mdp: TabularMDP, gamma: float, sweep: Callable[..., Any], config: Any = None, v: Any = None
) -> Iterator[Iterate]:
    """Yield the iterates of an algorithm, the first before any sweep, without end.

    Args:
        mdp: The model.
        gamma: Discount, in [0, 1].
        sweep: The algorithm.
        config: Handed to it.
        v: (S,), finite, the values to begin with; zeros by default.

    Raises:
        ValueError: If gamma is out of range or v has another shape or is not finite.
    """
    model = Backups(mdp, probability("gamma", gamma))
    values = np.zeros(mdp.num_states) if v is None else np.array(v, np.float64)
    if values.shape != (mdp.num_states,) or not np.isfinite(values).all():
        raise ValueError(f"v must be {mdp.num_states} finite numbers, got an array of shape {values.shape}")
    now = Iterate(0, values, model.q(values).argmax(axis=1), np.inf)
    while True:
        yield now
        now = following(model, now, sweep, config)


def following(model: Backups, now: Iterate, sweep: Callable[..., Any], config: Any) -> Iterate:
    """Return the iterate after one more sweep."""
    v, choice = sweep(model, now.v, now.choice, config)
    return Iterate(now.k + 1, v, choice, float(np.abs(v - now.v).max()))


@export("gridworld_agents.authoring.PlanningConfig")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PlanningConfig:
    """The hyper-parameters that all planning agents have."""

    gamma: float = 0.99  # discount, in [0, 1]
    tolerance: float = 1e-12  # it has converged when no value changes by more, relative to the largest, > 0
    keep: int = 1000  # how many of the latest iterates it shows, >= 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        probability("gamma", self.gamma)
        if finite_number("tolerance", self.tolerance) <= 0:
            raise ValueError(f"tolerance must be > 0, got {self.tolerance!r}")
        whole_number("keep", self.keep)


@export("gridworld_agents.authoring.PlanningAgent")
class PlanningAgent:
    """An agent that plans in the environment's exact model: a step of `learn` is one sweep.

    Once it has converged further sweeps change nothing but the count. `iterates` holds the latest, for plots; a file
    keeps where it stands and every residual, but not the iterates before.

    Args:
        env: With an exact model, and observations that tell the state.
        seed: Of no use: nothing is drawn.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: If there is no model, or a hyper-parameter is unknown or out of range.
    """

    id: ClassVar[str]
    Config: ClassVar[type[Any]] = PlanningConfig
    sweep: ClassVar[Callable[..., Any]]

    def __init__(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> None:
        if seed is not None:
            whole_number("seed", seed)
        known = [field.name for field in dataclasses.fields(self.Config)]
        for name in hyper_parameters:
            if name not in known:
                raise ValueError(
                    f"{self.id} has no hyper-parameter {name!r}{suggest(name, known)} (it has {', '.join(known)})"
                )
        self.config = self.Config(**hyper_parameters)
        self.states, self.actions, mdp = spaces_and_model(self.id, env)
        check_discount(self.config, env)
        self.num_timesteps = 0
        self.residuals: list[float] = []
        self.model: Backups | None = Backups(mdp, self.config.gamma)
        v = np.zeros(mdp.num_states)
        self._begin(Iterate(0, v, self.model.q(v).argmax(axis=1), np.inf))

    def _begin(self, now: Iterate) -> None:
        self._now = now
        self.iterates = collections.deque([now], maxlen=self.config.keep)
        self._q: npt.NDArray[np.float64] | None = None
        self._greedy: npt.NDArray[np.int64] | None = None

    @property
    def converged(self) -> bool:
        """Whether the last sweep changed no value by more than the tolerance."""
        scale = max(1.0, float(np.abs(self._now.v).max()))
        return bool(self._now.residual <= self.config.tolerance * scale)

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """The values after the last sweep: (S,) float64, a copy."""
        return self._now.v.copy()

    @property
    def q_values(self) -> npt.NDArray[np.float64]:
        """The action values that follow from `values`: (S, A) float64, a copy."""
        if self._q is None:
            self._q = self._model().q(self._now.v)
        return self._q.copy()

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """The policy after the last sweep: (S, A) float64."""
        pi: npt.NDArray[np.float64] = np.eye(self.actions.size)[self._choices()]
        return pi

    def recent_episodes(self) -> tuple[int, tuple[float, ...], tuple[int, ...]]:
        """Return that there were none."""
        return 0, (), ()

    def learn(
        self,
        total_timesteps: int,
        callback: CallbackLike = None,
        log_interval: int = 4,  # noqa: ARG002 - Stable-Baselines3's
        reset_num_timesteps: bool = True,
        progress_bar: bool = False,
    ) -> Self:
        """Sweep so many times over the model.

        Raises:
            ValueError: If the agent was loaded without an environment.
        """
        total = whole_number("total_timesteps", total_timesteps)
        self._model()
        if reset_num_timesteps:
            self.num_timesteps = 0
        run_chunks(self, self._advance, self.num_timesteps + total, callback, progress_bar=progress_bar)
        return self

    def _advance(self, n: int) -> None:
        model = self._model()
        for _ in range(n):
            if self.converged:
                break
            self._now = following(model, self._now, type(self).sweep, self.config)
            self.residuals.append(self._now.residual)
            self.iterates.append(self._now)
            self._q = self._greedy = None
        self.num_timesteps += n

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,  # noqa: ARG002 - for recurrent agents
        deterministic: bool = False,  # noqa: ARG002 - it always is
    ) -> tuple[Any, Any]:
        """Return the policy's action, or actions (N,) for N observations, and `state` as it is."""
        return self.actions.choose(self._choices()[self.states.numbers(observation)]), state

    def _choices(self) -> npt.NDArray[np.int64]:
        """Return the action in each state; undiscounted, that of the tied ones which ends soonest."""
        if self.config.gamma < 1 or self.model is None:
            return self._now.choice
        if self._greedy is None:
            q = self.q_values
            best = q.max(axis=1, keepdims=True)
            tied = q >= best - TIED * max(1.0, float(np.abs(best).max()))
            self._greedy = soonest(self.model.mdp, tied / tied.sum(axis=1, keepdims=True)).argmax(axis=1)
        return self._greedy

    def _model(self) -> Backups:
        if self.model is None:
            raise ValueError("this agent has no environment to plan in: pass one to load")
        return self.model

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the agent to a file."""
        header = {
            "id": self.id,
            "num_timesteps": self.num_timesteps,
            "config": dataclasses.asdict(self.config),
            "observations": self.states.to_json(),
            "actions": self.actions.to_json(),
        }
        arrays = {"v": self._now.v, "q": self.q_values, "choice": self._choices(), "sweep_choice": self._now.choice}
        files.write(path, header, {**arrays, "residuals": np.array(self.residuals, np.float64)})

    @classmethod
    def load(cls, path: str | os.PathLike[str], env: gym.Env[Any, Any] | None = None) -> Self:
        """Read an agent from a file; it can go on planning where an environment is given.

        Raises:
            AgentFileError: If the file does not hold one.
            ValueError: If the environment has other spaces.
        """
        agent = cls.__new__(cls)
        with files.reading(path) as saved:
            files.check_id(saved, cls.id)
            agent._read(saved)  # noqa: SLF001 - one of its own class
        if env is not None:
            if finite_spaces(cls.id, env) != (agent.states, agent.actions):
                raise ValueError(f"the agent in {path} is for other spaces than those of {env}")
            *_, mdp = spaces_and_model(cls.id, env)
            agent.model = Backups(mdp, agent.config.gamma)
        return agent

    def _read(self, saved: files.Saved) -> None:
        self.num_timesteps = whole_number("num_timesteps", saved.field("num_timesteps", int))
        self.config = self.Config(**saved.field("config", dict))
        self.states = Numbering.from_json(saved.field("observations", dict))
        self.actions = Actions.from_json(saved.field("actions", dict))
        S, A = self.states.size, self.actions.size
        number, whole = np.dtype(np.float64), np.dtype(np.int64)
        v, q = saved.array("v", number, (S,)), saved.array("q", number, (S, A))
        choice, sweep_choice = saved.array("choice", whole, (S,)), saved.array("sweep_choice", whole, (S,))
        if any(((array < 0) | (array >= A)).any() for array in (choice, sweep_choice)):
            raise ValueError("it chooses actions that do not exist")
        self.residuals = saved.array("residuals", number, (None,)).tolist()
        self.model = None
        self._begin(Iterate(len(self.residuals), v, sweep_choice, self.residuals[-1] if self.residuals else np.inf))
        self._q, self._greedy = q, choice
