"""Total rewards of chains that all but never end, by elimination without a subtraction: exact to rounding.

In I - P a chance of ending of 1e-20 is lost: the diagonal holds 1. Here a row keeps its chance of ending beside its
other entries, and each diagonal entry is computed as the sum of what leaves. So all operations are additions,
multiplications and divisions of numbers >= 0, and every result has a small relative error (Grassmann, Taksar and Heyman
1985; O'Cinneide 1993 for the error). Rewards above and below 0 are summed apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.compiling import cached_njit

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray

LARGEST = 2_000
"""States of the largest chain that is eliminated: it takes S^3 / 3 steps, and S^2 numbers."""


def total_rewards(matrix: Any, ends: FloatArray, reward: FloatArray) -> FloatArray:
    """Return the total reward from every state until the end: (N,).

    Args:
        matrix: (N, N) SciPy CSR array of probabilities, from every state of which the end can be reached.
        ends: (N,) the chance that the next step is the last; a row of the matrix and its place here sum to 1.
        reward: (N,) mean rewards of a step.

    Raises:
        RuntimeError: If a total is too large for a float.
    """
    dense: FloatArray = matrix.toarray()
    gains = np.stack([np.maximum(reward, 0), np.maximum(-reward, 0)], axis=1)
    ended = _eliminate(dense, ends.copy(), gains)
    if ended:
        _fill_in(dense, gains)
    if not (ended and np.isfinite(gains).all()):
        raise RuntimeError("the policy goes on for so many steps that its total reward is too large a number")
    found: FloatArray = gains[:, 0] - gains[:, 1]
    return found


@cached_njit
def _eliminate(P: Any, ends: Any, gains: Any) -> bool:
    """Eliminate the states from the last to the first; False if a chance of leaving is too small for a float.

    P (N, N), ends (N,) and gains (N, 2) are overwritten.
    """
    for k in range(len(ends) - 1, -1, -1):
        leaves = ends[k]
        for j in range(k):
            leaves += P[k, j]
        if leaves <= 0:
            return False
        for j in range(k):
            P[k, j] /= leaves
        ends[k] /= leaves
        gains[k] /= leaves
        for i in range(k):
            p = P[i, k]
            if p > 0:
                for j in range(k):
                    P[i, j] += p * P[k, j]
                ends[i] += p * ends[k]
                gains[i] += p * gains[k]
    return True


@cached_njit
def _fill_in(P: Any, gains: Any) -> None:
    """Add what follows to the gains (N, 2), from the first state to the last."""
    for k in range(len(gains)):
        for j in range(k):
            gains[k] += P[k, j] * gains[j]
