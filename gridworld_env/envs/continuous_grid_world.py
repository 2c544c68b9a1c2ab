"""`ContinuousGridWorld-v0`: a point moves through any map to a target."""

from __future__ import annotations

from gridworld_env.engine.continuous.env import ContinuousEnv
from gridworld_env.engine.continuous.point_world import point_world
from gridworld_env.engine.continuous.vector_env import ContinuousVectorEnv


class ContinuousGridWorldEnv(ContinuousEnv, world=point_world):
    """A point moves through a map to a target, along walls, which it cannot enter, and around forbidden zones.

    ## Description
    The default map is a room with a wall `#` that has a gap, and a forbidden zone `F` near the target `T`:

        ....#....
        ....#..F.
        .......FT
        ....#....
        ....#....

    Each cell is a square of side 1. A point that runs into a wall or the edge slides along it; however fast, it passes
    through none, nor between two that touch in a corner. The best return is known within a stated error:
    `oracle.fine_grid(env, gamma)`.

    ## Action Space
    `Box(-1, 1, (2,), float32)`: right and down, each axis on its own; what lies outside is clipped.

    | `control`        | an action sets                                                                              |
    |------------------|---------------------------------------------------------------------------------------------|
    | `"velocity"`     | the velocity, `max_speed` times the action                                                  |
    | `"acceleration"` | how the velocity, up to `max_speed`, changes: `max_acceleration` times the action, less drag |

    ## Observation Space
    `Box(-1, 1, (D,), float32)`:

    | number | meaning                                                                   |
    |--------|---------------------------------------------------------------------------|
    | 0      | place from the left edge, -1, to the right, 1                             |
    | 1      | place from the upper edge, -1, to the lower, 1                            |
    | 2      | velocity to the right, in units of `max_speed`; `"acceleration"` only     |
    | 3      | velocity downwards, likewise                                              |

    ## Starting State
    At rest, uniformly in the cells marked `S`; on a map without one, in the free cells `.`.
    `reset(options={"start": (x, y)})` starts there, in cells from the upper left corner; under `"acceleration"` also
    `(x, y, vx, vy)`.

    ## Rewards
    A step pays by how its time was spent:

    | what happens                                    | argument           | default |
    |-------------------------------------------------|--------------------|---------|
    | time in a forbidden zone                        | `reward_forbidden` | -0.5    |
    | any other time                                  | `reward_step`      | -0.1    |
    | time held by a wall or the edge, added to these | `reward_boundary`  | -0.1    |
    | reaching a target, added to these               | `reward_target`    | 0       |

    The step that reaches a target pays only for the time until then. So the return is the time of the way, dear where
    it should not lead: every place is worth something else than its neighbours, and a worse way shows in the return.

    ## Episode End
    Termination on reaching a target, even on the way of a step that would lead past it. Truncation after 200 steps in
    `gym.make("ContinuousGridWorld-v0")`.

    ## Arguments

    | argument           | default      | meaning                                                                     |
    |--------------------|--------------|-----------------------------------------------------------------------------|
    | `layout`           | see above    | a `Layout`, the name of one, ASCII rows, or the `Path` of a file            |
    | `control`          | `"velocity"` | see above                                                                   |
    | `max_speed`        | `1.0`        | greatest speed in each axis, cells a unit of time                           |
    | `max_acceleration` | `1.0`        | change of speed in a unit of time at full action; `"acceleration"` only     |
    | `drag`             | `0.0`        | share of the velocity lost in a unit of time; `"acceleration"` only         |
    | `dt`               | `0.25`       | time that a step takes                                                      |
    | `noise`            | `0.0`        | standard deviation of Gaussian motion added, cells a square root of time    |
    | `reward_...`       |              | see above                                                                   |
    | `render_mode`      | `None`       | `"human"`, a window; `"rgb_array"`, pictures; `"ansi"`, text                |
    | `render_size`      | `None`       | pixels of a frame's longer side, in [16, 8192]; None for a readable size    |

    ## Version History
    * v0: first version
    """


class ContinuousGridWorldVectorEnv(ContinuousVectorEnv, world=point_world):
    """N copies of :class:`ContinuousGridWorldEnv`, in one compiled step."""
