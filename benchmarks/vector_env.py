"""Many environments at once: our vector environment beside envpool's, gymnax's and navix's, and a copy's memory."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import harness
from report import Comparison, Fact, Goal
from sides import our_worker, peer_worker
from single_env import LAKE

if TYPE_CHECKING:
    import argparse

SIZES = (1024, 8192, 65536, 1_000_000)
QUICK_SIZES = (1024,)
EMPTY = ("S.....", *["......"] * 4, ".....T")
"""MiniGrid's Empty-8x8 without the ring of walls around it."""
TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "GridWorld-v0": ("GridWorld-v0", {}),
    "GridWorld-v0 as the slippery lake": ("GridWorld-v0", LAKE),
    "GridWorld/FourRooms-v0": ("GridWorld/FourRooms-v0", {}),
    "GridWorld-v0 as an empty 8x8 room": ("GridWorld-v0", {"layout": EMPTY, "actions": "cardinal"}),
}
"""Title: id and arguments."""
LAKE_PEER = ("envpool FrozenLake-v1", "envpool", "envpool_frozen_lake.py", (1024,), Goal(least=100))
ROOMS_PEER = ("gymnax FourRooms-misc", "gymnax", "gymnax_four_rooms.py", (1024, 8192), Goal(least=20))
EMPTY_PEER = ("navix Empty-8x8", "navix", "navix_empty.py", (1024, 8192), None)
PEERS = {
    "GridWorld-v0": LAKE_PEER,
    "GridWorld-v0 as the slippery lake": LAKE_PEER,
    "GridWorld/FourRooms-v0": ROOMS_PEER,
    "GridWorld-v0 as an empty 8x8 room": EMPTY_PEER,
}
"""Title: name, environment, script, the sizes at which it is measured, and the goal there."""


def measure(title: str, num_envs: int, options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure one task at one size: its speed and, from the same process, its memory."""
    id_, arguments = TASKS[title]
    ours = functools.partial(our_worker, "vector_env.py", id=id_, num_envs=num_envs, arguments=arguments)
    name, environment, script, sizes, goal = PEERS[title]
    peer = None
    if num_envs in sizes:
        peer = (name, functools.partial(peer_worker, environment, script, num_envs=num_envs))
    place = f"{title}, N = {num_envs}"
    row = harness.compare(f"make_vec: {place}", ours, peer, options, goal=goal if peer else None)
    if row.failed:
        return [row]
    memory = Fact(
        f"memory: {place}",
        row.ours.facts["resident"],
        f"{row.ours.facts['resident']:.0f} bytes a copy, {row.ours.facts['outputs']:.0f} of them one step's outputs",
    )
    return [row, memory]


def run(options: argparse.Namespace) -> list[Comparison | Fact]:
    """Measure every task at every size."""
    sizes = QUICK_SIZES if options.quick else SIZES
    return [row for title in TASKS for num_envs in sizes for row in measure(title, num_envs, options)]


if __name__ == "__main__":
    sys.exit(harness.main(harness.parser(__doc__).parse_args(), run))
