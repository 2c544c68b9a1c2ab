"""What the oracle answers."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.displayed import Displayed, Shown
from gridworld_env.common.frames import frame
from gridworld_env.common.public import export

if TYPE_CHECKING:
    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.tabular import TabularMDP


@export("gridworld_env.oracle.Solution")
@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Solution(Displayed):
    """The best values there are, and how to get them. The arrays are read-only.

    A notebook shows values and arrows on the map where the model has one, else a table of its states.
    """

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
    mdp: TabularMDP
    """The model that it is the solution of."""
    gamma: float
    """Discount."""
    epsilon: float = 0.0
    """Above 0: the best among the epsilon-soft policies."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.v, self.q, self.policy):
            array.flags.writeable = False

    @property
    def start_value(self) -> float:
        """The mean value of where episodes start, weighted by how often they do."""
        starts = self.mdp.starts
        return float(self.mdp.initial[starts] @ self.v[starts])

    def to_pandas(self) -> Any:
        """Return a pandas frame with a row a state.

        Its columns are state, its `name` where it has one, on a map `row` and `column` (and `map` where there are
        several), `value`, `best_action` (the first of those tied) and `q_up` and the like, for each action.

        Raises:
            ImportError: If pandas is missing.
        """
        mdp = self.mdp
        names = mdp.action_names or tuple(map(str, range(mdp.num_actions)))
        columns: dict[str, Any] = {"state": np.arange(mdp.num_states)}
        if mdp.state_names is not None:
            columns["name"] = mdp.state_names
        if mdp.map_shape:
            axes = ("map", "row", "column")[-len(mdp.map_shape) :]
            columns |= zip(axes, np.unravel_index(columns["state"], mdp.map_shape), strict=True)
        columns |= {"value": self.v, "best_action": [names[a] for a in self.policy.argmax(axis=1)]}
        return frame(columns | {f"q_{_column(name)}": self.q[:, a] for a, name in enumerate(names)})

    def __repr__(self) -> str:
        """Return what it is, in a line; its arrays are too long to be shown."""
        S, A = self.q.shape
        soft = f", epsilon {self.epsilon:g}" if self.epsilon else ""
        return (
            f"<Solution: {S} states, {A} actions, gamma {self.gamma:g}{soft}, start value {self.start_value:.6g}, "
            f"error {self.error:.2g}>"
        )

    def _shown(self) -> Shown:
        kind = f"epsilon-soft ({self.epsilon:g}) optimum" if self.epsilon else "optimal values and policy"
        return Shown(self.mdp, {"values": self.v, "policy": self.policy}, f"{kind}, discount {self.gamma:g}")


def _column(name: str) -> str:
    """Return the name of an action as Python names things."""
    return re.sub(r"\W", "_", name)


@export("gridworld_env.oracle.FiniteHorizon")
@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class FiniteHorizon(Displayed):
    """The best returns of a given number of steps; index n is the number of steps to go. The arrays are read-only.

    A notebook shows the values and the policy with all steps to go.
    """

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
    mdp: TabularMDP
    """The model."""
    gamma: float
    """Discount."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for array in (self.v, self.q, self.policy, self.error):
            array.flags.writeable = False

    @property
    def horizon(self) -> int:
        """H, the number of steps."""
        return len(self.v) - 1

    def __repr__(self) -> str:
        """Return what it is, in a line."""
        S, A = self.q.shape[1:]
        return f"<FiniteHorizon: {self.horizon} steps, {S} states, {A} actions, gamma {self.gamma:g}>"

    def _shown(self) -> Shown:
        caption = f"{self.horizon} steps to go, discount {self.gamma:g}"
        return Shown(self.mdp, {"values": self.v[-1], "policy": self.policy[-1]}, caption)
