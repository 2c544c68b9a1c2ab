"""The dynamics of a continuous grid world, compiled. The one place where they are written down.

1  the action sets the velocity, v <- max_speed a; or changes it, v <- (1 - drag dt) v + max_acceleration dt a, up to
   max_speed in each axis
2  the point is about to move by dt v + noise sqrt(dt) n, where n is standard normal in each axis
3  it slides along the walls and stops on a target (`sliding.slide`); a wall takes the velocity towards it
4  the step pays by how its time was spent: reward_step while free, reward_forbidden in forbidden zones, reward_boundary
   on top of either while held by a wall; and reward_target on reaching a target

A step that reaches a target takes, and pays, only the time until then: so the return without discount is a time, not a
number of steps, and the best one changes evenly from place to place.

What a step calls is compiled into it: calls of their own would copy the arrays of `Physics` and take three times as
long.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from gridworld_env.common.compiling import cached_njit
from gridworld_env.engine.continuous.sliding import END, FREE, SOLID, ZONE, slide

if TYPE_CHECKING:
    from gridworld_env.engine.continuous.point_rules import PointRules
    from gridworld_env.layouts import Layout


class Physics(NamedTuple):
    """A map and rules as the compiled functions read them."""

    cells: Any  # (H, W) uint8
    accelerates: bool
    speed: float  # greatest, cells a unit of time
    kept: float  # share of the velocity that drag leaves in a step
    push: float  # change of speed in a step at full action
    dt: float
    spread: float  # standard deviation of a step's noise, cells
    reward_target: float
    reward_forbidden: float
    reward_boundary: float
    reward_step: float
    starts: Any  # (n, 2) columns and rows of the cells in which episodes start


def physics_of(layout: Layout, rules: PointRules) -> Physics:
    """Return a map and rules as the compiled functions read them."""
    cells = np.full(layout.num_states, FREE, np.uint8)
    for mask, code in ((layout.walls, SOLID), (layout.forbidden, ZONE), (layout.targets, END)):
        cells[mask] = code
    rows, columns = np.divmod(np.flatnonzero(layout.starts), layout.width)
    return Physics(
        cells=cells.reshape(layout.shape),
        accelerates=rules.accelerates,
        speed=rules.max_speed,
        kept=1.0 - rules.drag * rules.dt,
        push=rules.max_acceleration * rules.dt,
        dt=rules.dt,
        spread=rules.noise * math.sqrt(rules.dt),
        reward_target=rules.reward_target,
        reward_forbidden=rules.reward_forbidden,
        reward_boundary=rules.reward_boundary,
        reward_step=rules.reward_step,
        starts=np.stack([columns, rows], axis=1).astype(np.float64),
    )


@njit(inline="always")  # type: ignore[untyped-decorator]
def _driven(physics: Physics, v: float, a: float) -> float:
    """Return the velocity in one axis under an action: step 1."""
    if not physics.accelerates:
        return physics.speed * a
    return min(max(physics.kept * v + physics.push * a, -physics.speed), physics.speed)


@cached_njit(forceinline=True)
def moved(
    physics: Physics, x: float, y: float, vx: float, vy: float, ax: float, ay: float, nx: float, ny: float
) -> tuple[float, float, float, float, float, bool]:
    """Make one step.

    Args:
        physics: Map and rules.
        x: Columns from the left edge.
        y: Rows from the upper edge.
        vx: Velocity to the right; only "acceleration" reads it.
        vy: Velocity downwards.
        ax: Action to the right, in [-1, 1].
        ay: Action downwards.
        nx: Standard normal noise.
        ny: Likewise.

    Returns:
        The new x, y, vx and vy, the reward, and whether a target was reached.
    """
    vx, vy = _driven(physics, vx, ax), _driven(physics, vy, ay)  # 1
    dx, dy = physics.dt * vx + physics.spread * nx, physics.dt * vy + physics.spread * ny  # 2
    x, y, made, zone, held, x_hit, y_hit, reached = slide(physics.cells, x, y, dx, dy, not physics.accelerates)  # 3
    vx, vy = 0.0 if x_hit else vx, 0.0 if y_hit else vy
    r = physics.reward_step * (made - zone) + physics.reward_forbidden * zone + physics.reward_boundary * held  # 4
    if reached:
        r += physics.reward_target
    return x, y, vx, vy, r, reached


@cached_njit
def start(physics: Physics, draws: Any, i: int, states: Any) -> None:
    """Write a start to states[i], (4,): at rest, uniformly in a starting cell; draws: (N, 3) in [0, 1)."""
    count = physics.starts.shape[0]
    cell = min(int(draws[i, 0] * count), count - 1)
    for d in range(2):
        first = physics.starts[cell, d]
        states[i, d] = min(first + draws[i, 1 + d], np.nextafter(first + 1.0, 0.0))  # the sum may be rounded up
        states[i, 2 + d] = 0.0


@cached_njit(forceinline=True)
def advance(physics: Physics, states: Any, actions: Any, draws: Any, i: int, arrived: Any) -> tuple[float, bool]:
    """Make the step of copy i and write the state after it to arrived[i], (4,).

    Without noise draws is (N, 0); with noise (N, 2) in [0, 1), which are made normal as by Box and Muller 1958.

    Returns:
        The reward, and whether a target was reached.
    """
    nx = ny = 0.0
    if physics.spread > 0.0:
        radius, angle = math.sqrt(-2.0 * math.log(1.0 - draws[i, 0])), 2.0 * math.pi * draws[i, 1]
        nx, ny = radius * math.cos(angle), radius * math.sin(angle)
    x, y, vx, vy, r, reached = moved(
        physics, states[i, 0], states[i, 1], states[i, 2], states[i, 3], actions[i, 0], actions[i, 1], nx, ny
    )
    arrived[i, 0], arrived[i, 1], arrived[i, 2], arrived[i, 3] = x, y, vx, vy
    return r, reached


@cached_njit
def outcomes(
    low: int, high: int, physics: Physics, states: Any, actions: Any, noises: Any, s_next: Any, r: Any, ends: Any
) -> None:
    """Make every step there is from states [low, high).

    Args:
        low: First state.
        high: The one after the last.
        physics: Map and rules.
        states: (N, 4) x, y, vx, vy.
        actions: (M, 2).
        noises: (K, 2) standard normal noise.
        s_next: (high - low, M, K, 4), written.
        r: (high - low, M, K), written.
        ends: (high - low, M, K) bool, written.
    """
    for n in range(low, high):
        for m in range(actions.shape[0]):
            for k in range(noises.shape[0]):
                x, y, vx, vy, reward, reached = moved(
                    physics,
                    states[n, 0],
                    states[n, 1],
                    states[n, 2],
                    states[n, 3],
                    actions[m, 0],
                    actions[m, 1],
                    noises[k, 0],
                    noises[k, 1],
                )
                i = n - low
                s_next[i, m, k, 0], s_next[i, m, k, 1] = x, y
                s_next[i, m, k, 2], s_next[i, m, k, 3] = vx, vy
                r[i, m, k], ends[i, m, k] = reward, reached


@cached_njit
def observe(low: int, high: int, scale: Any, shift: Any, states: Any, seen: Any) -> None:
    """Write what states [low, high) of (N, 4) look like to seen, (N, D) float32 in [-1, 1]."""
    for n in range(low, high):
        for d in range(seen.shape[1]):
            seen[n, d] = min(max(states[n, d] * scale[d] + shift[d], -1.0), 1.0)
