"""Tabular agents: ours, compiled, beside the same algorithm in plain Python."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import harness
import plain_python
from plain_python import ALPHA, EPSILON, GAMMA
from report import Comparison, Fact, Goal
from sides import Local
from single_env import LAKE

import gridworld_agents as ga

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

BLOCK = 200_000


def compiled(agent_id: str, env_id: str, env_arguments: dict[str, Any], hyper_parameters: dict[str, Any]) -> Local:
    """Return our side."""
    env = gym.make(env_id, **env_arguments)
    agent = ga.make(agent_id, env, seed=0, gamma=GAMMA, epsilon=EPSILON, **hyper_parameters)
    agent.learn(1000)

    def block() -> int:
        agent.learn(BLOCK, reset_num_timesteps=False)
        return BLOCK

    return Local(block)


def pairs() -> list[tuple[str, tuple[Any, ...], tuple[str, Callable[[], Local]], Goal | None]]:
    """Return title, our side's arguments, the other side, and what is to be reached."""
    lake = ("Q-learning in Python on FrozenLake-v1", functools.partial(plain_python.q_learning, "FrozenLake-v1"))
    monte_carlo = ("Monte Carlo in Python on it", functools.partial(plain_python.monte_carlo, "GridWorld-v0"))
    traces = ("Sarsa(lambda) in Python on it", functools.partial(plain_python.sarsa_lambda, "GridWorld-v0"))
    one_step, mean, decay = {"alpha": ALPHA}, {"alpha": "visits"}, {"alpha": ALPHA, "trace_decay": plain_python.DECAY}
    book = ("GridWorld-v0", {})
    return [
        ("q-learning on GridWorld-v0", ("q-learning", *book, one_step), lake, Goal(least=200)),
        (
            "q-learning on the slippery lake as GridWorld-v0",
            ("q-learning", "GridWorld-v0", LAKE, one_step),
            lake,
            None,
        ),
        ("sarsa on GridWorld-v0", ("sarsa", *book, one_step), lake, Goal(least=200)),
        ("mc-epsilon-greedy on GridWorld-v0", ("mc-epsilon-greedy", *book, mean), monte_carlo, Goal(least=50)),
        ("sarsa-lambda on GridWorld-v0", ("sarsa-lambda", *book, decay), traces, Goal(least=50)),
    ]


def run(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure every pair."""
    return [
        harness.compare(title, functools.partial(compiled, *ours), peer, options, unit="updates/s", goal=goal)
        for title, ours, peer, goal in pairs()
    ]


if __name__ == "__main__":
    sys.exit(harness.main(harness.parser(__doc__).parse_args(), run))
