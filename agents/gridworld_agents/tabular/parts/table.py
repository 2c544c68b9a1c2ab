"""A table of action values and what is done with one: shared by the algorithms that learn one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import schedule_of
from gridworld_agents.core.public import export
from gridworld_agents.core.schedules import VISITS, Schedule, value


@export("gridworld_agents.authoring.Table")
class Table(NamedTuple):
    """The memory of a one-step method."""

    q: Any  # (S, A) float64
    visits: Any  # (S, A) int64, how often each pair was learned from
    steps: Any  # (1,) int64, steps in the agent's life

    @classmethod
    def new(cls, S: int, A: int, initial_value: float) -> Table:
        """Return a table in which every value is `initial_value`."""
        return cls(np.full((S, A), float(initial_value)), np.zeros((S, A), np.int64), np.zeros(1, np.int64))


@export("gridworld_agents.authoring.Params")
class Params(NamedTuple):
    """The hyper-parameters of an epsilon-greedy method as compiled code reads them."""

    alpha: Schedule
    gamma: float
    epsilon: Schedule
    random_ties: bool

    @classmethod
    def of(cls, config: Any) -> Params:
        """Return them of a `config` with `alpha`, `gamma`, `epsilon` and `tie_breaking`."""
        alpha, epsilon = schedule_of(config, "alpha"), schedule_of(config, "epsilon")
        return cls(alpha, float(config.gamma), epsilon, config.tie_breaking == "random")


@export("gridworld_agents.authoring.greedy")
@kernel
def greedy(q: Any, s: int, random_ties: bool, rng: np.random.Generator) -> int:
    """Return an action of the largest value: the first, or with `random_ties` any of those tied, with equal chance."""
    A = q.shape[1]
    best, a, ties = q[s, 0], 0, 1
    for b in range(1, A):
        x = q[s, b]
        if x > best:
            best, a, ties = x, b, 1
        elif x == best:
            ties += 1
    if random_ties and ties > 1:
        skip = int(rng.random() * ties)
        for b in range(a, A):
            if q[s, b] == best:
                if skip == 0:
                    return b
                skip -= 1
    return a


@export("gridworld_agents.authoring.epsilon_greedy")
@kernel
def epsilon_greedy(memory: Any, s: int, params: Any, rng: np.random.Generator) -> int:
    """Return a random action with probability epsilon, else a greedy one (Zhao 2025, Algorithm 5.3, and chapter 7)."""
    if rng.random() < exploration(memory, s, params):
        return int(rng.random() * memory.q.shape[1])
    a: int = greedy(memory.q, s, params.random_ties, rng)
    return a


@export("gridworld_agents.authoring.exploration")
@kernel
def exploration(memory: Any, s: int, params: Any) -> float:
    """Return epsilon in a state: by the step, or by how often the state was visited, this time included."""
    n = 1
    if params.epsilon.kind == VISITS:  # a sum over actions that the others need not pay for
        for a in range(memory.visits.shape[1]):
            n += memory.visits[s, a]
    epsilon: float = value(params.epsilon, memory.steps[0], n)
    return epsilon


@export("gridworld_agents.authoring.largest")
@kernel
def largest(q: Any, s: int) -> float:
    """Return max_a q(s, a)."""
    best: float = q[s, 0]
    for a in range(1, q.shape[1]):
        x = q[s, a]
        best = x if x > best else best  # noqa: FURB136 - `max` asks for nan too, and is slower
    return best


@export("gridworld_agents.authoring.move_towards")
@kernel
def move_towards(memory: Any, s: int, a: int, target: float, params: Any) -> None:
    """q(s, a) <- q(s, a) + alpha [target - q(s, a)], and count the visit."""
    memory.visits[s, a] += 1
    alpha = value(params.alpha, memory.steps[0], memory.visits[s, a])
    memory.q[s, a] += alpha * (target - memory.q[s, a])


@export("gridworld_agents.authoring.expected")
@kernel
def expected(memory: Any, s: int, params: Any) -> float:
    """Return the mean of q(s, .) under the epsilon-greedy policy; which of tied actions it prefers does not matter."""
    A = memory.q.shape[1]
    total: float = 0.0
    for a in range(A):
        total += memory.q[s, a]
    epsilon = exploration(memory, s, params)
    mean: float = (1 - epsilon) * largest(memory.q, s) + epsilon * (total / A)
    return mean
