"""Pictures of 256 x 256 pixels: ours beside FrozenLake's, and ours with overlays beside ours without."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import harness
from report import Comparison, Fact, Goal
from sides import Local

from gridworld_env import oracle

if TYPE_CHECKING:
    import argparse

LAYOUT = ("S...", ".F.F", "...F", "F..T")
WALK = (1, 1, 2, 2, 3, 3, 0, 0) * 2
FRAMES = 50


def frames(id_: str, *, overlays: bool = False, **arguments: Any) -> Local:
    """Return a side that renders, the agent having walked for so long that its trail is full."""
    env = gym.make(id_, render_mode="rgb_array", **arguments)
    env.reset(seed=0)
    if id_.startswith("GridWorld"):
        for action in WALK:
            env.step(action)
    if overlays:
        best = oracle.optimal(env.unwrapped.mdp, gamma=0.9)
        env.unwrapped.overlay(values=best.v, policy=best.policy)

    def block() -> int:
        for _ in range(FRAMES):
            env.render()
        return FRAMES

    return Local(block)


def run(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure both pairs."""
    arguments = {"layout": LAYOUT, "render_size": 256, "continuing": True}
    plain = functools.partial(frames, "GridWorld-v0", **arguments)
    shown = functools.partial(frames, "GridWorld-v0", overlays=True, **arguments)
    lake = ("FrozenLake-v1", functools.partial(frames, "FrozenLake-v1"))
    return [
        harness.compare("rgb_array: GridWorld-v0", plain, lake, options, unit="frames/s", goal=Goal(least=10)),
        harness.compare(
            "rgb_array: values and policy shown",
            shown,
            ("without", plain),
            options,
            unit="frames/s",
            goal=Goal(least=0.5),
        ),
    ]


if __name__ == "__main__":
    sys.exit(harness.main(harness.parser(__doc__).parse_args(), run))
