"""Truncated policy iteration (Puterman and Shin 1978; Zhao 2025, Algorithm 4.3).

1  v <- anything, such as 0
2  improve: pi takes an a of largest q(s, a) = r(s, a) + gamma sum P(s_next | s, a) v(s_next)
3  evaluate, roughly: v <- r_pi + gamma P_pi v, `sweeps` times; go on with 2

One sweep is value iteration, infinitely many are policy iteration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.config import integer
from gridworld_agents.tabular.planning import Backups, Iterate, PlanningAgent, PlanningConfig, iterates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridworld_env import TabularMDP


class TruncatedPolicyIterationConfig(PlanningConfig):
    """Hyper-parameters of truncated policy iteration, beside :class:`PlanningConfig`."""

    sweeps: int = integer("of evaluation between two improvements", default=10, least=1)


def sweep(model: Backups, v: Any, choice: Any, config: Any) -> tuple[Any, Any]:
    """Return the values (S,) and choices (S,) after one improvement and `parameters.sweeps` sweeps of evaluation."""
    q = model.q(v)
    s, choice = np.arange(len(v)), q.argmax(axis=1)  # 2
    v = q[s, choice]  # 3
    for _ in range(config.sweeps - 1):
        v = model.q(v)[s, choice]
    return v, choice


def truncated_policy_iteration(mdp: TabularMDP, gamma: float, *, sweeps: int = 10, v: Any = None) -> Iterator[Iterate]:
    """Yield the iterates of truncated policy iteration without end, the first of them before any sweep.

    Args:
        mdp: The model.
        gamma: Discount, in [0, 1].
        sweeps: Of evaluation between two improvements, >= 1.
        v: (S,), the values to begin with; zeros by default.

    Raises:
        ValueError: If an argument is out of range.
    """
    config = TruncatedPolicyIterationConfig(gamma=gamma, sweeps=sweeps)
    return iterates(mdp, gamma, sweep, config, v)


class TruncatedPolicyIteration(PlanningAgent):
    """Policy iteration with a few sweeps of evaluation. Hyper-parameters: :class:`TruncatedPolicyIterationConfig`."""

    id = "truncated-policy-iteration"
    Config = TruncatedPolicyIterationConfig
    sweep = sweep
