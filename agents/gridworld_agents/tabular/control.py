"""`ControlAgent`: what agents share that keep a table of action values and act epsilon-greedily in it.

A one-step method need give no more than its `id` and `observe`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar

from gridworld_agents.core.checks import choose, finite_number, probability
from gridworld_agents.core.public import export
from gridworld_agents.core.schedules import parse
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.table import Params, Table, epsilon_greedy

if TYPE_CHECKING:
    from collections.abc import Callable


@export("gridworld_agents.authoring.ControlConfig")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ControlConfig:
    """The hyper-parameters that all of them have."""

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


@export("gridworld_agents.authoring.ControlAgent")
class ControlAgent(TabularAgent):
    """An agent that acts epsilon-greedily in its table."""

    Config = ControlConfig
    act: ClassVar[Callable[..., Any]] = epsilon_greedy

    @staticmethod
    def new_memory(S: int, A: int, config: Any) -> Any:
        """Return a table in which every value is the initial one."""
        return Table.new(S, A, config.initial_value)

    @staticmethod
    def scalars(config: Any) -> Any:
        """Return the hyper-parameters as compiled code reads them."""
        return Params.of(config)
