"""`ContinuousWorld`: what an environment with continuous states and actions is made of.

An environment states its spaces, a compiled start, a compiled step, and how its states are observed and seen. The
single environment and the vector environment call the same two compiled functions, from the same random numbers.
"""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt
    from gymnasium import spaces

    from gridworld_env.common.arrays import FloatArray


@export("gridworld_env.authoring.Dynamics")
class Dynamics(NamedTuple):
    """The compiled part of a world. Both functions read and write row i of arrays with a row for each copy."""

    start: Any
    """``start(parameters, draws, i, states)`` writes ``states[i]``; draws: (N, start_draws) in [0, 1)."""
    advance: Any
    """``advance(parameters, states, actions, draws, i, arrived) -> (reward, terminated)`` writes ``arrived[i]``, the
    state after ``states[i]`` under ``actions[i]``, clipped to the action space; draws: (N, step_draws) in [0, 1)."""
    parameters: Any
    """A named tuple of numbers and arrays, handed to both."""


@export("gridworld_env.authoring.ContinuousWorld")
class ContinuousWorld(abc.ABC):
    """A world with D numbers as its state; immutable, shared by copies of the environment."""

    observation_space: spaces.Box
    action_space: spaces.Box  # bounded
    state_size: int  # D
    start_draws: int  # uniform numbers that a start takes
    step_draws: int  # and a step

    @abc.abstractmethod
    def dynamics(self) -> Dynamics:
        """Return what is compiled; called when an environment is first reset."""

    @abc.abstractmethod
    def observations_of(self, states: FloatArray) -> npt.NDArray[np.float32]:
        """Return what states (n, D) look like: fresh (n, ...) float32."""

    @abc.abstractmethod
    def start_state(self, value: Any) -> FloatArray:
        """Return a start that a user names as a state, (D,) float64.

        Args:
            value: What `reset(options={"start": value})` was given.

        Raises:
            ValueError: If no episode can start there.
        """

    @abc.abstractmethod
    def saved_state(self, saved: Any) -> FloatArray:
        """Return a state that was saved, as (D,) float64.

        Raises:
            ValueError: If no episode can be in it.
        """

    @abc.abstractmethod
    def place_of(self, state: FloatArray) -> tuple[float, float]:
        """Return where a state, (D,), is in the scene, as `PointScene.point`."""

    @abc.abstractmethod
    def scene(self, items: dict[str, Any]) -> Any:
        """Return the scene without the point, a `PointScene`.

        Args:
            items: Of `values`, `policy`, `caption` and `font` those that were given to `overlay`.

        Raises:
            ValueError: If an item does not fit.
        """

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return itself: nothing in it changes."""
        return self


def values_at(function: Any, observations: Any) -> FloatArray:
    """Ask a function that is given to `overlay` for the values of observations (n, ...): (n,), NaN where not finite.

    Raises:
        ValueError: If it returns neither a number nor n of them.
    """
    found, n = np.asarray(function(observations), np.float64), len(observations)
    if found.shape not in {(), (n,), (n, 1)}:
        raise ValueError(
            f"the function of values must return shape ({n},) for {n} observations, or one number for all, got shape "
            f"{found.shape}"
        )
    values: FloatArray = np.broadcast_to(found.reshape(-1), (n,))
    return np.where(np.isfinite(values), values, np.nan)


def is_asked(policy: Any) -> bool:
    """Return whether a policy given to `overlay` is a function of observations or an agent, and no array."""
    return callable(policy) or hasattr(policy, "predict")


def actions_at(policy: Any, observations: Any, size: int) -> FloatArray:
    """Ask a policy, a function or an agent, for its actions at observations (n, ...): (n, size).

    Raises:
        ValueError: If it returns another shape.
    """
    predict = getattr(policy, "predict", None)
    found = policy(observations) if predict is None else predict(observations, deterministic=True)[0]
    actions, shape = np.asarray(found, np.float64), (len(observations), size)
    if actions.shape != shape:
        raise ValueError(
            f"the policy must return shape {shape} for {shape[0]} observations, {size} numbers each, got shape "
            f"{actions.shape}"
        )
    return actions
