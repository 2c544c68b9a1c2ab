"""`GridWorld-v0`: the grid world of Zhao 2025, and of any map."""

from __future__ import annotations

from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import grid_world


class GridWorldEnv(TabularEnv, world=grid_world):
    """An agent walks over a map to a target, past walls and forbidden cells.

    ## Description
    The default map is the 5x5 world that runs through Shiyu Zhao, *Mathematical Foundations of Reinforcement Learning*:

        .....
        .FF..
        ..F..
        .FTF.
        .F...

    Forbidden cells `F` can be entered, at a cost; a step off the edge, or into a wall `#`, leaves the agent where
    it is.

    ## Action Space
    `Discrete(5)` by default; `actions` chooses among

    | `actions`         | 0  | 1     | 2    | 3    | 4        | 5          | 6         | 7       | 8    |
    |-------------------|----|-------|------|------|----------|------------|-----------|---------|------|
    | `"cardinal+stay"` | up | right | down | left | stay     |            |           |         |      |
    | `"cardinal"`      | up | right | down | left |          |            |           |         |      |
    | `"king"`          | up | right | down | left | up-right | down-right | down-left | up-left |      |
    | `"king+stay"`     | up | right | down | left | up-right | down-right | down-left | up-left | stay |

    ## Observation Space

    | `observation` | space                     | meaning                                                            |
    |---------------|---------------------------|--------------------------------------------------------------------|
    | `"state"`     | `Discrete(H * W)`         | the cell, numbered row by row from the top left, from 0            |
    | `"position"`  | `MultiDiscrete([H, W])`   | row and column, from 0                                             |
    | `"grid"`      | `MultiBinary([H, W, 4])`  | planes of agent, walls, forbidden cells, targets                   |
    | `"local"`     | `MultiBinary([V, V, 3])`  | a window: planes of walls (outside counts), forbidden cells, targets |
    | `"image"`     | `Box(0, 255, (h, w, 3), uint8)` | the map in colours with the agent on it, cells of whole pixels |

    With `dtype="float32"` `"position"`, `"grid"` and `"local"` are one row of numbers each,
    `Box(0, high, (n,), float32)`: what networks, frame stacks and normalising wrappers take. `row.reshape(H, W, 4)` are
    the planes of `"grid"`. Cells of an `"image"` with fewer than 8 pixels a side show colours only.

    ## Starting State
    A cell marked `S`, drawn uniformly; on a map without one, a free cell `.` drawn uniformly.
    `reset(options={"start": (row, column)})` or `{"start": state}` starts where it says.

    ## Rewards

    | what happens                             | argument           | default |
    |------------------------------------------|--------------------|---------|
    | entering or staying on a target          | `reward_target`    | 1       |
    | entering or staying on a forbidden cell  | `reward_forbidden` | -1      |
    | a bump into the edge or a wall           | `reward_boundary`  | -1      |
    | any other move                           | `reward_step`      | 0       |

    ## Episode End
    Termination on entering a target, unless `continuing=True`. Truncation after 100 steps in
    `gym.make("GridWorld-v0")`.

    ## Information
    `reset` and `step` return `{"action_mask": (A,) int8}`, 0 for actions that can do nothing but bump, however
    the agent slips. Where no action can do anything else, all are 1.

    ## Arguments

    | argument          | default           | meaning                                                                 |
    |-------------------|-------------------|-------------------------------------------------------------------------|
    | `layout`          | `"book"`          | a `Layout`, the name of one, ASCII rows, or the `Path` of a file        |
    | `observation`     | `"state"`         | see above                                                               |
    | `view_size`       | `5`               | rows and columns of the `"local"` window, odd                           |
    | `dtype`           | `None`            | `"float32"`: see above                                                  |
    | `image_size`      | `None`            | pixels of the longer side of an `"image"`; None: about 84, at least 36 |
    | `reward_...`      |                   | see above                                                               |
    | `bump_reward`     | `"boundary"`      | `"additive"`: a bump on a forbidden cell also pays `reward_forbidden`   |
    | `forbidden_mode`  | `"enter"`         | `"restart"`: a forbidden cell sends back to the start; `"end"`: ends it  |
    | `actions`         | `"cardinal+stay"` | see above                                                               |
    | `slip`            | `0.0`             | probability that the action is replaced                                 |
    | `slip_mode`       | `"uniform"`       | by any action; `"perpendicular"`: by one of the two at right angles     |
    | `wind`            | `None`            | cells that the agent is pushed up in each column                        |
    | `stochastic_wind` | `False`           | each wind is one weaker, as given, or one stronger, a third each         |
    | `continuing`      | `False`           | the target pays on every stay and never ends the episode, as in Zhao's |

    ## Version History
    * v0: first version
    """


class GridWorldVectorEnv(TabularVectorEnv, world=grid_world):
    """N copies of :class:`GridWorldEnv`, in one compiled step."""
