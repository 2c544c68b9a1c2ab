"""What choices pay, and whether what can be earned for ever is more or less than nothing. For gamma 1 only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray
    from gridworld_env.oracle.problem import Problem
    from gridworld_env.tabular import TabularMDP

CANCELLED = 1e-12
"""A mean reward this small, relative to the rewards it is the mean of, is 0."""

DECIDED = 1e-10
"""A gain this small, relative to the largest reward, is 0."""

MAX_SWEEPS = 1_000_000


class Stakes(NamedTuple):
    """What each of C choices pays."""

    mean: FloatArray
    """(C,), exactly 0 where the rewards cancel."""
    free: BoolArray
    """(C,), whether nothing is ever paid or charged, whatever the outcome."""

    @classmethod
    def of(cls, mdp: TabularMDP) -> Stakes:
        """Return the stakes of a model's actions, S * A of them."""
        size = np.einsum("sak,sak->sa", mdp.probability, np.abs(mdp.reward))
        mean = np.where(np.abs(mdp.expected_reward) <= CANCELLED * size, 0.0, mdp.expected_reward)
        return cls(mean.reshape(-1), size.reshape(-1) == 0)


def extremes(group: IntArray, count: int, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the least and the greatest of the values (C,) in each of `count` groups; group is (C,)."""
    least, greatest = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(least, group, values)
    np.maximum.at(greatest, group, values)
    return least, greatest


def best_gain_sign(problem: Problem) -> float:
    """Return the sign of the best mean reward per step of a problem without an end, all of whose nodes communicate.

    Relative value iteration, made aperiodic by taking half steps (Puterman 1994, section 8.5): the least and the
    greatest change of a sweep enclose the gain. What stays within `DECIDED` of 0 counts as 0.

    Raises:
        RuntimeError: If the sign is not decided.
    """
    v = np.zeros(problem.num_nodes + 1)
    slack = DECIDED * problem.reward_scale
    for _ in range(MAX_SWEEPS):
        change, _, _ = problem.greedy(v)
        low, high = float(change.min()), float(change.max())
        if low > slack or high < -slack or (low >= -slack and high <= slack):
            return float(np.sign(low)) if low > slack or high < -slack else 0.0
        v[:-1] += change / 2
        v[:-1] -= v[0]
    raise RuntimeError(
        f"at gamma 1, {MAX_SWEEPS} sweeps could not tell whether {problem.num_nodes} states that are never left earn "
        "or lose on average; use gamma < 1"
    )
