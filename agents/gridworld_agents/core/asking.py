"""What an agent does and knows in each state of a model, whatever it calls the states."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env import protocol

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

BATCH = 8192
"""States that an agent is asked about at a time."""


def policy_of(agent: Any, env: gym.Env[Any, Any], S: int, A: int) -> npt.NDArray[np.float64]:
    """Return an agent's policy: (S, A) probabilities.

    It is that of `predict(deterministic=True)`, but for agents that say they act at random on purpose by an attribute
    `stochastic`: their own `policy`, whose rows are the states as the agent numbers them.

    Args:
        agent: With `predict`.
        env: Whose model has S states and A actions.
        S: Number of states.
        A: Number of actions.

    Raises:
        ValueError: If it chooses actions that the environment does not have.
    """
    if getattr(agent, "stochastic", False):
        return by_state(agent, env, agent.policy, S)
    masks = protocol.mask_states(env, np.arange(S))
    masked = masks is not None and "action_masks" in inspect.signature(agent.predict).parameters
    actions = np.concatenate(
        [
            np.asarray(
                agent.predict(
                    protocol.observe_states(env, states),
                    deterministic=True,
                    **({"action_masks": masks[states]} if masked else {}),  # type: ignore[index]
                )[0]
            ).reshape(-1)
            for states in batches(S)
        ]
    )
    a = actions.astype(np.int64) - int(getattr(env.action_space, "start", 0))
    if len(a) != S or a.min() < 0 or a.max() >= A:
        raise ValueError(f"the agent must choose one of {A} actions in each of {S} states, got {actions!r}")
    return np.eye(A)[a]


def batches(S: int) -> list[npt.NDArray[np.int64]]:
    """Return the numbers of `S` states, some at a time."""
    return np.split(np.arange(S), range(BATCH, S, BATCH))


def by_state(agent: Any, env: gym.Env[Any, Any], table: npt.NDArray[Any], S: int) -> npt.NDArray[Any]:
    """Return an agent's table with a row for each state of the model: the agent numbers them by what it sees.

    Args:
        agent: Whose table it is.
        env: Whose model has S states.
        table: (N, ...), N observations as the agent numbers them.
        S: Number of states.
    """
    numbers = getattr(getattr(agent, "observations", None), "numbers", None)
    return table if numbers is None else table[numbers(protocol.observe_states(env, np.arange(S)))]


def seen(agent: Any, env: gym.Env[Any, Any], S: int) -> npt.NDArray[np.bool_] | None:
    """Return from which states of the model an agent has learned, (S,) bool.

    Args:
        agent: Which may have `visits`.
        env: Whose model has S states.
        S: Number of states.

    Returns:
        None where the agent does not count its visits, or has not begun.
    """
    try:
        visits = by_state(agent, env, np.asarray(agent.visits), S)
    except (AttributeError, IndexError, NotImplementedError, TypeError, ValueError):
        return None
    if visits.shape[:1] != (S,) or not visits.any():
        return None
    known: npt.NDArray[np.bool_] = (visits.reshape(S, -1) > 0).max(axis=1)
    return known
