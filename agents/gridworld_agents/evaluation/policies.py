"""`policy_of`: what can be judged: an agent, a policy, a table of action values, a function of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core import asking

if TYPE_CHECKING:
    import gymnasium as gym
    import numpy.typing as npt

    from gridworld_env import TabularMDP

    FloatArray = npt.NDArray[np.float64]

TOLERANCE = 1e-6
"""By how much a row of probabilities may miss a sum of 1: what single precision rounds."""


def policy_of(given: Any, env: gym.Env[Any, Any], mdp: TabularMDP) -> FloatArray:
    """Return the policy that is meant, as (S, A) probabilities.

    Args:
        given: One of

            - an agent, that is anything with `predict`: see `core.asking.policy_of`;
            - a policy: (S, A) probabilities, rows that are all >= 0 and sum to 1; or (S,) integers, the actions;
            - action values, (S, A): any other numbers, whose greedy policy is meant, the first action of those tied;
            - a function that gets the number of each state, and returns an action or A probabilities;
            - anything with an array `policy`, such as what `oracle.optimal` returns.

            Arrays may have the shape of the map, (H, W) in place of (S,).
        env: The environment, for agents to see.
        mdp: Its model, with S states and A actions.

    Raises:
        ValueError: If it is not one of these; or an array of which some rows are probabilities and all others 0,
            so that it may be a policy that is not known everywhere as well as a table of action values.
    """
    if hasattr(given, "predict"):
        return asking.policy_of(given, env, mdp.num_states, mdp.num_actions)
    if not isinstance(given, np.ndarray) and hasattr(given, "policy"):
        given = given.policy
    if callable(given):
        return np.stack([_row(given(s), s, mdp.num_actions) for s in range(mdp.num_states)])
    return _of_array(given, mdp)


def _of_array(given: Any, mdp: TabularMDP) -> FloatArray:
    S, A = mdp.num_states, mdp.num_actions
    try:
        table = mdp.by_state(given)
    except ValueError:  # rows of several lengths
        table = np.empty(0)
    if table.shape == (S,) and table.dtype.kind in "iu":
        if table.min() < 0 or table.max() >= A:
            raise ValueError(f"a policy of actions must hold integers in [0, {A}), got {table.min()} to {table.max()}")
        return _certain(table, A)
    if table.shape != (S, A) or table.dtype.kind not in "biuf":
        maps = f", or {mdp.map_shape} and {(*mdp.map_shape, A)}," if mdp.map_shape else ""
        raise ValueError(
            f"what is judged must be an agent with `predict`, integers of shape {(S,)}, one action a state, numbers of "
            f"shape {(S, A)}{maps} a policy or action values, or a function of the state's number; got "
            f"{type(given).__name__} of shape {table.shape} and dtype {table.dtype}"
        )
    table = table.astype(np.float64)
    if np.isnan(table).any():
        raise ValueError(f"a policy, or action values, must not hold nan, got it in state {int(_first_nan(table))}")
    likely = (table >= 0).all(axis=1) & (np.abs(table.sum(axis=1) - 1) <= TOLERANCE)
    if likely.all():
        pi: FloatArray = table / table.sum(axis=1, keepdims=True)
        return pi
    nothing = ~table.any(axis=1)
    if likely.any() and (likely | nothing).all():
        raise ValueError(
            f"this may be a policy that is not known everywhere, or action values: rows such as {table[likely][0]} are "
            f"probabilities, and {int(nothing.sum())} of {S} rows are 0. Of action values pass "
            "numpy.asarray(q).argmax(axis=-1), their greedy policy; in a policy, give each row a sum of 1"
        )
    return _certain(table.argmax(axis=1), A)


def _certain(a: Any, A: int) -> FloatArray:
    """Return the probabilities of actions that are certain."""
    pi: FloatArray = np.eye(A)[a]
    return pi


def _first_nan(table: FloatArray) -> Any:
    return np.isnan(table).any(axis=1).argmax()


def _row(answer: Any, s: int, A: int) -> FloatArray:
    """Return the probabilities that a function answered in a state."""
    row = np.asarray(answer)
    if row.shape == () and row.dtype.kind in "iu" and 0 <= row < A:
        return _certain(int(row), A)
    if row.shape == (A,) and row.dtype.kind in "biuf" and (row >= 0).all() and abs(row.sum() - 1) <= TOLERANCE:
        pi: FloatArray = row / row.sum()
        return pi
    raise ValueError(
        f"the function must return an action, an integer in [0, {A}), or {A} probabilities, got {answer!r} in state {s}"
    )
