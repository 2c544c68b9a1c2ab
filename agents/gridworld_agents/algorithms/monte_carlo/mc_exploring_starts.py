"""MC Exploring Starts (Zhao 2025, Algorithm 5.2; Sutton and Barto, section 5.3).

1  begin an episode with any pair (s, a), and follow the greedy policy of q
2  g <- 0, or the value of the last state where the episode was only cut off
3  backwards through the episode: g <- gamma g + r
4      q(s, a) <- q(s, a) + alpha [g - q(s, a)], at every visit of a pair, at its first in the episode, or at the
       episode's initial pair only; alpha = 1/n makes it the mean of the returns
5  the policy is the greedy one of the new q

Deviation from Zhao: there g begins at 0 (`bootstrap=False`). Here an episode that was cut off bootstraps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import boolean, choice, real, schedule, schedule_of
from gridworld_agents.core.schedules import parse
from gridworld_agents.tabular.parts.table import Params, Table, greedy, largest, move_towards
from gridworld_agents.tabular.simulation import SimulatedAgent, SimulationConfig, random_start
from gridworld_agents.tabular.trajectory import TrajectoryAgent, empty

if TYPE_CHECKING:
    from gridworld_agents.tabular.transition import Transition

VISITS = ("every", "first", "initial")
EVERY, FIRST, INITIAL = range(3)


class MCExploringStartsConfig(SimulationConfig):
    """Hyper-parameters of MC Exploring Starts, beside :class:`SimulationConfig`."""

    alpha: float | str = schedule("step size; visits is the mean of all returns", default="visits", above=0, most=1)
    visit: str = choice("which visits of a pair in an episode count", VISITS, default="every")
    bootstrap: bool = boolean("whether a truncated episode goes on in its value, or counts as over", default=True)
    initial_value: float = real("of every action in every state", default=0.0)
    tie_breaking: str = choice("among tied actions; index takes the first", ("random", "index"), default="random")


class Memory(NamedTuple):
    """A table, and the episode so far."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64, returns that each pair has learned from
    steps: Any  # (1,) int64
    times: Any  # (S, A) int64, visits in the episode so far; counted only where first visits are asked for
    length: Any  # (1,) int64, steps in the episode so far
    s: Any  # (n,) int64, its states; n >= length
    a: Any  # (n,) int64, its actions
    r: Any  # (n,) float64, its rewards


class ESParams(NamedTuple):
    """The hyper-parameters as compiled code reads them."""

    table: Params
    visit: int
    bootstrap: bool


@kernel
def act(memory: Memory, s: int, params: ESParams, rng: np.random.Generator) -> int:
    """Follow the greedy policy."""
    a: int = greedy(memory.q, s, params.table.random_ties, rng)  # 1, 5
    return a


@kernel
def observe(
    memory: Memory,
    t: Transition,
    params: ESParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Note a step, and learn from the episode where it ends."""
    last = memory.length[0]
    memory.s[last], memory.a[last], memory.r[last] = t.s, t.a, t.r
    memory.length[0] = last + 1
    memory.steps[0] += 1
    if params.visit == FIRST:
        memory.times[t.s, t.a] += 1
    if not (t.terminated or t.truncated):
        return
    g = 0.0  # 2
    if params.bootstrap and not t.terminated:
        g = largest(memory.q, t.s_next)
    for i in range(last, -1, -1):
        g = params.table.gamma * g + memory.r[i]  # 3
        x, b = memory.s[i], memory.a[i]
        if params.visit == FIRST:
            memory.times[x, b] -= 1
            counts = memory.times[x, b] == 0
        else:
            counts = params.visit == EVERY or i == 0
        if counts:
            move_towards(memory, x, b, g, params.table)  # 4
    memory.length[0] = 0


class MCExploringStarts(TrajectoryAgent, SimulatedAgent):
    """Monte Carlo control from random pairs of state and action. Hyper-parameters: :class:`MCExploringStartsConfig`."""

    id = "mc-exploring-starts"
    Config = MCExploringStartsConfig
    start = random_start  # 1
    act = act
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, config: MCExploringStartsConfig) -> Memory:
        """Return a table in which every value is the initial one, and no episode."""
        return Memory(*Table.new(S, A, config.initial_value), np.zeros((S, A), np.int64), *empty("sar"))

    @staticmethod
    def scalars(config: MCExploringStartsConfig) -> ESParams:
        """Return the hyper-parameters as compiled code reads them."""
        alpha, epsilon = schedule_of(config, "alpha"), parse("epsilon", 0, zero=True)
        table = Params(alpha, float(config.gamma), epsilon, config.tie_breaking == "random")
        return ESParams(table, VISITS.index(config.visit), config.bootstrap)

    @staticmethod
    def forget_episode(memory: Memory) -> None:
        """Drop the episode so far."""
        TrajectoryAgent.forget_episode(memory)
        memory.times[:] = 0

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:
        """Refuse an episode that is not one, and visits that are not its."""
        TrajectoryAgent.check_memory(memory, S, A)
        visited = np.bincount(memory.s * A + memory.a, minlength=S * A).reshape(S, A)
        if memory.times.any() and (memory.times != visited).any():
            raise ValueError("the visits in its memory are not those of its episode")
