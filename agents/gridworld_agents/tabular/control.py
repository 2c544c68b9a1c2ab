"""`ControlAgent`: what agents share that keep a table of action values and act epsilon-greedily in it.

A one-step method need give no more than its `id` and `observe`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gridworld_agents.core.config import Config, choice, real, schedule
from gridworld_agents.core.public import export
from gridworld_agents.tabular.agent import TabularAgent
from gridworld_agents.tabular.parts.table import Params, Table, epsilon_greedy

if TYPE_CHECKING:
    from collections.abc import Callable


@export("gridworld_agents.authoring.ControlConfig")
class ControlConfig(Config):
    """The hyper-parameters that all of them have."""

    alpha: float | str = schedule("step size", default=0.1, above=0, most=1)
    gamma: float = real("discount", default=0.99, least=0, most=1)
    epsilon: float | str = schedule("probability of a random action", default=0.1, least=0, most=1)
    initial_value: float = real("of every action in every state", default=0.0)
    tie_breaking: str = choice("among tied actions; index takes the first", ("random", "index"), default="random")


@export("gridworld_agents.authoring.ControlAgent")
class ControlAgent(TabularAgent):
    """An agent that acts epsilon-greedily in its table."""

    on_policy: ClassVar[bool] = False
    """Whether its values are those of the epsilon-greedy policy, exploration included, as Sarsa's are."""
    Config: ClassVar[type[Any]] = ControlConfig
    act: ClassVar[Callable[..., Any]] = epsilon_greedy

    @staticmethod
    def new_memory(S: int, A: int, config: Any) -> Any:
        """Return a table in which every value is the initial one."""
        return Table.new(S, A, config.initial_value)

    @staticmethod
    def scalars(config: Any) -> Any:
        """Return the hyper-parameters as compiled code reads them."""
        return Params.of(config)
