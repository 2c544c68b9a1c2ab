"""A priority queue of pairs: a binary heap of which each pair is in at most one place.

A memory with one has the fields of :class:`PriorityQueue`. There is room for all pairs from the start. Adding one,
raising its priority and taking the first cost a time that grows with the logarithm of the length.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridworld_agents.core.compiling import kernel


class PriorityQueue(NamedTuple):
    """Pairs s * A + a by priority, the largest first."""

    heap: Any  # (S * A,) int64, the pairs; the children of place i are 2 i + 1 and 2 i + 2
    length: Any  # (1,) int64
    place: Any  # (S * A,) int64, where each pair is in the heap plus 1; 0 where it is not
    priority: Any  # (S * A,) float64, of the pairs in the heap

    @classmethod
    def new(cls, pairs: int) -> PriorityQueue:
        """Return an empty queue with room for so many."""
        return cls(np.zeros(pairs, np.int64), np.zeros(1, np.int64), np.zeros(pairs, np.int64), np.zeros(pairs))


@kernel
def push(memory: Any, pair: int, priority: float) -> None:
    """Add a pair, or raise its priority; a lower one leaves it as it is."""
    heap, place, priorities = memory.heap, memory.place, memory.priority
    i = place[pair] - 1
    if i < 0:
        i = memory.length[0]
        memory.length[0] += 1
    elif priority <= priorities[pair]:
        return
    priorities[pair] = priority
    while i > 0:
        parent = (i - 1) // 2
        if priorities[heap[parent]] >= priority:
            break
        heap[i] = heap[parent]
        place[heap[i]] = i + 1
        i = parent
    heap[i] = pair
    place[pair] = i + 1


@kernel
def pop(memory: Any) -> int:
    """Take out the pair of the largest priority; there must be one."""
    heap, place, priorities = memory.heap, memory.place, memory.priority
    top = heap[0]
    place[top] = 0
    memory.length[0] -= 1
    n = memory.length[0]
    if n == 0:
        return int(top)
    pair = heap[n]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= n:
            break
        if child + 1 < n and priorities[heap[child + 1]] > priorities[heap[child]]:
            child += 1
        if priorities[pair] >= priorities[heap[child]]:
            break
        heap[i] = heap[child]
        place[heap[i]] = i + 1
        i = child
    heap[i] = pair
    place[pair] = i + 1
    return int(top)


def check(memory: Any) -> None:
    """Refuse a queue that a file holds and compiled code could not work with.

    Raises:
        ValueError: If pairs and their places do not agree, or one of a larger priority is not before the others.
    """
    n = int(memory.length[0])
    pairs, parents = memory.heap[:n], (np.arange(n) - 1) // 2
    parents[:1] = 0
    if (
        n > memory.heap.size
        or (pairs >= memory.heap.size).any()
        or (memory.place[pairs] != np.arange(1, n + 1)).any()
        or np.count_nonzero(memory.place) != n
        or (memory.priority[pairs] > memory.priority[pairs[parents]]).any()
    ):
        raise ValueError("the queue in its memory is not one")
