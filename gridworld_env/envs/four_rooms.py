"""`GridWorld/FourRooms-v0`: the four rooms of Sutton, Precup and Singh."""

from __future__ import annotations

from typing import Any

from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import World, grid_world


def four_rooms_world(
    *,
    actions: str = "cardinal",
    slip: float = 4 / 9,
    reward_boundary: float = 0.0,
    **rules: Any,
) -> World:
    """Make the world of :class:`FourRoomsEnv`."""
    return grid_world("four-rooms", actions=actions, slip=slip, reward_boundary=reward_boundary, **rules)


class FourRoomsEnv(TabularEnv, world=four_rooms_world):
    """Four rooms joined by four hallways, and a floor on which every third step goes astray.

    ## Description
    The map of R. S. Sutton, D. Precup and S. Singh, *Between MDPs and semi-MDPs*, Artificial Intelligence 112 (1999).
    An action succeeds with probability 2/3; otherwise the agent moves in one of the other three directions, each with
    probability 1/9. That is a slip to a uniform action with probability 4/9.

    ## Action Space
    `Discrete(4)`: 0 up, 1 right, 2 down, 3 left.

    ## Observation Space
    `Discrete(169)`: the cell on the 13x13 map, walls counted. Other kinds as in `GridWorld-v0`.

    ## Starting State
    Row 4, column 1 (from 0), in the upper left room.

    ## Rewards
    1 on reaching the target at row 8, column 9, in the lower right room; 0 otherwise.

    ## Episode End
    Termination at the target. Truncation after 500 steps in `gym.make`.

    ## Arguments
    Those of `GridWorld-v0` but `layout`; `actions`, `slip` and `reward_boundary` have the defaults given here.

    ## Version History
    * v0: first version
    """


class FourRoomsVectorEnv(TabularVectorEnv, world=four_rooms_world):
    """N copies of :class:`FourRoomsEnv`, in one compiled step."""
