"""The Bellman optimality equation solved by stochastic approximation (the book, sections 6.2 and 7.4; Tsitsiklis 1994).

The equation is the root of g(q) = q - E[r + gamma max_b q(s_next, b)]. It is found from transitions sampled of the
environment's exact model, any pair at any time: q-learning with a generative model (Kearns and Singh 1999).

1  take a pair (s, a): the next in turn, or any
2  sample r, s_next of the model
3  q(s, a) <- q(s, a) - alpha_n [q(s, a) - (r + gamma max_b q(s_next, b))], at the n-th visit of the pair
4  average(s, a) <- average(s, a) + (f + 1) / (n + f) [q(s, a) - average(s, a)]

q converges with probability 1 if the alpha_n meet the conditions of Robbins and Monro and gamma < 1 (Tsitsiklis 1994;
Jaakkola, Jordan and Singh 1994). Line 4 with f = 0 is the mean of Polyak and Ruppert; f > 0 forgets the early iterates,
iterate n weighing about n^f (Shamir and Zhang 2013).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_agents.core.checks import choose, finite_number, is_number, probability
from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.schedules import Schedule, parse, robbins_monro_conditions, value
from gridworld_agents.stochastic.generative import GenerativeAgent
from gridworld_agents.tabular.table import Table, greedy, largest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from gridworld_agents.core.schedules import Conditions


@dataclasses.dataclass(frozen=True, kw_only=True)
class RobbinsMonroConfig:
    """Hyper-parameters of stochastic approximation with a generative model."""

    alpha: float | str = "visits:1:0:0.6"  # step size, in (0, 1], or a schedule
    gamma: float = 0.99  # discount, in [0, 1]
    order: str = "turn"  # of the pairs that are sampled: "turn", or "random", each with equal chance
    forgetting: float = 2.0  # of the average, >= 0: iterate n weighs about n^forgetting; 0 is the plain mean
    initial_value: float = 0.0  # of every action in every state, finite

    def __post_init__(self) -> None:
        """Check the ranges."""
        parse("alpha", self.alpha, zero=False)
        probability("gamma", self.gamma)
        choose("order", self.order, ("turn", "random"))
        if not (is_number(self.forgetting) and self.forgetting >= 0):
            raise ValueError(f"forgetting must be a number >= 0, got {self.forgetting!r}")
        finite_number("initial_value", self.initial_value)


class Memory(NamedTuple):
    """A table, and its average."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64
    steps: Any  # (1,) int64
    average: Any  # (S, A) float64


class Params(NamedTuple):
    """The hyper-parameters as compiled code reads them."""

    alpha: Schedule
    gamma: float
    forgetting: float
    in_turn: bool


@kernel
def act(memory: Memory, s: int, params: Params, rng: np.random.Generator) -> int:  # noqa: ARG001
    """Choose a greedy action, any of those tied: learning takes none."""
    a: int = greedy(memory.q, s, True, rng)
    return a


@kernel
def observe(
    memory: Memory,
    s: int,
    a: int,
    r: float,
    s_next: int,
    a_next: int,  # noqa: ARG001
    terminated: bool,
    truncated: bool,  # noqa: ARG001
    params: Params,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Learn from a sample."""
    target = r  # 2
    if not terminated:
        target += params.gamma * largest(memory.q, s_next)
    n = memory.visits[s, a] + 1
    q = memory.q[s, a] - value(params.alpha, memory.steps[0], n) * (memory.q[s, a] - target)  # 3
    memory.average[s, a] += (params.forgetting + 1) / (n + params.forgetting) * (q - memory.average[s, a])  # 4
    memory.q[s, a] = q
    memory.visits[s, a] = n
    memory.steps[0] += 1


class RobbinsMonro(GenerativeAgent):
    """Stochastic approximation of the optimal values. Hyper-parameters: :class:`RobbinsMonroConfig`.

    One timestep is one sample of the model; the environment is not touched. How fast it converges is measured by
    `approximation.convergence.convergence_rate`.
    """

    id = "robbins-monro"
    Config = RobbinsMonroConfig
    act = act
    observe = observe  # the pairs, line 1, come from `GenerativeDriver`

    @staticmethod
    def new_memory(S: int, A: int, config: RobbinsMonroConfig) -> Memory:
        """Return a table in which every value is the initial one, and so is the average."""
        table = Table.new(S, A, config.initial_value)
        return Memory(*table, table.q.copy())

    @staticmethod
    def scalars(config: RobbinsMonroConfig) -> Params:
        """Return the hyper-parameters as compiled code reads them."""
        alpha = parse("alpha", config.alpha, zero=False)
        return Params(alpha, float(config.gamma), float(config.forgetting), config.order == "turn")

    @property
    def averaged_q_values(self) -> npt.NDArray[np.float64]:
        """The averaged iterates: (S, A) float64, a copy."""
        average: npt.NDArray[np.float64] = self.memory.average.copy()
        return average

    @property
    def conditions(self) -> Conditions:
        """Whether the step sizes meet the conditions of Robbins and Monro."""
        return robbins_monro_conditions(self.config.alpha)
