"""Methods that learn from whole episodes. An episode that was cut off goes on in the value of its last state."""

from __future__ import annotations

import numpy as np

from plain_python.episodes import EPSILON, GAMMA, Reference, epsilon_greedy, greedy, parts, steps, uniform

TARGET = 17
"""The state of Zhao's world in which no episode can begin: there it ends."""


def _towards_mean(q: np.ndarray, counts: np.ndarray, s: int, a: int, g: float) -> None:
    """Let q(s, a) be the mean of the returns, g among them."""
    counts[s, a] += 1
    q[s, a] += (g - q[s, a]) / counts[s, a]


def epsilon_greedy_control(env_id: str) -> Reference:
    """Every-visit Monte Carlo control with epsilon-greedy policies."""
    env, rng, q = parts(env_id)
    counts, act = np.zeros_like(q), epsilon_greedy(q, rng)

    def learn() -> int:
        episode = list(steps(env, act))
        *_, s_next, terminated = episode[-1]
        g = 0.0 if terminated else (1 - EPSILON) * np.max(q[s_next]) + EPSILON * np.mean(q[s_next])
        for s, a, r, _, _ in reversed(episode):
            g = GAMMA * g + r
            _towards_mean(q, counts, s, a, g)
        return len(episode)

    return Reference(learn, q)


def exploring_starts(env_id: str) -> Reference:
    """Every-visit Monte Carlo control with exploring starts."""
    env, rng, q = parts(env_id)
    counts, act = np.zeros_like(q), greedy(q)
    pairs = [(s, a) for s in range(len(q)) if s != TARGET for a in range(q.shape[1])]

    def learn() -> int:
        episode = list(steps(env, act, start=pairs[rng.integers(len(pairs))]))
        *_, s_next, terminated = episode[-1]
        g = 0.0 if terminated else np.max(q[s_next])
        for s, a, r, _, _ in reversed(episode):
            g = GAMMA * g + r
            _towards_mean(q, counts, s, a, g)
        return len(episode)

    return Reference(learn, q)


def off_policy(env_id: str) -> Reference:
    """Off-policy Monte Carlo control by weighted importance sampling (Sutton and Barto, section 5.7)."""
    env, rng, q = parts(env_id)
    weights, act = np.zeros_like(q), epsilon_greedy(q, rng)
    likely = 1 - EPSILON + EPSILON / q.shape[1]

    def learn() -> int:
        episode = list(steps(env, act))
        *_, s_next, terminated = episode[-1]
        g, w = 0.0 if terminated else np.max(q[s_next]), 1.0
        best = np.argmax(q, axis=1)  # what the behaviour preferred in this episode
        for s, a, r, _, _ in reversed(episode):
            g = GAMMA * g + r
            weights[s, a] += w
            q[s, a] += w / weights[s, a] * (g - q[s, a])
            if np.argmax(q[s]) != a or w > 1e200:
                break
            w /= likely if best[s] == a else EPSILON / q.shape[1]
        return len(episode)

    return Reference(learn, q)


def basic(env_id: str) -> Reference:
    """MC Basic (Zhao 2025, Algorithm 5.1): an episode from every pair, then the greedy policy of their returns."""
    env, _, q = parts(env_id)
    act, returns = greedy(q), np.zeros_like(q)

    def learn() -> int:
        n = 0
        for s, a in np.ndindex(q.shape):
            if s != TARGET:
                g, discount = 0.0, 1.0
                for _, _, r, _, _ in steps(env, act, start=(s, a)):
                    g += discount * r
                    discount *= GAMMA
                    n += 1
                returns[s, a] = g
        q[:] = returns
        return n

    return Reference(learn, q)


def prediction(env_id: str) -> Reference:
    """First-visit Monte Carlo prediction of the uniform policy."""
    env, rng, q = parts(env_id)
    v, counts, act = np.zeros(len(q)), np.zeros(len(q)), uniform(q.shape[1], rng)

    def learn() -> int:
        episode = list(steps(env, act))
        *_, s_next, terminated = episode[-1]
        first = {}
        for t, (s, *_) in enumerate(episode):
            first.setdefault(s, t)
        g = 0.0 if terminated else v[s_next]
        for t in reversed(range(len(episode))):
            s, _, r, _, _ = episode[t]
            g = GAMMA * g + r
            if first[s] == t:
                counts[s] += 1
                v[s] += (g - v[s]) / counts[s]
        return len(episode)

    return Reference(learn, v)
