"""Policy iteration (Howard 1960; Zhao 2025, Algorithm 4.2; Sutton and Barto, section 4.3).

1  pi <- any policy; here the one that is greedy in v = 0, at gamma 1 the uniform one
2  evaluate: v <- the solution of v = r_pi + gamma P_pi v
3  improve: pi takes an a of largest q(s, a) = r(s, a) + gamma sum P(s_next | s, a) v(s_next); go on with 2

An action is exchanged only where another is better by more than rounding. Undiscounted, that keeps a policy that ends
from being left for one that wanders for ever at the same value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.tabular.planning import Backups, Iterate, PlanningAgent, iterates
from gridworld_env import oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridworld_env import TabularMDP

ROUNDING = 1e-12
"""A difference of values, relative to the largest, that is no improvement."""


def sweep(model: Backups, v: Any, choice: Any, config: Any) -> tuple[Any, Any]:  # noqa: ARG001
    """Return the values (S,) of the present policy, and the choices (S,) that improve it."""
    A = model.mdp.num_actions
    # An undiscounted policy need not end; the uniform one does wherever any does, and its first improvement with it.
    first = model.gamma == 1 and not v.any()
    pi = np.full((len(v), A), 1 / A) if first else np.eye(A)[choice]  # 1
    v = oracle.evaluate(model.mdp, pi, gamma=model.gamma)  # 2
    q = model.q(v)
    mine = -np.inf if first else q[np.arange(len(v)), choice]
    better = q.max(axis=1) > mine + ROUNDING * max(1.0, float(np.abs(v).max()))
    return v, np.where(better, q.argmax(axis=1), choice)  # 3


def policy_iteration(mdp: TabularMDP, gamma: float) -> Iterator[Iterate]:
    """Yield the iterates of policy iteration without end: values of a policy, and the choices that improve on it.

    Args:
        mdp: The model.
        gamma: Discount, in [0, 1].

    Raises:
        ValueError: If gamma is out of range; at gamma 1, if the value of the uniform policy is not finite.
    """
    return iterates(mdp, gamma, sweep)


class PolicyIteration(PlanningAgent):
    """Evaluates its policy exactly, improves it, and so on.

    A step of `learn` is one iteration. Hyper-parameters: :class:`PlanningConfig`.
    """

    id = "policy-iteration"
    sweep = sweep
