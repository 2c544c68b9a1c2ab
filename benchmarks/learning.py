"""Q-learning: our compiled agent beside the usual loop in Python, a dictionary or an array and `env.step`."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import harness
import numpy as np
from report import Comparison, Fact, Goal
from sides import Local
from single_env import LAKE

import gridworld_agents as ga

if TYPE_CHECKING:
    import argparse

ALPHA, GAMMA, EPSILON = 0.1, 0.99, 0.1
BLOCK = 200_000
PYTHON_BLOCK = 2_000


def compiled(agent_id: str, env_id: str, **arguments: Any) -> Local:
    """Return our side."""
    agent = ga.make(agent_id, gym.make(env_id, **arguments), seed=0, alpha=ALPHA, gamma=GAMMA, epsilon=EPSILON)
    agent.learn(1000)

    def block() -> int:
        agent.learn(BLOCK, reset_num_timesteps=False)
        return BLOCK

    return Local(block)


def usual_loop(env_id: str) -> Local:
    """Return Q-learning as tutorials write it: a NumPy table, epsilon-greedy, one update a step."""
    env = gym.make(env_id)
    rng = np.random.default_rng(0)
    q = np.zeros((env.observation_space.n, env.action_space.n))
    s, _ = env.reset(seed=0)

    def block() -> int:
        nonlocal s
        for _ in range(PYTHON_BLOCK):
            a = int(rng.integers(q.shape[1])) if rng.random() < EPSILON else int(np.argmax(q[s]))
            s_next, r, terminated, truncated, _ = env.step(a)
            q[s, a] += ALPHA * (r + GAMMA * (not terminated) * np.max(q[s_next]) - q[s, a])
            s = env.reset()[0] if terminated or truncated else s_next
        return PYTHON_BLOCK

    return Local(block)


def run(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure every pair."""
    usual = ("the usual loop on FrozenLake-v1", functools.partial(usual_loop, "FrozenLake-v1"))
    goal = Goal(least=200)
    pairs: list[tuple[str, Any, Goal | None]] = [
        ("q-learning on GridWorld-v0", functools.partial(compiled, "q-learning", "GridWorld-v0"), goal),
        (
            "q-learning on the slippery lake as GridWorld-v0",
            functools.partial(compiled, "q-learning", "GridWorld-v0", **LAKE),
            None,
        ),
        ("sarsa on GridWorld-v0", functools.partial(compiled, "sarsa", "GridWorld-v0"), None),
    ]
    return [harness.compare(title, ours, usual, options, unit="updates/s", goal=g) for title, ours, g in pairs]


if __name__ == "__main__":
    sys.exit(harness.main(harness.parser(__doc__).parse_args(), run))
