"""Methods with eligibility traces: every trace is decayed and used at each step by one NumPy operation."""

from __future__ import annotations

import numpy as np

from plain_python.episodes import (
    ALPHA,
    DECAY,
    GAMMA,
    Reference,
    epsilon_greedy,
    parts,
    steps,
    steps_and_next_actions,
    uniform,
)


def sarsa_lambda(env_id: str) -> Reference:
    """Sarsa(lambda) with accumulating traces."""
    env, rng, q = parts(env_id)
    traces, act = np.zeros_like(q), epsilon_greedy(q, rng)

    def learn() -> int:
        n = 0
        traces[:] = 0
        for s, a, r, s_next, a_next, terminated, _ in steps_and_next_actions(env, act):
            delta = r + GAMMA * (not terminated) * q[s_next, a_next] - q[s, a]
            traces[s, a] += 1
            q[:] += ALPHA * delta * traces
            traces[:] *= GAMMA * DECAY
            n += 1
        return n

    return Reference(learn, q)


def q_lambda(env_id: str) -> Reference:
    """Watkins's Q(lambda) with replacing traces."""
    env, rng, q = parts(env_id)
    traces, act = np.zeros_like(q), epsilon_greedy(q, rng)

    def learn() -> int:
        n = 0
        traces[:] = 0
        for s, a, r, s_next, a_next, terminated, _ in steps_and_next_actions(env, act):
            best = np.max(q[s_next])
            follows_best = q[s_next, a_next] == best
            delta = r + GAMMA * (not terminated) * best - q[s, a]
            traces[s, a] = 1
            q[:] += ALPHA * delta * traces
            if follows_best:
                traces[:] *= GAMMA * DECAY
            else:
                traces[:] = 0
            n += 1
        return n

    return Reference(learn, q)


def td_lambda(env_id: str) -> Reference:
    """TD(lambda) of the uniform policy with accumulating traces."""
    env, rng, q = parts(env_id)
    v, traces, act = np.zeros(len(q)), np.zeros(len(q)), uniform(q.shape[1], rng)

    def learn() -> int:
        n = 0
        traces[:] = 0
        for s, _, r, s_next, terminated in steps(env, act):
            delta = r + GAMMA * (not terminated) * v[s_next] - v[s]
            traces[s] += 1
            v[:] += ALPHA * delta * traces
            traces[:] *= GAMMA * DECAY
            n += 1
        return n

    return Reference(learn, v)
