"""Where an environment stands: reading it, keeping it and putting it back.

What can be put back exactly is a `TabularEnv`: its state, its generator and the clock of its time limit. Of any other
environment only the generator is known, so that a run which goes on from a file begins an episode there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces, wrappers

from gridworld_env import TabularMDP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import gymnasium as gym

NO_LIMIT = np.iinfo(np.int64).max
_TABULAR = "gridworld_env.engine.tabular.env"
_HARMLESS = (wrappers.TimeLimit, wrappers.OrderEnforcing, wrappers.PassiveEnvChecker)


def layers(env: gym.Env[Any, Any]) -> Iterator[Any]:
    """Yield the wrappers from the outside in, and the environment last."""
    layer: Any = env
    while layer is not env.unwrapped:
        yield layer
        layer = layer.env
    yield layer


def time_limit(env: gym.Env[Any, Any]) -> int:
    """Return after how many steps `TimeLimit` truncates an episode; a number never reached where nothing does."""
    limits = [int(layer._max_episode_steps) for layer in layers(env) if isinstance(layer, wrappers.TimeLimit)]  # noqa: SLF001 - the wrapper tells it in no other way
    return min(limits, default=int(NO_LIMIT))


def is_bare(env: gym.Env[Any, Any]) -> bool:
    """Return whether nothing surrounds an environment but wrappers that `gym.make` adds by itself."""
    return all(type(layer) in _HARMLESS for layer in list(layers(env))[:-1])


def can_be_put(env: gym.Env[Any, Any]) -> bool:
    """Return whether the environment is a `TabularEnv` that steps and resets as that class does."""
    base: Any = env.unwrapped
    walks = {getattr(getattr(base, name), "__module__", "") for name in ("step", "reset")}
    return walks == {_TABULAR} and isinstance(getattr(base, "mdp", None), TabularMDP) and hasattr(base, "world")


def has_plain_model(env: gym.Env[Any, Any]) -> bool:
    """Return whether stepping the environment is walking through its model's tables and nothing else.

    It must be a `TabularEnv` that shows its state, inside nothing but the wrappers that `gym.make` adds by itself.
    """
    if not can_be_put(env) or not is_bare(env):
        return False
    world: Any = env.unwrapped.world  # type: ignore[attr-defined]
    mdp = world.mdp
    return (
        world.observer.kind == "state"
        and env.observation_space == spaces.Discrete(mdp.num_states)
        and env.action_space == spaces.Discrete(mdp.num_actions)
    )


def check_discount(config: Any, env: gym.Env[Any, Any]) -> None:
    """Refuse to learn undiscounted returns where they have no limit.

    Raises:
        ValueError: If gamma is 1 and the environment is known to end no episode for good.
    """
    mdp = getattr(getattr(env.unwrapped, "world", None), "mdp", None)
    if getattr(config, "gamma", 0) == 1 and isinstance(mdp, TabularMDP) and not mdp.terminated.any():
        raise ValueError(
            f"gamma must be below 1 on a continuing task, got 1: no episode of {env.spec.id if env.spec else env} ends "
            "for good, so that returns have no limit; a time limit only cuts them off"
        )


def put(env: gym.Env[Any, Any], state: int, clock: int) -> bool:
    """Put a `TabularEnv` in a state and its time limits on a clock; the generator stays. False if it refuses."""
    rng = env.unwrapped.np_random
    before = rng.bit_generator.state
    try:
        env.reset(options={"start": state})
    except ValueError:  # a state in which no episode can start
        env.reset()
        rng.bit_generator.state = before
        return False
    rng.bit_generator.state = before
    for layer in layers(env):
        if isinstance(layer, wrappers.TimeLimit):
            elapsed: Any = clock  # which the wrapper declares to be None
            layer._elapsed_steps = elapsed  # noqa: SLF001 - there is no other way to set it
    return True


def of(env: gym.Env[Any, Any]) -> dict[str, Any]:
    """Return where an environment stands, as JSON can hold it; the state is None where it cannot be put back."""
    base: Any = env.unwrapped
    return {"rng": kept(base.np_random), "state": base.state if can_be_put(env) else None}


def clocks(env: gym.Env[Any, Any]) -> set[Any]:
    """Return what the clocks of an environment's time limits show."""
    return {layer._elapsed_steps for layer in layers(env) if isinstance(layer, wrappers.TimeLimit)}  # noqa: SLF001


def checked(place: Any) -> dict[str, Any]:
    """Return where an environment stood, as a file holds it; empty where the agent has not learned.

    Raises:
        ValueError: If it is nothing of the kind.
    """
    if place == {}:
        return {}
    rng, state = place["rng"], place["state"]
    if not (state is None or (type(state) is int and state >= 0)):
        raise ValueError(f"an environment cannot stand in state {state!r}")
    return {"rng": checked_state(rng) if rng else {}, "state": state}


def kept(rng: np.random.Generator) -> dict[str, Any]:
    """Return the state of a generator as JSON can hold it; empty where it cannot."""
    state: Any = rng.bit_generator.state
    return dict(state) if state["bit_generator"] == "PCG64" else {}


def restore(rng: np.random.Generator, state: Mapping[str, Any]) -> None:
    """Set a generator to a state that was kept."""
    if state and rng.bit_generator.state["bit_generator"] == "PCG64":
        rng.bit_generator.state = state


def checked_state(state: Any) -> dict[str, Any]:
    """Return the state of a generator that a file holds.

    Raises:
        ValueError: If it is none.
    """
    whole = {"state": 1 << 128, "inc": 1 << 128}, {"has_uint32": 2, "uinteger": 1 << 32}
    try:
        fits = state["bit_generator"] == "PCG64" and all(
            type(part[name]) is int and 0 <= part[name] < least
            for part, limits in zip((state["state"], state), whole, strict=True)
            for name, least in limits.items()
        )
    except (TypeError, KeyError, IndexError):
        fits = False
    if not fits or state["state"]["inc"] % 2 == 0:
        raise ValueError("it holds no state of a PCG64 generator")
    return dict(state)


def streams(seed: int | None, count: int) -> list[np.random.Generator]:
    """Return independent generators, none of them that of an environment reset with the same seed."""
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(count)]
