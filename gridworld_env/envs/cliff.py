"""`GridWorld/Cliff-v0`: the cliff of Sutton and Barto."""

from __future__ import annotations

from typing import Any

from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import World, grid_world


def cliff_world(
    *,
    actions: str = "cardinal",
    reward_target: float = -1.0,
    reward_step: float = -1.0,
    reward_boundary: float = -1.0,
    reward_forbidden: float = -100.0,
    forbidden_mode: str = "restart",
    **rules: Any,
) -> World:
    """Make the world of :class:`CliffEnv`."""
    return grid_world(
        "cliff",
        actions=actions,
        reward_target=reward_target,
        reward_step=reward_step,
        reward_boundary=reward_boundary,
        reward_forbidden=reward_forbidden,
        forbidden_mode=forbidden_mode,
        **rules,
    )


class CliffEnv(TabularEnv, world=cliff_world):
    """The shortest way leads along a cliff; a safe one keeps away from it.

    ## Description
    Sutton and Barto, *Reinforcement Learning*, second edition, Example 6.6. Between start and target, both on the
    bottom row of a 4x12 map, lie ten cells of cliff. Whoever steps into it is back at the start, and the episode
    goes on.

    ## Action Space
    `Discrete(4)`: 0 up, 1 right, 2 down, 3 left.

    ## Observation Space
    `Discrete(48)`: the cell, row by row. Other kinds as in `GridWorld-v0`.

    ## Starting State
    The bottom left corner.

    ## Rewards
    -100 for stepping into the cliff, -1 for every other step, the one onto the target included. The best return is -13.

    ## Episode End
    Termination at the target. Truncation after 500 steps in `gym.make`.

    ## Arguments
    Those of `GridWorld-v0` but `layout`; `forbidden_mode="end"` makes the fall end the episode.

    ## Version History
    * v0: first version
    """


class CliffVectorEnv(TabularVectorEnv, world=cliff_world):
    """N copies of :class:`CliffEnv`, in one compiled step."""
