"""A model that is learned: what followed each action in each state, and how often.

A memory with a model has, beside `q`, the fields of :class:`LearnedModel`. For each pair it keeps up to M different
outcomes, where an outcome is a next state and whether the episode ended there; its reward is the mean of those seen.

Where a pair has at most M outcomes this is the most likely model, the exact frequencies; in a deterministic environment
it is the model after one visit. Where a pair has more, the rarest makes room for each new one, and the model is not
exact. With M = 1 it is the last outcome (Sutton and Barto, section 8.2), which also follows a world that changes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.config import integer
from gridworld_agents.tabular.off_policy import OffPolicyControlConfig
from gridworld_agents.tabular.parts.table import largest


class ModelConfig(OffPolicyControlConfig):
    """The hyper-parameters of every agent with a learned model."""

    outcomes: int = integer("different ones that the model holds of each action in each state", default=10, least=1)


class LearnedModel(NamedTuple):
    """The fields of a memory that has a model. The outcomes of a pair come first, unused places after them."""

    times: Any  # (S, A, M) int64, how often; 0 where a place is unused
    next_state: Any  # (S, A, M) int64
    reward: Any  # (S, A, M) float64, the mean
    ended: Any  # (S, A, M) bool, whether the episode terminated

    @classmethod
    def new(cls, S: int, A: int, outcomes: int) -> LearnedModel:
        """Return a model of nothing seen."""
        shape = S, A, outcomes
        return cls(np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape, np.bool_))


class KnownPairs(NamedTuple):
    """The fields of a memory that has a list of the pairs known, so that one of them can be drawn."""

    known: Any  # (S * A,) int64, pairs s * A + a, in the order in which they became known
    count: Any  # (1,) int64, how many are
    is_known: Any  # (S, A) bool

    @classmethod
    def new(cls, S: int, A: int) -> KnownPairs:
        """Return an empty list."""
        return cls(np.zeros(S * A, np.int64), np.zeros(1, np.int64), np.zeros((S, A), np.bool_))


@kernel
def make_known(memory: Any, s: int, a: int) -> None:
    """Add a pair to those known, unless it is there."""
    if not memory.is_known[s, a]:
        memory.is_known[s, a] = True
        memory.known[memory.count[0]] = s * memory.is_known.shape[1] + a
        memory.count[0] += 1


@kernel
def place_of(memory: Any, s: int, a: int, s_next: int, terminated: bool) -> int:
    """Return the place of an outcome: its own, else the first unused one, else that of the rarest, the last of them."""
    M = memory.times.shape[2]
    rarest = 0
    for m in range(M):
        n = memory.times[s, a, m]
        if n == 0 or (memory.next_state[s, a, m] == s_next and memory.ended[s, a, m] == terminated):
            return m
        if n <= memory.times[s, a, rarest]:
            rarest = m
    return rarest


@kernel
def note(memory: Any, s: int, a: int, m: int, r: float, s_next: int, terminated: bool) -> None:
    """Count an outcome at its place; another that was there is forgotten."""
    if memory.next_state[s, a, m] != s_next or memory.ended[s, a, m] != terminated:
        memory.times[s, a, m] = 0
        memory.reward[s, a, m] = 0.0
        memory.next_state[s, a, m], memory.ended[s, a, m] = s_next, terminated
    memory.times[s, a, m] += 1
    memory.reward[s, a, m] += (r - memory.reward[s, a, m]) / memory.times[s, a, m]


@kernel
def remember(memory: Any, s: int, a: int, r: float, s_next: int, terminated: bool) -> None:
    """Count an outcome."""
    note(memory, s, a, place_of(memory, s, a, s_next, terminated), r, s_next, terminated)


@kernel
def draw(memory: Any, s: int, a: int, rng: np.random.Generator) -> int:
    """Return the place of an outcome, drawn as often as it was seen; one must have been."""
    total, used = 0, 0
    for m in range(memory.times.shape[2]):
        n = memory.times[s, a, m]
        if n == 0:
            break
        total += n
        used += 1
    if used == 1:  # as in any deterministic environment
        return 0
    left = int(rng.random() * total)
    for m in range(used - 1):
        left -= memory.times[s, a, m]
        if left < 0:
            return m
    return used - 1


@kernel
def expectation(memory: Any, s: int, a: int, gamma: float) -> float:
    """Return the model's mean of r + gamma max_b q(s_next, b); nothing follows an end. An outcome must be known."""
    mean: float = 0.0
    total = 0
    for m in range(memory.times.shape[2]):
        n = memory.times[s, a, m]
        if n == 0:
            break
        target = memory.reward[s, a, m]
        if not memory.ended[s, a, m]:
            target += gamma * largest(memory.q, memory.next_state[s, a, m])
        total += n
        mean += (target - mean) * (n / total)  # of a single outcome exactly the target
    return mean


def check(memory: Any, S: int) -> None:
    """Refuse a model that a file holds and compiled code could not work with.

    Raises:
        ValueError: If a state is out of range, outcomes stand behind unused places, or there are more than visits.
    """
    used, more = memory.times > 0, memory.times.sum(axis=2, dtype=np.float64) > memory.visits
    if (memory.next_state >= S).any() or (used[..., 1:] & ~used[..., :-1]).any() or more.any():
        raise ValueError("the model in its memory is out of range")


def check_known(memory: Any) -> None:
    """Refuse a list of pairs that a file holds and compiled code could not work with.

    Raises:
        ValueError: If it does not hold exactly the pairs that are marked as known.
    """
    n = int(memory.count[0])
    if not np.array_equal(np.sort(memory.known[:n]), np.flatnonzero(memory.is_known)) or n > memory.known.size:
        raise ValueError("the pairs known to its memory are not those in its list")
