"""The exact model of an environment, where what is stepped is what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import VectorEnv

from gridworld_env.common.public import export
from gridworld_env.common.wrappers import ADDED_BY_MAKE
from gridworld_env.protocol.ownership import defines_dynamics, overriding
from gridworld_env.protocol.shown import observe_states
from gridworld_env.protocol.state import can_restore
from gridworld_env.protocol.trial import disagreement
from gridworld_env.protocol.wrappers import layers, replaced, unknown_wrapper
from gridworld_env.tabular import TabularMDP

if TYPE_CHECKING:
    import gymnasium as gym


@export("gridworld_env.protocol.exact_model")
def exact_model(env: gym.Env[Any, Any]) -> TabularMDP:
    """Return the exact model of what an agent meets in `env`, wrappers included, time limits aside.

    The model is that of `known_model`. It is exact where moreover what the environment shows in each state is known, by
    its `observe_states` or because it shows the state itself, and some steps of a copy agree with it.

    Raises:
        ValueError: If there is no model, or it may be that of another environment; with the reason and the way out.
    """
    mdp, base = known_model(env), env.unwrapped
    S, A = mdp.num_states, mdp.num_actions
    if not hasattr(base, "observe_states") and not _numbers(env.observation_space, S):
        raise ValueError(
            f"the model of {env} has {S} states, and nothing says which of them an observation of "
            f"{env.observation_space} is; give {type(base).__name__} a method observe_states(states) that returns what "
            "it shows in each"
        )
    actions = env.action_space
    if not isinstance(actions, spaces.Discrete) or actions.n != A:
        raise ValueError(f"the model of {env} has {A} actions, and the environment takes {actions}")
    reason = disagreement(base, mdp)
    if reason is not None:
        raise ValueError(f"the model of {env} is not what it does: {reason}")
    return mdp


@export("gridworld_env.protocol.known_model")
def known_model(env: gym.Env[Any, Any]) -> TabularMDP:
    """Return the model of `env`, whatever it shows of its states.

    That is the model of `TabularMDP.from_env`, where every wrapper is known to be harmless, and the class that defines
    the model defines `step` and `reset` too.

    Raises:
        ValueError: If there is no model, or it may be that of another environment; with the reason and the way out.
    """
    given: Any = env  # whatever the annotation says
    if isinstance(given, VectorEnv):
        raise ValueError(f"{env} is a vector environment: ask a single one, as gymnasium.make makes it, for its model")
    mdp = TabularMDP.from_env(env)
    reason = alteration(env, "mdp" if isinstance(getattr(env.unwrapped, "mdp", None), TabularMDP) else "P")
    if reason is not None:
        raise ValueError(f"the model beneath {env} may be that of another environment: {reason}")
    return mdp


def _numbers(space: spaces.Space[Any], count: int) -> bool:
    """Return whether a space is that of the numbers from 0 up to a count."""
    return isinstance(space, spaces.Discrete) and (space.start, space.n) == (0, count)


@export("gridworld_env.protocol.alteration")
def alteration(env: gym.Env[Any, Any], model: str) -> str | None:
    """Return why an environment may be another one than the model beneath its wrappers; None if nothing speaks for it.

    Args:
        env: The environment, wrapped or not.
        model: The name of the attribute of `env.unwrapped` that holds the model, of whatever kind.
    """
    wrapper, base = unknown_wrapper(env), env.unwrapped
    if wrapper is not None and replaced(wrapper):
        return f"{' and '.join(replaced(wrapper))} of the wrapper {type(wrapper).__name__} has been replaced"
    if wrapper is not None:
        return (
            f"the wrapper {type(wrapper).__name__} may change observations, actions, rewards or ends; if it changes "
            "none of them, say so in its class: preserves_mdp = True"
        )
    reason = overriding(base, model)
    if reason is not None:
        return (
            f"{reason}; if it describes {type(base).__name__} too, define {model!r}, step and reset in that class, or "
            "say in it that it changes no observation, action, reward or end: preserves_mdp = True"
        )
    return None


@export("gridworld_env.protocol.is_plain")
def is_plain(env: gym.Env[Any, Any]) -> bool:
    """Return whether stepping `env` is walking through its model's tables and nothing else.

    Then its steps may be taken by compiled code that reads the tables, and nobody can tell the difference: the
    environment says ``samples_tables = True``, can be restored, shows the state itself, and is inside nothing but the
    wrappers that `gymnasium.make` adds by itself.
    """
    base: Any = env.unwrapped
    *around, _ = layers(env)
    if any(type(wrapper) not in ADDED_BY_MAKE or replaced(wrapper) for wrapper in around):
        return False
    if getattr(base, "samples_tables", False) is not True or not defines_dynamics(base, "samples_tables"):
        return False
    mdp = getattr(base, "mdp", None)
    if not isinstance(mdp, TabularMDP) or overriding(base, "mdp", believed=False) is not None or not can_restore(env):
        return False
    S, A = mdp.num_states, mdp.num_actions
    if env.observation_space != spaces.Discrete(S) or env.action_space != spaces.Discrete(A):
        return False
    states = np.arange(S)
    return bool(np.array_equal(observe_states(env, states), states)) and disagreement(base, mdp) is None
