"""`GridWorld/Random-v0`: a new map in every episode, from a bank of random ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridworld_env.common.checks import whole_number
from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import World, grid_bank
from gridworld_env.layouts import Layout


def random_world(
    *,
    height: int = 8,
    width: int = 8,
    num_layouts: int = 100,
    layout_seed: int = 0,
    wall_density: float = 0.2,
    forbidden_density: float = 0.1,
    **rules: Any,
) -> World:
    """Make the world of :class:`RandomMapsEnv`."""
    rng = np.random.default_rng(whole_number("layout_seed", layout_seed, 0))
    layouts = [
        Layout.room(height, width, rng, wall_density=wall_density, forbidden_density=forbidden_density)
        for _ in range(whole_number("num_layouts", num_layouts, 1))
    ]
    return grid_bank(layouts, **rules)


class RandomMapsEnv(TabularEnv, world=random_world):
    """Every episode is on another map, so that only what generalises helps.

    ## Description
    A bank of open rooms with walls and forbidden cells strewn over them, a start and a target; the target can always be
    reached. Each reset draws one of them. The exact model covers all maps at once.

    ## Action Space
    As in `GridWorld-v0`: `Discrete(5)` by default.

    ## Observation Space
    `Discrete(num_layouts * H * W)` by default: the map and the cell, ``map * H * W + row * W + column``. With
    `observation="grid"` or `"local"` the agent sees the map instead of its number; with `"position"` it sees neither.

    ## Starting State
    The start of a map drawn uniformly. `reset(options={"start": (map, row, column)})` or `{"start": state}` chooses.

    ## Rewards
    As in `GridWorld-v0`: 1 at the target, -1 on forbidden cells, -1 for bumps, 0 otherwise.

    ## Episode End
    Termination at the target. Truncation after 200 steps in `gym.make`.

    ## Arguments

    | argument            | default | meaning                              |
    |---------------------|---------|--------------------------------------|
    | `height`, `width`   | 8, 8    | size of every map                    |
    | `num_layouts`       | 100     | maps in the bank                     |
    | `layout_seed`       | 0       | the bank is the same for the same seed |
    | `wall_density`      | 0.2     | share of the cells that are walls    |
    | `forbidden_density` | 0.1     | share of the cells that are forbidden |

    Then those of `GridWorld-v0` but `layout`.

    ## Version History
    * v0: first version
    """


class RandomMapsVectorEnv(TabularVectorEnv, world=random_world):
    """N copies of :class:`RandomMapsEnv`, each on its own map, in one compiled step."""
