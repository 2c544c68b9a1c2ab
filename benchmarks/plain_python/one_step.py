"""Methods that learn from one step, or from the last few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from plain_python.episodes import (
    ALPHA,
    EPSILON,
    GAMMA,
    Reference,
    epsilon_greedy,
    parts,
    steps,
    steps_and_next_actions,
    uniform,
)

N = 4
"""Steps of n-step Sarsa."""
PLANNING = 5
"""Planning steps of Dyna-Q."""

if TYPE_CHECKING:
    Model = dict[tuple[int, int], tuple[float, int, bool]]


def q_learning(env_id: str) -> Reference:
    """Q-learning."""
    env, rng, q = parts(env_id)
    act = epsilon_greedy(q, rng)

    def learn() -> int:
        n = 0
        for s, a, r, s_next, terminated in steps(env, act):
            q[s, a] += ALPHA * (r + GAMMA * (not terminated) * np.max(q[s_next]) - q[s, a])
            n += 1
        return n

    return Reference(learn, q)


def sarsa(env_id: str) -> Reference:
    """Sarsa."""
    env, rng, q = parts(env_id)
    act = epsilon_greedy(q, rng)

    def learn() -> int:
        n = 0
        for s, a, r, s_next, a_next, terminated, _ in steps_and_next_actions(env, act):
            q[s, a] += ALPHA * (r + GAMMA * (not terminated) * q[s_next, a_next] - q[s, a])
            n += 1
        return n

    return Reference(learn, q)


def expected_sarsa(env_id: str) -> Reference:
    """Expected Sarsa."""
    env, rng, q = parts(env_id)
    act = epsilon_greedy(q, rng)

    def learn() -> int:
        n = 0
        for s, a, r, s_next, terminated in steps(env, act):
            v = (1 - EPSILON) * np.max(q[s_next]) + EPSILON * np.mean(q[s_next])
            q[s, a] += ALPHA * (r + GAMMA * (not terminated) * v - q[s, a])
            n += 1
        return n

    return Reference(learn, q)


def double_q_learning(env_id: str) -> Reference:
    """Double Q-learning; the table that it acts on is the sum of both, kept up to date pair by pair."""
    env, rng, q = parts(env_id)
    q1, q2 = np.zeros_like(q), np.zeros_like(q)
    act = epsilon_greedy(q, rng)

    def learn() -> int:
        n = 0
        for s, a, r, s_next, terminated in steps(env, act):
            one, other = (q1, q2) if rng.random() < 0.5 else (q2, q1)
            v = other[s_next, np.argmax(one[s_next])]
            one[s, a] += ALPHA * (r + GAMMA * (not terminated) * v - one[s, a])
            q[s, a] = one[s, a] + other[s, a]
            n += 1
        return n

    return Reference(learn, q)


def td0(env_id: str) -> Reference:
    """TD(0) of the uniform policy."""
    env, rng, q = parts(env_id)
    v, act = np.zeros(len(q)), uniform(q.shape[1], rng)

    def learn() -> int:
        n = 0
        for s, _, r, s_next, terminated in steps(env, act):
            v[s] += ALPHA * (r + GAMMA * (not terminated) * v[s_next] - v[s])
            n += 1
        return n

    return Reference(learn, v)


def n_step_sarsa(env_id: str) -> Reference:
    """n-step Sarsa."""
    env, rng, q = parts(env_id)
    act = epsilon_greedy(q, rng)

    def learn() -> int:
        n, last = 0, []
        for s, a, r, s_next, a_next, terminated, over in steps_and_next_actions(env, act):
            last.append((s, a, r))
            n += 1
            while len(last) == N or (over and last):
                g = 0.0 if terminated else q[s_next, a_next]
                for _, _, reward in reversed(last):
                    g = reward + GAMMA * g
                x, b, _ = last.pop(0)
                q[x, b] += ALPHA * (g - q[x, b])
        return n

    return Reference(learn, q)


def dyna_q(env_id: str) -> Reference:
    """Dyna-Q with the last outcome of every pair for its model."""
    env, rng, q = parts(env_id)
    act = epsilon_greedy(q, rng)
    model: Model = {}
    known: list[tuple[int, int]] = []

    def update(s: int, a: int, r: float, s_next: int, terminated: bool) -> None:
        q[s, a] += ALPHA * (r + GAMMA * (not terminated) * np.max(q[s_next]) - q[s, a])

    def learn() -> int:
        n = 0
        for s, a, r, s_next, terminated in steps(env, act):
            update(s, a, r, s_next, terminated)
            if (s, a) not in model:
                known.append((s, a))
            model[s, a] = r, s_next, terminated
            for i in rng.integers(len(known), size=PLANNING).tolist():
                update(*known[i], *model[known[i]])
            n += 1
        return n

    return Reference(learn, q)
