"""What an agent believes, beside what is true: its values, the exact ones, the error, and where it has been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.asking import by_state

if TYPE_CHECKING:
    import numpy.typing as npt

    from gridworld_agents.evaluation.judge import Judge

    Values = npt.NDArray[np.float64]

SHOWN = ("learned", "exact", "error", "visits")
"""What can be shown of an agent: its values, the exact values of its policy, their errors, its visits."""


class Beliefs(NamedTuple):
    """What an agent believes of an environment with S states and A actions, by the number of the state."""

    policy: Values  # (S, A), what is judged
    known: npt.NDArray[np.bool_] | None  # (S,) where it has learned from; None: it does not tell
    learned: Values | None  # (S,) its values, nan where it has not learned from; None: it keeps none
    error: Values | None  # (S,) as `Judge.value_errors` has them
    visits: npt.NDArray[np.int64] | None  # (S,) or (S, A); None: it does not count them
    predicts: bool  # whether it values a policy that is given: then the error is that to its exact values

    @property
    def arrows(self) -> Values:
        """The policy where the agent has learned from, (S, A); 0 elsewhere, where it has none to speak of."""
        return self.policy if self.known is None else np.where(self.known[:, None], self.policy, 0.0)

    @property
    def root_mean_square(self) -> float:
        """Root mean square error over the states that count, as `Judge.value_error` has it; nan where it has none."""
        if self.error is None:
            return float("nan")
        return float(np.sqrt(np.mean(self.error[~np.isnan(self.error)] ** 2)))


def beliefs_of(agent: Any, judge: Judge) -> Beliefs:
    """Ask an agent what it believes.

    Args:
        agent: Anything with `predict`; its `values` and `visits` are read where it has them.
        judge: Of the environment.
    """
    S = judge.mdp.num_states
    learned, error, visits = None, None, None
    known: npt.NDArray[np.bool_] | None = None
    if _has(agent, "visits"):
        counts = by_state(agent, judge.env, agent.visits, S)
        if counts.shape[:1] == (S,):
            visits, known = counts, (counts.reshape(S, -1) > 0).max(axis=1)
    if _has(agent, "values"):
        error = judge.value_errors(agent)
        learned = by_state(agent, judge.env, agent.values, S)
        learned = learned if known is None else np.where(known, learned, np.nan)
    return Beliefs(judge.policy(agent), known, learned, error, visits, bool(getattr(agent, "predicts", False)))


def shared_range(judge: Judge, *tables: Values | None, optimum: bool = True) -> tuple[float, float] | None:
    """Return the lowest and the highest value of tables and of the optimum, in states that can be got to.

    Args:
        judge: Of the environment.
        *tables: (S,) values; None are left out, and so is what is not finite.
        optimum: Whether the optimal values count too.

    Returns:
        The ends of one colour scale; None where no value is finite.
    """
    reached = judge.states_within_reach()
    held = [v for v in (judge.best.v if optimum else None, *tables) if v is not None]
    shown = np.concatenate([np.zeros(0), *(v[reached] for v in held)])
    shown = shown[np.isfinite(shown)]
    return (float(shown.min()), float(shown.max())) if shown.size else None


def symmetric_range(*errors: Values) -> tuple[float, float] | None:
    """Return the ends of one colour scale of errors, 0 in its middle; None where no error is finite."""
    shown = np.abs(np.concatenate(errors))
    shown = shown[np.isfinite(shown)]
    return (-float(shown.max()), float(shown.max())) if shown.size else None


def _has(agent: Any, name: str) -> bool:
    """Return whether an agent has a table; a base class may declare what a subclass does not keep."""
    try:
        table = getattr(agent, name)
    except (AttributeError, NotImplementedError):
        return False
    return isinstance(table, np.ndarray)
