"""`GridWorld/Book-v0`: the world of Zhao 2025 as his chapters 2 to 8 have it, which never ends."""

from __future__ import annotations

from typing import Any

from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import World, grid_world


def book_world(*, continuing: bool = True, **rules: Any) -> World:
    """Make the world of :class:`BookEnv`."""
    return grid_world("book", continuing=continuing, **rules)


class BookEnv(TabularEnv, world=book_world):
    """The world of Zhao's book, continuing: the target pays on every stay, and nothing ends.

    ## Description
    The 5x5 map of Shiyu Zhao, *Mathematical Foundations of Reinforcement Learning* (2025), with the rewards of its
    Figure 3.4:

        .....
        .FF..
        ..F..
        .FTF.
        .F...

    It is `GridWorld-v0` with `continuing=True`. There an episode ends at the target, which pays once; here the agent
    stays and is paid at every step, so that at gamma = 0.9 the target is worth 1 / (1 - 0.9) = 10.
    `gridworld solve GridWorld/Book-v0 --gamma 0.9` prints the values of Figure 3.4a, and with
    `--env-arg reward_forbidden=-10` those of Figure 3.4d.

    ## Action Space
    `Discrete(5)`: 0 up, 1 right, 2 down, 3 left, 4 stay; a1 to a5 in the book.

    ## Observation Space
    `Discrete(25)`: the cell, row by row from the top left, from 0; s1 to s25 in the book. Other kinds as in
    `GridWorld-v0`.

    ## Starting State
    A free cell `.`, drawn uniformly.

    ## Rewards

    | what happens                            | in the book   | argument           | default |
    |-----------------------------------------|---------------|--------------------|---------|
    | entering or staying on the target       | `r_target`    | `reward_target`    | 1       |
    | entering or staying on a forbidden cell | `r_forbidden` | `reward_forbidden` | -1      |
    | a bump into the edge                    | `r_boundary`  | `reward_boundary`  | -1      |
    | any other move                          | `r_other`     | `reward_step`      | 0       |

    ## Episode End
    No termination: values are those of a task that goes on for ever, and need gamma < 1. Truncation after 100 steps in
    `gym.make`, through which agents bootstrap.

    ## Arguments
    Those of `GridWorld-v0` but `layout`; `continuing=False` makes the target end the episode, as in `GridWorld-v0`.

    ## Version History
    * v0: first version
    """


class BookVectorEnv(TabularVectorEnv, world=book_world):
    """N copies of :class:`BookEnv`, in one compiled step."""
