"""Algorithms as tutorials write them: a NumPy table and `env.step`, one Python statement after another.

What the compiled agents are measured against. Each function returns a side of a comparison: called, it learns for some
steps and says for how many.
"""

from __future__ import annotations

import gymnasium as gym
import numpy as np
from sides import Local

import gridworld_env  # noqa: F401 - registers the environments

ALPHA, GAMMA, EPSILON, DECAY = 0.1, 0.99, 0.1, 0.9
BLOCK = 2_000


def _parts(env_id: str) -> tuple[gym.Env, np.random.Generator, np.ndarray]:
    env = gym.make(env_id)
    return env, np.random.default_rng(0), np.zeros((env.observation_space.n, env.action_space.n))


def _choose(q: np.ndarray, s: int, rng: np.random.Generator) -> int:
    return int(rng.integers(q.shape[1])) if rng.random() < EPSILON else int(np.argmax(q[s]))


def q_learning(env_id: str) -> Local:
    """Q-learning."""
    env, rng, q = _parts(env_id)
    s, _ = env.reset(seed=0)

    def block() -> int:
        nonlocal s
        for _ in range(BLOCK):
            a = _choose(q, s, rng)
            s_next, r, terminated, truncated, _ = env.step(a)
            q[s, a] += ALPHA * (r + GAMMA * (not terminated) * np.max(q[s_next]) - q[s, a])
            s = env.reset()[0] if terminated or truncated else s_next
        return BLOCK

    return Local(block)


def monte_carlo(env_id: str) -> Local:
    """Every-visit Monte Carlo control with the mean of the returns."""
    env, rng, q = _parts(env_id)
    counts = np.zeros_like(q)
    env.reset(seed=0)

    def block() -> int:
        steps = 0
        while steps < BLOCK:
            episode, over = [], False
            s, _ = env.reset()
            while not over:
                a = _choose(q, s, rng)
                s_next, r, terminated, truncated, _ = env.step(a)
                episode.append((s, a, r))
                s, over = s_next, terminated or truncated
            g = 0.0 if terminated else float(np.max(q[s]))
            for s, a, r in reversed(episode):
                g = GAMMA * g + r
                counts[s, a] += 1
                q[s, a] += (g - q[s, a]) / counts[s, a]
            steps += len(episode)
        return steps

    return Local(block)


def sarsa_lambda(env_id: str) -> Local:
    """Sarsa(lambda) with accumulating traces, every trace decayed and used at each step by one NumPy operation."""
    env, rng, q = _parts(env_id)
    traces = np.zeros_like(q)
    s, _ = env.reset(seed=0)
    a = _choose(q, s, rng)

    def block() -> int:
        nonlocal s, a
        for _ in range(BLOCK):
            s_next, r, terminated, truncated, _ = env.step(a)
            a_next = _choose(q, s_next, rng)
            delta = r + GAMMA * (not terminated) * q[s_next, a_next] - q[s, a]
            traces[s, a] += 1
            q[:] += ALPHA * delta * traces
            traces[:] *= GAMMA * DECAY
            s, a = s_next, a_next
            if terminated or truncated:
                traces[:] = 0
                s, _ = env.reset()
                a = _choose(q, s, rng)
        return BLOCK

    return Local(block)
