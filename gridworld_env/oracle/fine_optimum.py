"""The best values of a continuous grid world, by value iteration on an interpolated fine grid.

1  lay nodes over the cells, R intervals a side (`fine_nodes`), R growing from level to level: 1, 2, 4, ...
2  v <- the values of the level before, interpolated; 0 at the first
3  in every node try every action: q = sum_k w_k [r_k + gamma v(s'_k)], the environment's own step under noise k
4  keep the best action of each node, stop if max |max q - v| is small enough
5  v <- the values of the kept actions, nearly: sweeps of v <- r + gamma v(s'), in place; go to 3
6  the last two levels tell the error: the greatest change of a value as R and the number of actions double

Sources: Chow and Tsitsiklis 1991 for the multigrid; Gordon 1995 for interpolation that averages, under which the
iteration converges; Puterman 1994, section 6.5, for the sweeps between improvements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_env.common.checks import whole_number
from gridworld_env.common.parallel import run_blocks
from gridworld_env.common.public import export
from gridworld_env.oracle.arguments import positive, unit_interval
from gridworld_env.oracle.fine_nodes import actions_of, mesh_of, noises_of, states_of
from gridworld_env.oracle.fine_solution import FineGrid, sampled

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, FloatArray

SWEEPS = 100
MAX_ITERATIONS = 2_000
CHUNK = 8_192
"""Transitions worked on at a time: what they take fits in a processor's cache."""

POINTS = 5
"""Points an axis that stand for the noise; 3 on the coarser levels."""


@export("gridworld_env.oracle.fine_grid")
def fine_grid(
    env: Any,
    gamma: float,
    resolution: int | None = None,
    *,
    directions: int | None = None,
    tolerance: float = 1e-7,
) -> FineGrid:
    """Return the best values of a continuous grid world, how far off they may be, and the policy greedy in them.

    Args:
        env: A `ContinuousGridWorld-v0`; wrappers are looked through.
        gamma: Discount, in [0, 1]. At 1 every step must cost, and a cell that no target can be reached from has value
            -inf.
        resolution: Intervals a side of a cell, even; None for 16, or 4 where actions are accelerations and the grid has
            four dimensions, of which the velocities have 2 * resolution + 1 nodes each.
        directions: Actions tried at full strength, a multiple of 32, beside weaker ones; None for 64, or 32 where they
            are accelerations.
        tolerance: How large max |T v - v| may be, relative to the largest reward of a step.

    Raises:
        TypeError: If the environment is no continuous grid world.
        ValueError: If an argument is out of range; at gamma 1, if a step may cost nothing.
        RuntimeError: If the tolerance is not reached.
    """
    world = _world_of(env)
    four = world.rules.accelerates
    gamma, tolerance = unit_interval("gamma", gamma), positive("tolerance", tolerance)
    resolution = _even("resolution", (4 if four else 16) if resolution is None else resolution, 2)
    directions = _even("directions", (32 if four else 64) if directions is None else directions, 32)
    meshed = _meshed(world, gamma)
    mesh_of(meshed, resolution, world.rules.max_speed if four else None)  # refuses too large a grid at once
    levels = [resolution]
    while levels[0] % 2 == 0:
        levels.insert(0, levels[0] // 2)
    coarse: FineGrid | None = None
    solution: FineGrid | None = None
    for R in levels:
        coarse, finest = solution, resolution == R
        tried = actions_of(directions if finest else directions // 2)
        solution = _solved(world, gamma, meshed, R, tried, POINTS if finest else 3, tolerance, coarse)
    assert solution is not None and coarse is not None  # noqa: S101, PT018 - an even resolution has two levels
    return solution.compared_with(coarse)


def _solved(
    world: Any,
    gamma: float,
    meshed: BoolArray,
    R: int,
    tried: FloatArray,
    points: int,
    tolerance: float,
    before: FineGrid | None,
) -> FineGrid:
    """Solve one level: steps 1 to 5."""
    from gridworld_env.oracle import fine_grid_kernels as kernels

    mesh = mesh_of(meshed, R, world.rules.max_speed if world.rules.accelerates else None)
    states = states_of(mesh)  # 1
    N = len(states)
    v = np.zeros(N) if before is None else sampled(before.mesh, before.v, states)  # 2
    noises, weights = noises_of(points) if world.rules.noise > 0 else (np.zeros((1, 2)), np.ones(1))
    shape = (len(tried), len(noises))
    best, value = np.zeros(N, np.int64), np.empty(N)
    kept, paid, over = np.empty((N, shape[1], 4)), np.empty(N), np.empty((N, shape[1]), np.bool_)

    def improve(low: int, high: int) -> None:
        """Steps 3 and 4 in nodes [low, high)."""
        chunk = max(1, CHUNK // (shape[0] * shape[1]))
        made = np.empty((chunk, *shape, 4)), np.empty((chunk, *shape)), np.empty((chunk, *shape), np.bool_)
        for first in range(low, high, chunk):
            last = min(first + chunk, high)
            s_next, r, ends = (array[: last - first] for array in made)
            world.outcomes(first, last, states, tried, noises, s_next, r, ends)
            kernels.choose(first, mesh, gamma, v, weights, s_next, r, ends, best, value)
            kernels.keep(first, best, s_next, r, ends, weights, kept, paid, over)

    close = tolerance * world.largest_reward
    for iteration in range(1, MAX_ITERATIONS + 1):
        run_blocks(improve, N, grain=max(1, 2 * CHUNK // (shape[0] * shape[1])))
        residual = float(np.abs(value - v).max())
        v[:] = value
        if residual <= close:
            return FineGrid(world, gamma, R, mesh, v, residual, iteration, tried, noises, weights)
        for _ in range(SWEEPS):  # 5
            if kernels.sweep(mesh, gamma, v, weights, kept, paid, over) <= 0.1 * close:
                break
    raise RuntimeError(
        f"max |T v - v| is {residual:g} after {MAX_ITERATIONS} improvements, not {close:g}: raise tolerance"
    )


def _world_of(env: Any) -> Any:
    """Return the world of an environment."""
    world = getattr(getattr(env, "unwrapped", env), "world", None)
    if not hasattr(world, "outcomes"):
        raise TypeError(
            f"env must be a continuous grid world such as ContinuousGridWorld-v0, got {type(env).__name__}; "
            "for a tabular one ask oracle.optimal(TabularMDP.from_env(env), gamma)"
        )
    return world


def _meshed(world: Any, gamma: float) -> BoolArray:
    """Return the cells that get nodes: (H, W) bool. At gamma 1, those from which a target can be reached."""
    from scipy import ndimage

    layout, rules = world.layout, world.rules
    open_cells: BoolArray = ~(layout.walls | layout.targets).reshape(layout.shape)
    if gamma < 1:
        return open_cells
    dearest = max(rules.reward_step, rules.reward_forbidden) + max(0.0, rules.reward_boundary)
    if dearest >= 0:
        raise ValueError(
            "at gamma 1 every step must cost, or one could stay for ever: reward_step and reward_forbidden, with "
            f"reward_boundary added, must be < 0, got up to {dearest:g}; lower them or gamma"
        )
    targets = layout.targets.reshape(layout.shape)
    rooms, count = ndimage.label(open_cells | targets)
    ending = np.zeros(count + 1, np.bool_)
    ending[rooms[targets]] = True
    reaching: BoolArray = open_cells & ending[rooms]
    return reaching


def _even(name: str, value: Any, multiple: int) -> int:
    number = whole_number(name, value, multiple)
    if number % multiple:
        raise ValueError(f"{name} must be a multiple of {multiple}, got {number}")
    return number
