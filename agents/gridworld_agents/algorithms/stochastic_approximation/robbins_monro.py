"""The Bellman optimality equation by stochastic approximation (Zhao 2025, sections 6.2 and 7.4; Tsitsiklis 1994).

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

from typing import TYPE_CHECKING, Any, NamedTuple

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import Config, choice, real, schedule, schedule_of
from gridworld_agents.core.schedules import Schedule, robbins_monro_conditions, value
from gridworld_agents.stochastic.generative import GenerativeAgent
from gridworld_agents.tabular.parts.table import Table, greedy, largest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from gridworld_agents.core.schedules import Conditions
    from gridworld_agents.tabular.transition import Transition


class RobbinsMonroConfig(Config):
    """Hyper-parameters of stochastic approximation with a generative model."""

    alpha: float | str = schedule("step size", default="visits:1:0:0.6", above=0, most=1)
    gamma: float = real("discount", default=0.99, least=0, most=1)
    order: str = choice("of the pairs that are sampled", ("turn", "random"), default="turn")
    forgetting: float = real("iterate n weighs about n^forgetting in the average", default=2.0, least=0)
    initial_value: float = real("of every action in every state", default=0.0)


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
def observe(memory: Memory, t: Transition, params: Params, rng: np.random.Generator) -> None:  # noqa: ARG001
    """Learn from a sample."""
    target = t.r  # 2
    if not t.terminated:
        target += params.gamma * largest(memory.q, t.s_next)
    n = memory.visits[t.s, t.a] + 1
    q = memory.q[t.s, t.a] - value(params.alpha, memory.steps[0], n) * (memory.q[t.s, t.a] - target)  # 3
    memory.average[t.s, t.a] += (params.forgetting + 1) / (n + params.forgetting) * (q - memory.average[t.s, t.a])  # 4
    memory.q[t.s, t.a] = q
    memory.visits[t.s, t.a] = n
    memory.steps[0] += 1


class RobbinsMonro(GenerativeAgent):
    """The best values by stochastic approximation. Hyper-parameters: :class:`RobbinsMonroConfig`.

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
        alpha = schedule_of(config, "alpha")
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
