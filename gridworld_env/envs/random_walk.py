"""`GridWorld/RandomWalk-v0`: the random walk on which prediction methods are compared."""

from __future__ import annotations

import numpy as np

from gridworld_env.common.checks import check_cells, finite_number, whole_number
from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.observations import make_observer
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import World
from gridworld_env.layouts import Layout
from gridworld_env.tabular import TabularMDP


def random_walk_world(
    *,
    num_states: int = 5,
    reward_left: float = 0.0,
    reward_right: float = 1.0,
    observation: str = "state",
    view_size: int = 5,
    dtype: str | None = None,
    image_size: int | None = None,
) -> World:
    """Make the world of :class:`RandomWalkEnv`."""
    n = whole_number("num_states", num_states, 1)
    check_cells("the walk", n)
    left, right = finite_number("reward_left", reward_left), finite_number("reward_right", reward_right)
    S = n + 2
    state = np.arange(S)
    ends = (state == 0) | (state == n + 1)
    next_state = np.where(ends[:, None], state[:, None], np.stack([state - 1, state + 1], axis=1))[..., None]
    reward = np.zeros((S, 2, 1))
    reward[1, 0], reward[n, 1] = left, right
    terminated = ends[next_state]
    initial = np.zeros(S)
    initial[(n + 1) // 2] = 1.0
    mdp = TabularMDP(next_state, np.ones_like(reward), reward, terminated, initial)
    middle = "." * ((n + 1) // 2 - 1) + "S"
    layout = Layout.parse(["T" + middle.ljust(n, ".") + "T"])
    masks = np.ones((S, 2), np.int8)
    observer = make_observer(observation, (layout,), view_size, dtype, image_size)
    return World(mdp, (layout,), ("left", "right"), masks, observer)


class RandomWalkEnv(TabularEnv, world=random_walk_world):
    """A row of states with an end on either side; under the uniform policy, a symmetric random walk.

    ## Description
    Sutton and Barto, *Reinforcement Learning*, second edition, Example 6.2, and with ``num_states=19, reward_left=-1``
    Example 7.1. The walk of the examples is what the uniform policy does; the value of the i-th of n states under it is
    ``i / (n + 1)`` without discount.

    ## Action Space
    `Discrete(2)`: 0 left, 1 right.

    ## Observation Space
    `Discrete(n + 2)`: 0 the left end, 1..n the states, n + 1 the right end. Other kinds as in `GridWorld-v0`.

    ## Starting State
    The middle, the left one of two for even n.

    ## Rewards
    `reward_left` on stepping onto the left end, `reward_right` on the right end, 0 otherwise.

    ## Episode End
    Termination at either end. Truncation after 1000 steps in `gym.make`.

    ## Arguments

    | argument       | default | meaning                        |
    |----------------|---------|--------------------------------|
    | `num_states`   | 5       | n, the states between the ends |
    | `reward_left`  | 0.0     | see above                      |
    | `reward_right` | 1.0     | see above                      |
    | `observation`, `view_size`, `dtype`, `image_size` | `"state"`, 5, None, None | as in `GridWorld-v0` |

    ## Version History
    * v0: first version
    """


class RandomWalkVectorEnv(TabularVectorEnv, world=random_walk_world):
    """N copies of :class:`RandomWalkEnv`, in one compiled step."""
