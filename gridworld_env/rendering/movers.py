"""The part of a picture that moves: the agent and its trail, drawn around the origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridworld_env.rendering.beliefs import REACH_BESIDE_NUMBER, arrows
from gridworld_env.rendering.colours import AGENT, INK, WHITE
from gridworld_env.rendering.shapes import Disc, Stroke

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gridworld_env.common.arrays import FloatArray
    from gridworld_env.rendering.scene import Scene
    from gridworld_env.rendering.shapes import Shape
    from gridworld_env.tabular.rules import Move

RADIUS = 0.27
TRAIL_OPACITY = (50, 200)
"""Of the oldest and the newest step of a trail, 255 being opaque."""

LEAST_WITH_FACE = 20
"""Pixels of a cell below which an agent is a plain disc."""

LEAST_RADIUS = 5.0
"""Pixels: on a board of tiny cells the agent is larger than its cell, so that it can be found."""


def radius_of(side: int) -> float:
    """Return an agent's radius, its rim included, in pixels."""
    return max(LEAST_RADIUS, RADIUS * side)


def steps_of(scene: Scene) -> Iterator[tuple[int, Move, int]]:
    """Return the steps of a trail: the cell that each began in, where it led, and its opacity of 255."""
    columns, trail = scene.layout.width, scene.trail
    reach = 1 if scene.wind is None else 2 + max(scene.wind)
    faintest, strongest = TRAIL_OPACITY
    steps = len(trail) - 1
    for i in range(steps):
        a, b = trail[i], trail[i + 1]
        down, right = b // columns - a // columns, b % columns - a % columns
        if -reach <= down <= reach and -reach <= right <= reach:  # else the agent was carried back to a start
            yield a, (down, right), faintest + (strongest - faintest) * (i + 1) // steps


def heading(scene: Scene) -> Move:
    """Return the direction of a trail's last step."""
    if len(scene.trail) < 2:
        return 0, 0
    columns, (a, b) = scene.layout.width, scene.trail[-2:]
    down, right = b // columns - a // columns, b % columns - a % columns
    return (down > 0) - (down < 0), (right > 0) - (right < 0)


def has_intention(scene: Scene, side: int, s: int) -> bool:
    """Return whether an agent in a cell is drawn with what its policy is about to do."""
    return scene.policy is not None and side >= LEAST_WITH_FACE and bool(scene.policy[s].max() > 0)


def agent_of(scene: Scene, side: int, s: int) -> Iterator[Shape]:
    """Draw the agent of a scene that stands in a cell, around the origin."""
    if has_intention(scene, side, s):
        return intention(side, scene.policy[s], scene.moves)  # type: ignore[index]
    return agent(side, heading(scene))


def agent(side: int, towards: Move) -> Iterator[Shape]:
    """Draw an agent that looks where it went last."""
    radius = radius_of(side)
    yield Disc((0, 0), radius, INK)
    yield Disc((0, 0), radius * 0.93, WHITE)
    yield Disc((0, 0), radius * 0.8, AGENT)
    if side >= LEAST_WITH_FACE:
        down, right = towards
        look = 0.22 * radius
        for eye in (-0.3, 0.3):
            centre = (eye * radius + right * look, -0.1 * radius + down * look)
            yield Disc(centre, radius * 0.21, WHITE)
            yield Disc((centre[0] + right * look * 0.35, centre[1] + down * look * 0.35), radius * 0.11, INK)


def intention(side: int, probabilities: FloatArray, moves: Sequence[Move | None]) -> Iterator[Shape]:
    """Draw an agent that shows what its policy is about to do."""
    radius = radius_of(side)
    yield Disc((0, 0), radius, INK)
    yield Disc((0, 0), radius * 0.93, WHITE)
    yield Disc((0, 0), radius * 0.8, AGENT)
    yield from arrows((0, 0), side, probabilities, moves, WHITE, INK, REACH_BESIDE_NUMBER)


def step(side: int, move: Move) -> Iterator[Shape]:
    """Draw one step of a trail, from the origin."""
    down, right = move
    yield Stroke(((0, 0), (right * side, down * side)), max(1.5, side * 0.075), AGENT)
