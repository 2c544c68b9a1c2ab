"""Checks of the oracle's arguments. Each error states the value, the rule and the way out."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.probabilities import sum_tolerance, with_sum_one
from gridworld_env.tabular import TabularMDP

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray

SUM_TOLERANCE = 1e-8
"""How far the probabilities of a policy's row may be from summing to 1, in float64."""

LARGEST_REWARD = 1e250
"""Beyond it sums of rewards, discounted by a gamma that is all but 1, may be more than float64 holds (1.8e308)."""


def model(mdp: Any) -> TabularMDP:
    """Return a model, refusing anything else.

    Raises:
        TypeError: If it is no TabularMDP.
    """
    if not isinstance(mdp, TabularMDP):
        raise TypeError(f"mdp must be a TabularMDP, got {type(mdp).__name__}; TabularMDP.from_env(env) makes one")
    return mdp


def paying_model(mdp: Any) -> TabularMDP:
    """Return a model whose rewards can be summed up, refusing anything else.

    Raises:
        TypeError: If it is no TabularMDP.
        ValueError: If a reward is too large; the message has the largest.
    """
    checked = model(mdp)
    reward = checked.reward
    largest = max(float(reward.max()), -float(reward.min()))
    if largest > LARGEST_REWARD:
        raise ValueError(
            f"rewards must be at most {LARGEST_REWARD:g} in size for exact values, the largest is {largest:g}: sums of "
            "them are more than float64 holds; divide all rewards by one number, which divides all values by it"
        )
    return checked


def unit_interval(name: str, value: Any) -> float:
    """Return a number in [0, 1] as a float.

    Raises:
        ValueError: If it is none.
    """
    if not _is_real(value) or not 0 <= value <= 1:
        raise ValueError(f"{name} must be a number in [0, 1], got {value!r}")
    return float(value)


def positive(name: str, value: Any) -> float:
    """Return a finite number above 0 as a float.

    Raises:
        ValueError: If it is none.
    """
    if not _is_real(value) or not 0 < value < np.inf:
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}")
    return float(value)


def policy_of(mdp: TabularMDP, policy: Any) -> FloatArray:
    """Return a policy as (S, A) float64, divided by its sums where these miss 1 by more than the rounding of float64.

    Raises:
        ValueError: If its shape is wrong, an entry is no probability, or a row does not sum to 1.
    """
    shape = (mdp.num_states, mdp.num_actions)
    try:
        given = mdp.by_state(policy)
        table = given.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"policy must be an array of numbers of shape {shape}, got {type(policy).__name__}") from error
    if table.shape != shape:
        hint = "; for one action a state use numpy.eye(A)[actions]" if table.ndim == 1 else ""
        raise ValueError(f"policy must have shape (S, A) = {shape}, got {table.shape}{hint}")
    if not (table >= 0).all():
        s, a = np.argwhere(~(table >= 0))[0]
        raise ValueError(f"policy must hold probabilities >= 0, got {table[s, a]} in state {s}, action {a}")
    total = table.sum(axis=1)
    right = np.abs(total - 1) <= sum_tolerance(given, SUM_TOLERANCE)
    if not right.all():
        s = int(np.argmin(right))
        raise ValueError(f"each row of policy must sum to 1, got {total[s]} in state {s}; divide each row by its sum")
    return with_sum_one(table)


def values_of(mdp: TabularMDP, v: Any) -> FloatArray:
    """Return state values as (S,) float64.

    Raises:
        ValueError: If their shape is wrong.
    """
    table = mdp.by_state(v).astype(np.float64)
    if table.shape != (mdp.num_states,):
        raise ValueError(f"v must have shape (S,) = ({mdp.num_states},), one value per state, got {table.shape}")
    return table


def _is_real(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)
