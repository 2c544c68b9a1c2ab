"""`GridWorld/Windy-v0`: the windy grid world of Sutton and Barto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import World, grid_world

if TYPE_CHECKING:
    from collections.abc import Sequence

WIND = (0, 0, 0, 1, 1, 1, 2, 2, 1, 0)


def windy_world(
    *,
    actions: str = "cardinal",
    wind: Sequence[int] | None = WIND,
    reward_target: float = -1.0,
    reward_step: float = -1.0,
    reward_boundary: float = -1.0,
    **rules: Any,
) -> World:
    """Make the world of :class:`WindyEnv`."""
    return grid_world(
        "windy",
        actions=actions,
        wind=wind,
        reward_target=reward_target,
        reward_step=reward_step,
        reward_boundary=reward_boundary,
        **rules,
    )


class WindyEnv(TabularEnv, world=windy_world):
    """A crosswind lifts the agent on its way to the target.

    ## Description
    Sutton and Barto, *Reinforcement Learning*, second edition, Example 6.5. On a 7x10 map each step is followed by a
    push upwards, as strong as the wind in the column that the agent left: 0 0 0 1 1 1 2 2 1 0.

    ## Action Space
    `Discrete(4)`: 0 up, 1 right, 2 down, 3 left. With `actions="king"` the diagonals too, with `"king+stay"` also a
    ninth action that moves by the wind alone (Exercise 6.9).

    ## Observation Space
    `Discrete(70)`: the cell, row by row. Other kinds as in `GridWorld-v0`.

    ## Starting State
    Row 3, column 0 (from 0).

    ## Rewards
    -1 for every step until the target, at row 3, column 7, is reached. The best return is -15, with king's moves -7.

    ## Episode End
    Termination at the target. Truncation after 1000 steps in `gym.make`.

    ## Arguments
    Those of `GridWorld-v0` but `layout`; `stochastic_wind=True` lets each wind vary by one (Exercise 6.10).

    ## Version History
    * v0: first version
    """


class WindyVectorEnv(TabularVectorEnv, world=windy_world):
    """N copies of :class:`WindyEnv`, in one compiled step."""
