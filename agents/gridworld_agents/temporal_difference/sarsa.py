"""Sarsa (Rummery and Niranjan 1994; the book, Algorithm 7.1; Sutton and Barto, section 6.4).

1  in s take a, epsilon-greedy in q
2  observe r, s_next, and choose a_next there, epsilon-greedy in q
3  q(s, a) <- q(s, a) + alpha [r + gamma q(s_next, a_next) - q(s, a)]; nothing follows a terminated step
4  take a_next, and so on
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from gridworld_agents.checks import choose, finite_number, probability
from gridworld_agents.schedules import parse
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.compiling import kernel
from gridworld_agents.tabular.table import Params, Table, epsilon_greedy, move_towards

if TYPE_CHECKING:
    import numpy as np


@dataclasses.dataclass(frozen=True, kw_only=True)
class SarsaParameters:
    """Hyper-parameters of Sarsa."""

    alpha: float | str = 0.1  # step size, in (0, 1], or a schedule
    gamma: float = 0.99  # discount, in [0, 1]
    epsilon: float | str = 0.1  # probability of a random action, in [0, 1], or a schedule
    initial_value: float = 0.0  # of every action in every state, finite
    tie_breaking: str = "random"  # among actions of equal value: "random", or "index" for the first

    def __post_init__(self) -> None:
        """Check the ranges."""
        parse("alpha", self.alpha, zero=False)
        probability("gamma", self.gamma)
        parse("epsilon", self.epsilon, zero=True)
        finite_number("initial_value", self.initial_value)
        choose("tie_breaking", self.tie_breaking, ("random", "index"))


@kernel
def act(memory: Table, s: int, params: Params, rng: np.random.Generator) -> int:
    """Choose an action."""
    a: int = epsilon_greedy(memory, s, params, rng)  # 1
    return a


@kernel
def observe(
    memory: Table,
    s: int,
    a: int,
    r: float,
    s_next: int,
    a_next: int,
    terminated: bool,
    truncated: bool,  # noqa: ARG001
    params: Params,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a step."""
    target = r  # 2
    if not terminated:
        target += params.gamma * memory.q[s_next, a_next]
    move_towards(memory, s, a, target, params)  # 3
    memory.steps[0] += 1


class Sarsa(TabularAgent):
    """Sarsa with epsilon-greedy exploration. Hyper-parameters: :class:`SarsaParameters`."""

    id = "sarsa"
    Parameters = SarsaParameters
    act = act
    observe = observe
    next_action_first = True  # 2, 4

    @staticmethod
    def new_memory(S: int, A: int, parameters: SarsaParameters) -> Table:
        """Return a table in which every value is the initial one."""
        return Table.new(S, A, parameters.initial_value)

    @staticmethod
    def scalars(parameters: SarsaParameters) -> Params:
        """Return the hyper-parameters as compiled code reads them."""
        return Params.of(parameters)
