"""Outcome tables in one canonical form: equal outcomes merged, the rest padded.

Every model is first written down as M candidate outcomes per state and action, the way its rules are told (slip to
each side, wind one stronger, ...). Many candidates coincide: a step into a wall and a stay are the same outcome. Here
they are merged, which keeps K small, and K is what every sweep, every step and every byte is multiplied by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Iterable

Outcomes = tuple[IntArray, FloatArray, FloatArray, BoolArray]
"""next_state, probability, reward, terminated: (S, A, K) each."""


def merge(next_state: IntArray, probability: FloatArray, reward: FloatArray, terminated: BoolArray) -> Outcomes:
    """Merge equal outcomes and drop impossible ones, action by action.

    Two outcomes are equal when next state, reward and termination are. The order of first appearance is kept.

    Args:
        next_state: (S, A, M) integers.
        probability: (S, A, M) floats.
        reward: (S, A, M) floats.
        terminated: (S, A, M) booleans.

    Returns:
        The four arrays with shape (S, A, K), K the largest number of distinct outcomes that any pair has. Unused
        places hold probability 0, the state itself, reward 0, not terminated.
    """
    S, A, _ = next_state.shape
    candidates = ((next_state[:, a], probability[:, a], reward[:, a], terminated[:, a]) for a in range(A))
    return stack((merge_action(*candidate) for candidate in candidates), S, A)


def stack(actions: Iterable[Outcomes], S: int, A: int) -> Outcomes:
    """Join the merged outcomes of A single actions, (S, K_a) each, into (S, A, K) tables with K = max K_a.

    Given a generator, it holds one action's outcomes at a time beside the tables, which are large on large maps.
    """
    stay = np.arange(S, dtype=np.int32)[:, None]
    tables: Outcomes | None = None
    for a, merged in enumerate(actions):
        tables = _widened(tables, S, A, merged[1].shape[1])
        used = merged[1] > 0
        fillings: tuple[Any, ...] = (stay, 0.0, 0.0, False)
        for table, column, filling in zip(tables, merged, fillings, strict=True):
            table[:, a] = filling
            np.copyto(table[:, a, : used.shape[1]], column, where=used, casting="same_kind")
    if tables is None:
        raise ValueError("a model must have at least one action, got none")
    for table in tables:
        table.flags.writeable = False  # so that a model keeps them as they are, without a copy
    return tables


def _widened(tables: Outcomes | None, S: int, A: int, K: int) -> Outcomes:
    """Return tables with room for K outcomes: the same ones if they have it."""
    if tables is None:
        empty = (S, A, K)
        return np.empty(empty, np.int32), np.empty(empty), np.empty(empty), np.empty(empty, np.bool_)
    missing = K - tables[1].shape[2]
    if missing <= 0:
        return tables
    more = ((0, 0), (0, 0), (0, missing))
    s_next = np.concatenate(
        [tables[0], np.broadcast_to(np.arange(S, dtype=np.int32)[:, None, None], (S, A, missing))], 2
    )
    return s_next, np.pad(tables[1], more), np.pad(tables[2], more), np.pad(tables[3], more)


def merge_action(s_next: IntArray, p: FloatArray, r: FloatArray, end: BoolArray) -> Outcomes:
    """Merge the outcomes of one action: (S, M) each in, (S, K_a) each out, ready for :func:`stack`."""
    p = np.array(p, dtype=np.float64)
    M = p.shape[1]
    for later in range(1, M):
        for earlier in range(later):
            same = (s_next[:, earlier] == s_next[:, later]) & (end[:, earlier] == end[:, later])
            same &= (r[:, earlier] == r[:, later]) & (p[:, earlier] > 0)
            p[:, earlier] += np.where(same, p[:, later], 0.0)
            p[:, later] = np.where(same, 0.0, p[:, later])
    order = np.argsort(p <= 0, axis=1, kind="stable")
    K = max(1, int((p > 0).sum(axis=1).max()))
    order = order[:, :K]
    take = np.take_along_axis
    return take(s_next, order, 1), take(p, order, 1), take(r, order, 1), take(end, order, 1)
