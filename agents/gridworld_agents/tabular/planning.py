"""`PlanningAgent` and `iterates`: what the algorithms share that sweep over an exact model.

An algorithm is one function, `sweep(model, v, choice, config)`, that returns the next values and choices.
"""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from gridworld_agents.core.base import BaseAgent
from gridworld_agents.core.checks import probability
from gridworld_agents.core.config import Config, integer, real
from gridworld_agents.core.finite_spaces import spaces_and_model, table_bytes
from gridworld_agents.core.public import export
from gridworld_agents.tabular.soonest import soonest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_agents.core.spaces import Actions, Observations
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
class PlanningConfig(Config):
    """The hyper-parameters that all planning agents have."""

    gamma: float = real("discount", default=0.99, least=0, most=1)
    tolerance: float = real("converged when no value changes by more, relative to the largest", default=1e-12, above=0)
    keep: int = integer("how many of the latest iterates it shows", default=1000, least=0)


class PlanningState(NamedTuple):
    """What a file holds of the planning."""

    v: Any  # (S,) float64
    q: Any  # (S, A) float64, what follows from v
    sweep_choice: Any  # (S,) int64, the choices of the last sweep
    choice: Any  # (S,) int64, what `predict` takes
    residuals: Any  # (k,) float64, one a sweep


@export("gridworld_agents.authoring.PlanningAgent")
class PlanningAgent(BaseAgent):
    """An agent that plans in the environment's exact model: a step of `learn` is one sweep.

    Once it has converged further sweeps change nothing but the count. `iterates` holds the latest, for plots; a file
    keeps the last one and every residual, but not the iterates before.

    Args:
        env: With an exact model, and observations that tell the state.
        seed: Of no use: nothing is drawn.
        **hyper_parameters: The fields of `Config`.

    Raises:
        ValueError: If there is no model, or a hyper-parameter is unknown or out of range.
    """

    observation_spaces, action_spaces = "finite", "Discrete"
    needs_model = True
    Config: ClassVar[type[Any]] = PlanningConfig
    sweep: ClassVar[Callable[..., Any]]
    generator_names = ()

    model: Backups | None = None
    residuals: list[float]
    _q: npt.NDArray[np.float64] | None
    _greedy: npt.NDArray[np.int64] | None

    def spaces_of(self, env: gym.Env[Any, Any]) -> tuple[Observations, Actions]:
        """Return the spaces of an environment with a model."""
        states, actions, self._mdp = spaces_and_model(self.id, env)
        return states, actions

    def build(self) -> None:
        """Begin with values of 0."""
        S, A = self.observations.size, self.actions.size
        self.residuals = []
        self._begin(Iterate(0, np.zeros(S), np.zeros(S, np.int64), np.inf))
        self._q, self._greedy = np.zeros((S, A)), np.zeros(S, np.int64)

    def attach(self, env: gym.Env[Any, Any]) -> None:
        """Take the model of an environment."""
        super().attach(env)
        self.model = Backups(self._mdp, self.config.gamma)
        if self._now.k == 0:
            self._begin(Iterate(0, self._now.v, self.model.q(self._now.v).argmax(axis=1), np.inf))

    def smallest_file(self) -> int:
        """Return the bytes of one table."""
        return table_bytes(self.observations, self.actions)

    def trees(self) -> dict[str, Any]:
        """Return the last iterate, and the log."""
        residuals = np.array(self.residuals, np.float64)
        now = PlanningState(self._now.v, self._q_values(), self._now.choice, self._choices(), residuals)
        return {"log": self.log, "planning": now}

    def take(self, trees: dict[str, Any]) -> None:
        """Go on from an iterate."""
        super().take(trees)
        now, A = trees["planning"], self.actions.size
        if any((array >= A).any() for array in (now.choice, now.sweep_choice)):
            raise ValueError("it chooses actions that do not exist")
        self.residuals = now.residuals.tolist()
        last = self.residuals[-1] if self.residuals else np.inf
        self._begin(Iterate(len(self.residuals), now.v, now.sweep_choice, last))
        self._q, self._greedy = now.q, now.choice

    def _begin(self, now: Iterate) -> None:
        self._now = now
        self.iterates = collections.deque([now], maxlen=self.config.keep)
        self._q = self._greedy = None

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
        return self._q_values().copy()

    @property
    def policy(self) -> npt.NDArray[np.float64]:
        """The policy after the last sweep: (S, A) float64."""
        pi: npt.NDArray[np.float64] = np.eye(self.actions.size)[self._choices()]
        return pi

    def advance(self, n: int) -> None:
        """Sweep n times."""
        if self.model is None:
            raise ValueError("this agent has no environment to plan in: pass one to load")
        for _ in range(n):
            if self.converged:
                break
            self._now = following(self.model, self._now, type(self).sweep, self.config)
            self.residuals.append(self._now.residual)
            self.iterates.append(self._now)
            self._q = self._greedy = None
        self.log.counts[:] += n

    def choose(self, observation: Any, deterministic: bool) -> Any:  # noqa: ARG002 - it always is
        """Return the policy's actions."""
        return self.actions.choose(self._choices()[self.observations.numbers(observation)])

    def _q_values(self) -> npt.NDArray[np.float64]:
        if self._q is None:
            if self.model is None:
                raise ValueError("this agent has no environment to plan in: pass one to load")
            self._q = self.model.q(self._now.v)
        return self._q

    def _choices(self) -> npt.NDArray[np.int64]:
        """Return the action in each state; undiscounted, that of the tied ones which ends soonest."""
        if self.model is None and self._greedy is not None:  # as the file has it
            return self._greedy
        if self.config.gamma < 1 or self.model is None:
            return self._now.choice
        if self._greedy is None:
            q = self._q_values()
            best = q.max(axis=1, keepdims=True)
            tied = q >= best - TIED * max(1.0, float(np.abs(best).max()))
            self._greedy = soonest(self.model.mdp, tied / tied.sum(axis=1, keepdims=True)).argmax(axis=1)
        return self._greedy
