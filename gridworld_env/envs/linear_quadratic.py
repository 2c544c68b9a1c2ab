"""`LinearQuadratic-v0`: a linear system with quadratic cost, whose optimum is a matrix."""

from __future__ import annotations

from gridworld_env.engine.continuous.env import ContinuousEnv
from gridworld_env.engine.continuous.linear_world import linear_world
from gridworld_env.engine.continuous.vector_env import ContinuousVectorEnv


class LinearQuadraticEnv(ContinuousEnv, world=linear_world):
    """A linear system is to be held near 0 with little effort: x' = A x + B u + w, at the cost x' Q x + u' R u.

    ## Description
    By default the system is a double integrator, a mass on a line that the action pushes: its place and its velocity,
    a step of 0.1. The optimal gain and every value are known exactly: `oracle.linear_quadratic(env, gamma)`. That
    oracle knows no bounds of the action; the default's are so wide that the optimum does not touch them.

    ## Action Space
    `Box(-action_bound, action_bound, (m,), float32)`, u; what lies outside is clipped.

    ## Observation Space
    `Box(-inf, inf, (n,), float32)`, x. Every number of the state is cut off at the greatest float32, 3.4e38, which is
    no bound to compute with: to rescale or discretise observations say within which bounds, such as
    `RescaleObservation(ClipToTheBox(env), -1, 1)` with a wrapper of your own.

    ## Starting State
    Uniformly in the box of `start`. `reset(options={"start": x})` starts in x.

    ## Rewards
    -(x' Q x + u' R u), of the state before the step and the action taken there; cut off likewise.

    ## Episode End
    None terminates. Truncation after 100 steps in `gym.make("LinearQuadratic-v0")`.

    ## Arguments

    | argument       | default                    | meaning                                                           |
    |----------------|----------------------------|-------------------------------------------------------------------|
    | `A`            | `[[1, 0.1], [0, 1]]`       | (n, n), how the state moves by itself                             |
    | `B`            | `[[0.025], [0.5]]`         | (n, m), how the action moves it                                   |
    | `Q`            | `[[1, 0], [0, 0.1]]`       | (n, n) cost of the state, symmetric positive semidefinite         |
    | `R`            | `[[5]]`                    | (m, m) cost of the action, symmetric positive definite            |
    | `noise`        | `0.01`                     | standard deviation of w, one number or n; or its covariance       |
    | `start`        | `1.0`                      | half width of the box of starts, one number or n; or (2, n) bounds |
    | `action_bound` | `1.0`                      | greatest action, one number or m                                  |
    | `render_mode`  | `None`                     | `"human"`, a window; `"rgb_array"`, pictures; `"ansi"`, text      |
    | `render_size`  | `None`                     | pixels of a frame's longer side, in [16, 8192]                    |

    ## Version History
    * v0: first version
    """


class LinearQuadraticVectorEnv(ContinuousVectorEnv, world=linear_world):
    """N copies of :class:`LinearQuadraticEnv`, in one compiled step."""
