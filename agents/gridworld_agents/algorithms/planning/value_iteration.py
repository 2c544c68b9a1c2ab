"""Value iteration (Bellman 1957; Zhao 2025, Algorithm 4.1; Sutton and Barto, section 4.4).

1  v <- anything, such as 0
2  q(s, a) <- r(s, a) + gamma sum P(s_next | s, a) v(s_next), for all s and a; nothing follows a terminated step
3  the policy takes an a of largest q(s, a)
4  v(s) <- max_a q(s, a), for all s at once; go on with 2
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_agents.tabular.planning import Backups, Iterate, PlanningAgent, iterates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridworld_env import TabularMDP


def sweep(model: Backups, v: Any, choice: Any, config: Any) -> tuple[Any, Any]:  # noqa: ARG001
    """Return the values (S,) and choices (S,) after one more sweep."""
    q = model.q(v)  # 2
    return q.max(axis=1), q.argmax(axis=1)  # 4, 3


def value_iteration(mdp: TabularMDP, gamma: float, *, v: Any = None) -> Iterator[Iterate]:
    """Yield the iterates of value iteration without end, the first of them before any sweep.

    >>> for k, v, choice, residual in itertools.islice(value_iteration(mdp, 0.9), 100): ...

    Args:
        mdp: The model.
        gamma: Discount, in [0, 1].
        v: (S,), the values to begin with; zeros by default.

    Raises:
        ValueError: If an argument is out of range.
    """
    return iterates(mdp, gamma, sweep, v=v)


class ValueIteration(PlanningAgent):
    """Sweeps of the Bellman optimality equation.

    A step of `learn` is one sweep. Hyper-parameters: :class:`PlanningConfig`.
    """

    id = "value-iteration"
    sweep = sweep
