"""Outcome tables in one canonical form: equal outcomes merged, the rest padded.

Every model is first written down as M candidate outcomes per state and action, the way its rules are told (slip to
each side, wind one stronger, ...). Many candidates coincide: a step into a wall and a stay are the same outcome. Here
they are merged, which keeps K small, and K is what every sweep, every step and every byte is multiplied by.
"""

from __future__ import annotations

import numpy as np

from gridworld_env.arrays import BoolArray, FloatArray, IntArray

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
    actions = [
        merge_action(next_state[:, a], probability[:, a], reward[:, a], terminated[:, a])
        for a in range(next_state.shape[1])
    ]
    return stack(actions)


def stack(actions: list[Outcomes]) -> Outcomes:
    """Join the merged outcomes of single actions, (S, K_a) each, into (S, A, K) tables with K = max K_a."""
    S = actions[0][0].shape[0]
    K = max(action[0].shape[1] for action in actions)
    shape = (S, len(actions), K)
    next_state = np.empty(shape, np.int32)
    next_state[:] = np.arange(S, dtype=np.int32)[:, None, None]
    probability = np.zeros(shape)
    reward = np.zeros(shape)
    terminated = np.zeros(shape, np.bool_)
    for a, (s_next, p, r, end) in enumerate(actions):
        k = s_next.shape[1]
        used = p > 0
        next_state[:, a, :k][used] = s_next[used]
        probability[:, a, :k] = p
        reward[:, a, :k][used] = r[used]
        terminated[:, a, :k][used] = end[used]
    return next_state, probability, reward, terminated


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
