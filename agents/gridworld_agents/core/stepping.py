"""Stepping an environment: what `reset` and `step` return is checked here, before anything is learned from it.

| of what is returned | accepted |
|---|---|
| `step` | five values: observation, reward, terminated, truncated, info |
| `reset(seed=...)` | two values: observation, info |
| reward | a finite real number; arrays without axes too |
| terminated, truncated | a bool, NumPy's too, or 0 or 1 |
| info | a mapping |
| observation | whoever learns knows what it needs, and names the environment by `outside_space` |

What an environment raises itself passes as it is. Where wrappers of Gymnasium or Stable-Baselines3 stumble over what it
returned, or it does not take a seed, the error says which interface is asked for.
"""

from __future__ import annotations

import math
import numbers
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.spaces import Observations
from gridworld_agents.core.spaces.arrays import as_array, shortened

if TYPE_CHECKING:
    import types

    import gymnasium as gym

FLAGS = frozenset((bool, np.bool_))
NUMBERS = frozenset((float, int, np.float64, np.float32, np.int64))
"""Types of rewards as most environments return them; others are looked at closely."""

INTERFACE = {
    "reset": "reset(seed=None, options=None) must return (observation, info)",
    "step": "step(action) must return (observation, reward, terminated, truncated, info)",
}
COUNTS = {"reset": 2, "step": 5}
"""How many things they return."""
LIBRARIES = {"gymnasium": "Gymnasium", "stable_baselines3": "Stable-Baselines3"}
"""Whose wrappers may stumble over what an environment returned."""
OLD_INTERFACE = (
    'an environment of Gym before 0.26 is wrapped by shimmy.GymV21CompatibilityV0(env=env), from "shimmy[gym-v21]"'
)


def reset(
    env: gym.Env[Any, Any], seed: int | None = None, options: dict[str, Any] | None = None
) -> tuple[Any, Mapping[str, Any]]:
    """Reset an environment, and return the first observation and the info.

    Args:
        env: The environment.
        seed: As in `env.reset`.
        options: As in `env.reset`, to which they are handed where there are any.

    Raises:
        ValueError: If it returns something else, or takes no seed.
    """
    try:
        returned: Any = env.reset(seed=seed) if options is None else env.reset(seed=seed, options=options)
    except Exception as error:
        _raise_if_interface(env, "reset", error)
        raise
    try:
        observation, info = returned
    except (TypeError, ValueError):
        raise _wrong_interface(env, "reset", returned) from None
    if not isinstance(info, Mapping):
        raise _wrong_interface(env, "reset", returned)
    return observation, info


def outcome(env: gym.Env[Any, Any], action: Any) -> tuple[Any, Any, bool, bool, Mapping[str, Any]]:
    """Take a step, and return what `step` does but for the reward, which is as the environment returned it.

    Raises:
        ValueError: If anything else is not what an environment returns.
    """
    try:
        returned: Any = env.step(action)
    except Exception as error:
        _raise_if_interface(env, "step", error)
        raise
    try:
        observation, r, terminated, truncated, info = returned
    except (TypeError, ValueError):
        raise _wrong_interface(env, "step", returned) from None
    if type(info) is not dict and not isinstance(info, Mapping):
        raise _wrong_interface(env, "step", returned)
    if type(terminated) is bool and type(truncated) is bool and type(returned) is tuple:  # quicker by far
        return returned
    if type(terminated) not in FLAGS:
        terminated = _flag(env, "terminated", terminated)
    if type(truncated) not in FLAGS:
        truncated = _flag(env, "truncated", truncated)
    return observation, r, bool(terminated), bool(truncated), info


def step(env: gym.Env[Any, Any], action: Any) -> tuple[Any, float, bool, bool, Mapping[str, Any]]:
    """Take a step, and return observation, reward, terminated, truncated and info.

    Raises:
        ValueError: If one of them is not what an environment returns; of the observation nothing is known here.
    """
    returned = outcome(env, action)
    r = returned[1]
    if type(r) is float:  # quicker by far
        if math.isfinite(r):
            return returned
    else:
        r = reward(env, r)
        if math.isfinite(r):
            return returned[0], r, *returned[2:]
    raise ValueError(f"{env} returned a non-finite reward ({r}): rewards must be finite numbers")


