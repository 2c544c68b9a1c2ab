"""`GridWorld/Maze-v0`: a maze of any size, the same for the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridworld_env.common.checks import whole_number
from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import World, grid_world
from gridworld_env.layouts import Layout


def maze_world(
    *,
    size: int | tuple[int, int] = 15,
    maze_seed: int = 0,
    actions: str = "cardinal",
    reward_target: float = -1.0,
    reward_step: float = -1.0,
    reward_boundary: float = -1.0,
    **rules: Any,
) -> World:
    """Make the world of :class:`MazeEnv`."""
    if isinstance(size, (tuple, list)) and len(size) == 2:
        height, width = size
    else:
        height = width = whole_number("size", size, None)
    rng = np.random.default_rng(whole_number("maze_seed", maze_seed, 0))
    layout = Layout.maze(height, width, rng)
    return grid_world(
        layout,
        actions=actions,
        reward_target=reward_target,
        reward_step=reward_step,
        reward_boundary=reward_boundary,
        **rules,
    )


class MazeEnv(TabularEnv, world=maze_world):
    """A maze with one way from any place to any other.

    ## Description
    Corridors carved by depth-first search: `size` rows and columns, walls included, drawn from `maze_seed`. The target
    is the place farthest from the start.

    ## Action Space
    `Discrete(4)`: 0 up, 1 right, 2 down, 3 left.

    ## Observation Space
    `Discrete(H * W)`: the cell, row by row, walls counted. Other kinds as in `GridWorld-v0`.

    ## Starting State
    The upper left corridor cell.

    ## Rewards
    -1 for every step: the return is minus the number of steps taken.

    ## Episode End
    Termination at the target. Truncation after 1000 steps in `gym.make`.

    ## Arguments
    `size`: an odd number, or (rows, columns), both odd; default 15. `maze_seed`: an integer >= 0, default 0. Then those
    of `GridWorld-v0` but `layout`.

    ## Version History
    * v0: first version
    """


class MazeVectorEnv(TabularVectorEnv, world=maze_world):
    """N copies of :class:`MazeEnv`, in one compiled step, all in the same maze."""
