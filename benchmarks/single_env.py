"""One environment, random actions: ours beside Gymnasium's and MiniGrid's, in one process."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import harness
import numpy as np
from report import Comparison, Fact, Goal
from sides import Local

import gridworld_env  # noqa: F401 - registers the ids

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

LAKE: dict[str, Any] = {
    "layout": ("S...", ".F.F", "...F", "F..T"),
    "actions": "cardinal",
    "forbidden_mode": "end",
    "reward_forbidden": 0.0,
    "reward_boundary": 0.0,
    "slip": 2 / 3,
    "slip_mode": "perpendicular",
}
"""Arguments that make GridWorld-v0 the slippery 4x4 lake: the same map, rewards, ends and chances."""
BLOCK = 2000
GOAL = Goal(least=10)


def random_steps(id_: str, **arguments: Any) -> Local:
    """Return a side that steps `gym.make(id_)` with actions drawn beforehand, and resets it when it must."""
    env = gym.make(id_, **arguments)
    actions = np.random.default_rng(0).integers(0, env.action_space.n, BLOCK).tolist()
    env.reset(seed=0)

    def block() -> int:
        step = env.step
        for a in actions:
            _, _, terminated, truncated, _ = step(a)
            if terminated or truncated:
                env.reset()
        return BLOCK

    return Local(block)


def minigrid() -> Local:
    """Return MiniGrid's side; it registers its ids when imported."""
    import minigrid  # noqa: F401 - may be absent

    return random_steps("MiniGrid-Empty-8x8-v0")


def run(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure every pair."""
    plain = functools.partial(random_steps, "GridWorld-v0")
    lake = functools.partial(random_steps, "GridWorld-v0", **LAKE)
    frozen = ("FrozenLake-v1", functools.partial(random_steps, "FrozenLake-v1"))
    cliff = ("CliffWalking-v1", functools.partial(random_steps, "CliffWalking-v1"))
    pairs: list[tuple[str, Callable[[], Local], Any, Goal | None]] = [
        ("GridWorld-v0", plain, frozen, GOAL),
        ("GridWorld-v0 as the slippery lake", lake, frozen, GOAL),
        ("GridWorld/Cliff-v0", functools.partial(random_steps, "GridWorld/Cliff-v0"), cliff, None),
        ("GridWorld-v0", plain, ("MiniGrid-Empty-8x8-v0", minigrid), None),
    ]
    return [harness.compare(f"gym.make: {title}", ours, peer, options, goal=goal) for title, ours, peer, goal in pairs]


if __name__ == "__main__":
    sys.exit(harness.main(harness.parser(__doc__).parse_args(), run))