def reward(env: Any, r: Any) -> float:
    """Return a reward as a float, which need not be finite.

    Args:
        env: What messages name.
        r: As the environment returned it.

    Raises:
        ValueError: If it is no real number; with the way out where it is an array of one.
    """
    if type(r) in NUMBERS or isinstance(r, numbers.Real):
        try:
            return float(r)
        except OverflowError:
            return math.inf
    array = as_array(r)
    if array.ndim == 0 and array.dtype.kind in "biuf":
        return float(array)
    raise ValueError(
        f"{env} returned the reward {shortened(r)}: rewards must be finite numbers without axes; mend the environment, "
        f"or wrap it in gymnasium.wrappers.TransformReward(env, {to_one(r, 'float')})"
    )


def check_observation(env: Any, observations: Observations | None, observation: Any) -> None:
    """Refuse what is not in the space of an environment's observations, if that is known; bounds of Boxes aside.

    Raises:
        ValueError: With the environment, its space and what it returned.
    """
    if observations is None:
        return
    try:
        observations.check(observation)
    except ValueError as error:
        raise outside_space(env, observations, observation, error) from None


def observations_of(env: gym.Env[Any, Any]) -> Observations | None:
    """Return the observations of an environment, None where its space is one that no agent of ours knows."""
    try:
        return Observations.of(env.observation_space)
    except ValueError:
        return None


def outside_space(env: Any, observations: Observations, observation: Any, reason: Exception) -> ValueError:
    """Return the error of an observation that is not in the space of which its environment says it is.

    Args:
        env: What the message names.
        observations: The space.
        observation: As the environment returned it.
        reason: What was raised.
    """
    return ValueError(
        f"{env} returned an observation that is not in its observation space {observations.name}: {reason}; "
        f"{way_out(observations, observation)}"
    )


def way_out(observations: Observations, observation: Any) -> str:
    """Return what to do about an observation that is not in its space, in words."""
    if isinstance(observation, tuple) and len(observation) == 2 and isinstance(observation[1], Mapping):
        return "mend the environment: this looks like (observation, info), which only reset returns"
    function = to_one(observation, "int") if observations.kind == "Discrete" else "function"
    if function == "function":
        return (
            "mend the environment, declare the space of what it returns, or wrap it in "
            "gymnasium.wrappers.TransformObservation(env, function, space)"
        )
    return (
        "mend the environment, or wrap it in gymnasium.wrappers.TransformObservation(env, "
        f"{function}, env.observation_space)"
    )


def to_one(given: Any, kind: str) -> str:
    """Return the source of a function that makes a single number of such a thing; "function" where none is known."""
    if isinstance(given, Mapping) and len(given):
        return f"lambda x: x[{next(iter(given))!r}]"
    array = as_array(given)
    if array.size == 1 and array.ndim and array.dtype.kind in "biuf":
        return f"lambda x: {kind}(x{'[0]' * array.ndim})"
    if isinstance(given, str | float | np.floating):
        try:
            number = float(given)
        except ValueError:
            return "function"
        if kind == "float" or number.is_integer():
            return kind
    return "function"


def _flag(env: Any, name: str, given: Any) -> bool:
    """Return a flag as a bool."""
    array = as_array(given)
    if array.ndim == 0 and (array.dtype.kind == "b" or (array.dtype.kind in "iu" and array in (0, 1))):
        return bool(array)
    raise ValueError(
        f"{env} returned {name} = {shortened(given)}: it must be True or False; mend the environment or its wrapper"
    )


def _wrong_interface(env: Any, call: str, returned: Any) -> ValueError:
    """Return the error of a call that returned another number of things."""
    count = f"{len(returned)} values, " if isinstance(returned, tuple) else ""
    return ValueError(f"{env}.{call} returned {count}{shortened(returned)}: {INTERFACE[call]}; {OLD_INTERFACE}")


def _raise_if_interface(env: gym.Env[Any, Any], call: str, error: Exception) -> None:
    """Raise the error of an environment that does not fit, if Gymnasium or this file stumbled, not the environment."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    while _module(frames[-1]).startswith("numpy"):
        frames.pop()
    where = _module(frames[-1])
    own = any(frame.f_locals.get("self") is env.unwrapped for frame in frames)
    library = LIBRARIES.get(where.partition(".")[0])
    if own or isinstance(error, Warning) or not (where == __name__ or library):
        return
    there = "" if where == __name__ else f" in {library}'s {frames[-1].f_code.co_qualname}"
    raise ValueError(
        f"{env}.{call} failed{there}, {type(error).__name__}: {error}; {INTERFACE[call]}; {OLD_INTERFACE}"
    ) from error


def _module(frame: types.FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
