"""`GridWorld/DynaMaze-v0`: the maze of Sutton and Barto's chapter on planning."""

from __future__ import annotations

from typing import Any

from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import World, grid_world


def dyna_maze_world(
    *,
    actions: str = "cardinal",
    reward_boundary: float = 0.0,
    **rules: Any,
) -> World:
    """Make the world of :class:`DynaMazeEnv`."""
    return grid_world("dyna-maze", actions=actions, reward_boundary=reward_boundary, **rules)


class DynaMazeEnv(TabularEnv, world=dyna_maze_world):
    """A small maze in which planning pays off within a few episodes.

    ## Description
    Sutton and Barto, *Reinforcement Learning*, second edition, Example 8.1: 6x9 cells, seven of them walls. The
    shortest way has 14 steps.

    ## Action Space
    `Discrete(4)`: 0 up, 1 right, 2 down, 3 left.

    ## Observation Space
    `Discrete(54)`: the cell, row by row. Other kinds as in `GridWorld-v0`.

    ## Starting State
    Row 2, column 0 (from 0).

    ## Rewards
    1 on reaching the target in the upper right corner, 0 otherwise. The example discounts with gamma 0.95.

    ## Episode End
    Termination at the target. Truncation after 2000 steps in `gym.make`.

    ## Arguments
    Those of `GridWorld-v0` but `layout`. The maps of Examples 8.2 and 8.3 are the layouts `"blocking-maze"` and
    `"shortcut-maze"` of `GridWorld-v0`.

    ## Version History
    * v0: first version
    """


class DynaMazeVectorEnv(TabularVectorEnv, world=dyna_maze_world):
    """N copies of :class:`DynaMazeEnv`, in one compiled step."""
