"""MC Exploring Starts (the book, Algorithm 5.2; Sutton and Barto, section 5.3).

1  begin an episode with any pair (s, a), and follow the greedy policy of q
2  g <- 0, or the value of the last state where the episode was only cut off
3  backwards through the episode: g <- gamma g + r
4      q(s, a) <- q(s, a) + alpha [g - q(s, a)], at every visit of a pair, at its first in the episode, or at the
       episode's initial pair only; alpha = 1/n makes it the mean of the returns
5  the policy is the greedy one of the new q

Deviation from the book: there g begins at 0 (`bootstrap=False`). Here an episode that was cut off bootstraps from its
last state, as every agent here does, unless told otherwise: too short an episode then does less harm.
"""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.checks import choose, finite_number, flag
from gridworld_agents.schedules import parse
from gridworld_agents.tabular.compiling import kernel
from gridworld_agents.tabular.simulator import SimulatedAgent, SimulationParameters, random_start
from gridworld_agents.tabular.table import Params, Table, greedy, largest, move_towards
from gridworld_agents.tabular.trajectory import check_episode, no_steps, note, with_room

VISITS = ("every", "first", "initial")
EVERY, FIRST, INITIAL = range(3)


@dataclasses.dataclass(frozen=True, kw_only=True)
class MCExploringStartsParameters(SimulationParameters):
    """Hyper-parameters of MC Exploring Starts, beside :class:`SimulationParameters`."""

    alpha: float | str = "visits"  # step size, in (0, 1], or a schedule; "visits" is the mean of all returns
    visit: str = "every"  # which visits of a pair in an episode count: "every", "first" or "initial"
    bootstrap: bool = True  # whether a truncated episode goes on in its value, True, or counts as over, False
    initial_value: float = 0.0  # of every action in every state, finite
    tie_breaking: str = "random"  # among actions of equal value: "random", or "index" for the first

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        parse("alpha", self.alpha, zero=False)
        choose("visit", self.visit, VISITS)
        flag("bootstrap", self.bootstrap)
        finite_number("initial_value", self.initial_value)
        choose("tie_breaking", self.tie_breaking, ("random", "index"))


class Memory(NamedTuple):
    """A table, and the episode so far."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64, returns that each pair has learned from
    steps: Any  # (1,) int64
    length: Any  # (1,) int64, steps in the episode so far
    s: Any  # (n,) int64, its states; n >= length
    a: Any  # (n,) int64, its actions
    r: Any  # (n,) float64, its rewards
    is_first: Any  # (n,) bool, whether the pair was visited for the first time in it
    episode: Any  # (1,) int64, its number from 1 on
    seen: Any  # (S, A) int64, the number of the last episode in which each pair was visited


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
    s: int,
    a: int,
    r: float,
    s_next: int,
    a_next: int,  # noqa: ARG001
    terminated: bool,
    truncated: bool,
    params: ESParams,
    rng: np.random.Generator,  # noqa: ARG001
) -> None:
    """Note a step, and learn from the episode where it ends."""
    t = note(memory, s, a, r)
    memory.is_first[t] = memory.seen[s, a] != memory.episode[0]
    memory.seen[s, a] = memory.episode[0]
    memory.steps[0] += 1
    if not (terminated or truncated):
        return
    g = 0.0  # 2
    if params.bootstrap and not terminated:
        g = largest(memory.q, s_next)
    for i in range(t, -1, -1):
        g = params.table.gamma * g + memory.r[i]  # 3
        if params.visit == EVERY or (params.visit == FIRST and memory.is_first[i]) or i == 0:
            move_towards(memory, memory.s[i], memory.a[i], g, params.table)  # 4
    memory.length[0] = 0
    memory.episode[0] += 1


class MCExploringStarts(SimulatedAgent):
    """Monte Carlo control with exploring starts. Hyper-parameters: :class:`MCExploringStartsParameters`."""

    id = "mc-exploring-starts"
    Parameters = MCExploringStartsParameters
    start = random_start  # 1
    act = act
    observe = observe

    @staticmethod
    def new_memory(S: int, A: int, parameters: MCExploringStartsParameters) -> Memory:
        """Return a table in which every value is the initial one, and no episode."""
        table, none = Table.new(S, A, parameters.initial_value), np.zeros(0, np.bool_)
        return Memory(*table, *no_steps(), none, np.ones(1, np.int64), np.zeros((S, A), np.int64))

    @staticmethod
    def scalars(parameters: MCExploringStartsParameters) -> ESParams:
        """Return the hyper-parameters as compiled code reads them."""
        alpha, epsilon = parse("alpha", parameters.alpha, zero=False), parse("epsilon", 0, zero=True)
        table = Params(alpha, float(parameters.gamma), epsilon, parameters.tie_breaking == "random")
        return ESParams(table, VISITS.index(parameters.visit), parameters.bootstrap)

    @staticmethod
    def reserve(memory: Memory, steps: int) -> Memory:
        """Return the memory with room for exactly so many more steps of the episode."""
        room: Memory = with_room(memory, steps, "is_first")
        return room

    @staticmethod
    def forget_episode(memory: Memory) -> None:
        """Drop the episode so far."""
        memory.length[0] = 0
        memory.episode[0] += 1

    @staticmethod
    def check_memory(memory: Memory, S: int, A: int) -> None:
        """Refuse an episode that is not one."""
        check_episode(memory, S, A, "is_first")
