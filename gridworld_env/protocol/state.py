"""Saving and restoring the state of an environment, through its wrappers.

What wrappers remember is not part of it, but for the clock of a time limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_env.common.public import export
from gridworld_env.protocol import wrappers
from gridworld_env.protocol.contract import RestorableState
from gridworld_env.protocol.ownership import defines_dynamics
from gridworld_env.protocol.rng import rng_state

if TYPE_CHECKING:
    import gymnasium as gym


@export("gridworld_env.protocol.can_restore")
def can_restore(env: gym.Env[Any, Any]) -> bool:
    """Return whether the class that steps and resets `env` also says how its state is saved and restored."""
    base = env.unwrapped
    return isinstance(base, RestorableState) and defines_dynamics(base, "get_state", "set_state")


@export("gridworld_env.protocol.save_state")
def save_state(env: gym.Env[Any, Any]) -> dict[str, Any]:
    """Return the state of `env`, as JSON can hold it.

    Returns:
        ``{"state": ..., "rng_state": {...}}``: the first is None where it cannot be restored, the second empty where
        the generator's state cannot be kept.
    """
    base: Any = env.unwrapped
    return {"state": base.get_state() if can_restore(env) else None, "rng_state": rng_state(base.np_random)}


@export("gridworld_env.protocol.is_in_state")
def is_in_state(env: gym.Env[Any, Any], saved: dict[str, Any], elapsed_steps: int) -> bool:
    """Return whether `env` and its generator are in a saved state, and its time limit at `elapsed_steps`."""
    return save_state(env) == saved and wrappers.elapsed_steps(env) in {None, elapsed_steps}


@export("gridworld_env.protocol.set_state")
def set_state(env: gym.Env[Any, Any], state: Any, elapsed_steps: int) -> bool:
    """Go on from a state in the middle of an episode; the generator stays as it is.

    Args:
        env: For which `can_restore` holds. Its wrappers take this for the start of an episode.
        state: As `save_state` returned it.
        elapsed_steps: What time limits have counted.

    Returns:
        Whether it could be done. If the environment refuses the state, a new episode has begun.
    """
    base: Any = env.unwrapped
    before = base.np_random.bit_generator.state
    env.reset()  # for the wrappers, some of which refuse a step before it
    base.np_random.bit_generator.state = before
    try:
        base.set_state(state)
    except ValueError:
        return False
    wrappers.set_elapsed_steps(env, elapsed_steps)
    return True
