"""Checks of agents that value a given policy: they say so by `predicts = True`, and are asked for `values` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_agents.checking.lessons import Crossing
from gridworld_agents.checking.report import Failed, Skipped
from gridworld_agents.evaluation.judge import judge_for

if TYPE_CHECKING:
    from collections.abc import Callable

NEAR = 0.15
"""Error of the values that counts as none; in the corridor, whose values are about 0.6, values of 0 miss by 0.5."""


class Landing(Crossing):
    """`Crossing`, but both places pay 4: the mean value of the choice is 4 gamma where landing truncates, else 0."""

    PAID = 4.0
    preserves_mdp = True  # P asks `worth` as steps do

    def worth(self, p: float) -> float:  # noqa: ARG002
        """Return what is paid at either place."""
        return self.PAID


def error_in(env: Any) -> Callable[[Any], str | None]:
    """Return a function that says what is wrong with an agent's values on an environment that knows its model."""

    def wrong(agent: Any) -> str | None:
        _values_of(agent)
        judge = judge_for(env, agent)
        error = float("inf") if judge is None else judge.value_error(agent)
        return None if error <= NEAR else f"a root mean square error of {error:.3g}"

    return wrong


def tells_endings_apart(agent: Any, env: Landing, steps: int, mend: str) -> str:
    """Check the value of the choice in `Landing`; an action pays 1 or -1, so that it is never further off than that."""
    value = float(_values_of(agent)[env.observe(None)])
    if env.truncates != (value > env.PAID / 2):
        ending, expected = ("truncated", env.PAID) if env.truncates else ("terminated", 0)
        raise Failed(
            f"a value of about {expected:g} where an episode is {ending} in a state of value {env.PAID:g}, after "
            f"{steps} steps",
            f"{value:.3g}",
            f"{mend}; if that is so already, the agent may need more steps (steps=) or other hyper_parameters=",
        )
    return f"the value {value:.3g} goes by how the episode ends, with {env.variant}"


def _values_of(agent: Any) -> Any:
    values = getattr(agent, "values", None)
    if values is None:
        raise Skipped("the agent shows no values of states")
    return values
