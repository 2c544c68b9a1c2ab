"""What the oracle answers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray


@export("gridworld_env.oracle.Solution")
@dataclasses.dataclass(frozen=True, eq=False)
class Solution:
    """The best values there are, and how to get them. The arrays are read-only."""

    v: FloatArray
    """(S,) float64, the best value of each state."""
    q: FloatArray
    """(S, A) float64, the value of taking each action once and the best policy from then on."""
    policy: FloatArray
    """(S, A) float64, a best policy: uniform over the actions tied for best; rows sum to 1."""
    residual: float
    """max |T v - v| over the states of finite value, T the Bellman operator, measured on this very v."""
    iterations: int
    """How often the policy was improved on the way."""
    error: float
    """A proven bound of max |v - v*| over the states of finite value, v* the exact optimum of the model's tables: no
    value is further off, rounding included. At gamma 1 mean rewards that cancel to 1e-12 count as 0."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.v, self.q, self.policy):
            array.flags.writeable = False


@export("gridworld_env.oracle.FiniteHorizon")
@dataclasses.dataclass(frozen=True, eq=False)
class FiniteHorizon:
    """The best returns of a given number of steps; index n is the number of steps to go. The arrays are read-only."""

    v: FloatArray
    """(H + 1, S) float64; v[n] is the best return of n more steps, v[0] is 0."""
    q: FloatArray
    """(H + 1, S, A) float64; q[n] the value of each action with n steps to go, q[0] is 0."""
    policy: FloatArray
    """(H + 1, S, A) float64; policy[n] is uniform over the actions tied for best with n steps to go, policy[0] over all
    actions."""
    error: FloatArray
    """(H + 1,) float64; error[n] is a proven bound of the error of every v[n] and q[n], rounding included: no number is
    further off that of exact arithmetic on the model's tables, and those of the policy that was given."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.v, self.q, self.policy, self.error):
            array.flags.writeable = False
