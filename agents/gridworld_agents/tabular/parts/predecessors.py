"""The outcomes of a learned model that lead to a state, as one doubly linked list a state.

A memory with them has, beside a `learned_model.LearnedModel`, the fields of :class:`Predecessors`. Each place (s, a, m)
of the model is a link, numbered (s A + a) M + m, and in the list of its next state while it is used. So there is room
for all of them from the start, and adding or removing one takes the same time always. A number is stored plus 1, and 0
is none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel
from gridworld_agents.tabular.parts.learned_model import note, place_of


class Predecessors(NamedTuple):
    """The lists."""

    first: Any  # (S,) int64, the first link of a state's list
    after: Any  # (S * A * M,) int64, the link after each
    before: Any  # (S * A * M,) int64, the link before each

    @classmethod
    def new(cls, S: int, A: int, outcomes: int) -> Predecessors:
        """Return empty lists."""
        links = S * A * outcomes
        return cls(np.zeros(S, np.int64), np.zeros(links, np.int64), np.zeros(links, np.int64))


@kernel
def note_linked(memory: Any, s: int, a: int, r: float, s_next: int, terminated: bool) -> None:
    """Count an outcome in the model, and keep the lists right."""
    A, M = memory.times.shape[1], memory.times.shape[2]
    m = place_of(memory, s, a, s_next, terminated)
    number, before = (s * A + a) * M + m, memory.next_state[s, a, m]
    unused = memory.times[s, a, m] == 0
    if not unused and before != s_next:
        _unlink(memory, number, before)
    if unused or before != s_next:
        _link(memory, number, s_next)
    note(memory, s, a, m, r, s_next, terminated)


@kernel
def _link(memory: Any, number: int, s_next: int) -> None:
    """Put a link in front of a state's list."""
    head = memory.first[s_next]
    memory.after[number], memory.before[number] = head, 0
    if head > 0:
        memory.before[head - 1] = number + 1
    memory.first[s_next] = number + 1


@kernel
def _unlink(memory: Any, number: int, s_next: int) -> None:
    """Take a link out of a state's list."""
    after, before = memory.after[number], memory.before[number]
    if before > 0:
        memory.after[before - 1] = after
    else:
        memory.first[s_next] = after
    if after > 0:
        memory.before[after - 1] = before


def check(memory: Any) -> None:
    """Refuse lists that a file holds and compiled code would lose its way in.

    Raises:
        ValueError: If a list does not hold the places of the model that lead to its state, each once.
    """
    used, leads_to = memory.times.reshape(-1) > 0, memory.next_state.reshape(-1)
    state = np.flatnonzero(memory.first)
    link, prior, found = memory.first[state] - 1, np.zeros_like(state), 0
    while link.size:  # along all lists at once
        # A link has one before it and leads to one state: so none is met twice, and this ends.
        if (link >= used.size).any() or not (
            used[link].all() and (leads_to[link] == state).all() and (memory.before[link] == prior).all()
        ):
            break
        found += link.size
        goes_on = memory.after[link] > 0
        state, prior, link = state[goes_on], link[goes_on] + 1, memory.after[link[goes_on]] - 1
    if link.size or found != np.count_nonzero(used):
        raise ValueError("the lists of predecessors in its memory are not those of its model")
