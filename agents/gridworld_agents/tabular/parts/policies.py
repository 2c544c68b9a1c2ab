"""Policies that a user hands over: to be valued, or to act by while another is learned."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import probability
from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.errors import reason
from gridworld_agents.core.npy import read_file
from gridworld_agents.core.public import export
from gridworld_env.authoring import sum_tolerance

if TYPE_CHECKING:
    import numpy.typing as npt

UNIFORM = "uniform"
GIVEN = "given"
"""What hyper-parameters call a policy that was handed over: its numbers are in the memory."""
TOLERANCE = 1e-9
"""By how much probabilities may miss a sum of 1 in float64."""


@export("gridworld_agents.authoring.policy_table")
def policy_table(argument: str, given: Any, S: int, A: int) -> npt.NDArray[np.float64]:
    """Return a policy as probabilities: (S, A) float64, each row of sum 1.

    Args:
        argument: The argument's name, for the message.
        given: "uniform"; probabilities, (S, A); one action a state, (S,) integers; the path of an `.npy` file that
            holds one of these two; or a callable that is asked for every state s = 0, ..., S - 1 and returns an action
            or the probabilities (A,).
        S: Number of states.
        A: Number of actions.

    Raises:
        ValueError: If it is not one of these, or not a distribution over actions.
    """
    if isinstance(given, str) and given == UNIFORM:
        return np.full((S, A), 1 / A)
    if isinstance(given, str | pathlib.Path):
        argument, given = f"{argument}, read from {str(given)!r},", _array_in(argument, given)
    if callable(given):
        return np.stack([_row(argument, s, given(s), A) for s in range(S)])
    try:
        array = np.asarray(given)
    except ValueError:
        array = np.empty(0)
    if array.shape == (S,) and array.dtype.kind in "iu":
        return np.stack([_row(argument, s, a, A) for s, a in enumerate(array)])
    if array.shape == (S, A) and array.dtype.kind in "iuf":
        return np.stack([_row(argument, s, row, A) for s, row in enumerate(array)])
    raise ValueError(
        f'{argument} must be "uniform", probabilities of shape ({S}, {A}), integers of shape ({S},) or a callable, got '
        f"{type(given).__name__} of shape {array.shape} and dtype {array.dtype}"
    )


@export("gridworld_agents.epsilon_greedy_policy")
def epsilon_greedy_policy(q: Any, epsilon: float) -> npt.NDArray[np.float64]:
    """Return the policy that is greedy in a table but for random actions (Zhao 2025, section 5.4).

    Args:
        q: (S, A), action values. Actions that are exactly tied share the greedy part.
        epsilon: Probability of a random action, in [0, 1].

    Returns:
        (S, A) float64.

    Raises:
        ValueError: If the table is not one of finite numbers, or epsilon is out of range.
    """
    table = np.asarray(q, np.float64)
    if table.ndim != 2 or table.size == 0 or not np.isfinite(table).all():
        raise ValueError(f"q must be finite numbers of shape (S, A), got an array of shape {table.shape}")
    epsilon = probability("epsilon", epsilon)
    best = table == table.max(axis=1, keepdims=True)
    pi: npt.NDArray[np.float64] = (1 - epsilon) * best / best.sum(axis=1, keepdims=True) + epsilon / table.shape[1]
    return pi


@export("gridworld_agents.authoring.sample")
@kernel
def sample(pi: Any, s: int, rng: np.random.Generator) -> int:
    """Return an action by its probability in state s; compiled. One number is drawn, whatever the probabilities."""
    left, last = rng.random(), 0
    for a in range(pi.shape[1]):
        p = pi[s, a]
        if left < p:
            return a
        left -= p
        if p > 0:
            last = a
    return last  # where rounding leaves the sum a little below 1


def is_policy(pi: npt.NDArray[np.float64], S: int, A: int) -> bool:
    """Return whether an array is a policy: (S, A), each row a distribution."""
    return pi.shape == (S, A) and bool((pi >= 0).all() and (abs(pi.sum(axis=1) - 1) < TOLERANCE).all())


def _array_in(argument: str, path: str | pathlib.Path) -> Any:
    """Return the array in an `.npy` file; pickles are never opened."""
    if pathlib.Path(path).suffix != ".npy":
        raise ValueError(
            f'{argument} must be "uniform", an array or a callable, got {str(path)!r}; or the path of an .npy file'
        )
    try:
        return read_file(pathlib.Path(path))
    except (OSError, ValueError) as error:
        raise ValueError(f"{argument} cannot be read from {str(path)!r}: {reason(error)}") from None


def _row(argument: str, s: int, given: Any, A: int) -> npt.NDArray[np.float64]:
    row = np.asarray(given)
    if row.shape == () and row.dtype.kind in "iu" and 0 <= row < A:
        chosen: npt.NDArray[np.float64] = np.eye(A)[int(row)]
        return chosen
    if row.shape == (A,) and row.dtype.kind in "iuf" and (row >= 0).all():
        pi: npt.NDArray[np.float64] = row.astype(np.float64)
        if abs(pi.sum() - 1) < sum_tolerance(row, TOLERANCE):
            pi /= pi.sum()
            return pi
    told = " ".join(repr(given).split())
    raise ValueError(f"{argument} must be an action or {A} probabilities of sum 1 in each state, got {told} in {s}")
