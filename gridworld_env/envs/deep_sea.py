"""`GridWorld/DeepSea-v0`: the hard exploration problem of the behaviour suite."""

from __future__ import annotations

import numpy as np

from gridworld_env.common.checks import check_cells, flag, whole_number
from gridworld_env.engine.tabular.env import TabularEnv
from gridworld_env.engine.tabular.observations import make_observer
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv
from gridworld_env.engine.tabular.world import World
from gridworld_env.layouts import Layout
from gridworld_env.tabular import TabularMDP
from gridworld_env.tabular.outcomes import merge

TREASURE = 1.0
COST = 0.01
LEFT, RIGHT = 0, 1


def deep_sea_world(
    *,
    size: int = 10,
    action_seed: int | None = None,
    stochastic: bool = False,
    observation: str = "state",
    view_size: int = 5,
    dtype: str | None = None,
    image_size: int | None = None,
) -> World:
    """Make the world of :class:`DeepSeaEnv`."""
    N = whole_number("size", size, 2)
    check_cells("the sea", N * (N + 1))
    swapped = np.zeros((N, N), np.bool_)
    if action_seed is not None:
        rng = np.random.default_rng(whole_number("action_seed", action_seed, 0))
        swapped = rng.random((N, N)) < 0.5
    layout = Layout.parse(["S" + "." * (N - 1), *["." * N] * (N - 1), "." * (N - 1) + "T"])
    mdp = _model(N, swapped, 1 / N if flag("stochastic", stochastic) else 0.0)
    masks = np.ones((mdp.num_states, mdp.num_actions), np.int8)
    observer = make_observer(observation, (layout,), view_size, dtype, image_size)
    return World(mdp, (layout,), ("left", "right"), masks, observer)


def _model(N: int, swapped: np.ndarray[tuple[int, int], np.dtype[np.bool_]], slip: float) -> TabularMDP:
    """Build the tables: N rows to dive through and one, the sea bed, where every episode is over."""
    S = (N + 1) * N
    row, column = np.divmod(np.arange(S), N)
    bed = row == N
    next_state = np.empty((S, 2, 2), np.int64)
    probability = np.tile([1 - slip, slip], (S, 2, 1))
    reward = np.zeros((S, 2, 2))
    for action in (LEFT, RIGHT):
        right = np.append(swapped, np.zeros((1, N), np.bool_), axis=0).reshape(-1) ^ (action == RIGHT)
        aside = np.where(right, column + 1, column - 1).clip(0, N - 1)
        below = np.minimum(row + 1, N) * N
        next_state[:, action, 0] = below + aside
        next_state[:, action, 1] = below + np.where(right, column, aside)  # a dive to the right that went straight down
        reward[:, action] = np.where(right, (column == N - 1) * TREASURE - COST / N, 0.0)[:, None]
    next_state[bed] = np.flatnonzero(bed)[:, None, None]
    reward[bed] = 0.0
    terminated = np.broadcast_to((row >= N - 1)[:, None, None], next_state.shape)
    initial = np.zeros(S)
    initial[0] = 1.0
    return TabularMDP(*merge(next_state, probability, reward, terminated), initial)


class DeepSeaEnv(TabularEnv, world=deep_sea_world):
    """A diver reaches the treasure only by going right every single time, each time at a small cost.

    ## Description
    Osband et al., *Behaviour Suite for Reinforcement Learning* (2020), after Osband, Van Roy and Wen (2016). The
    diver starts in the upper left corner of an N x N sea and sinks one row a step, to the left or to the right.
    Undirected exploration finds the treasure once in 2^N episodes.

    ## Action Space
    `Discrete(2)`: 0 left, 1 right; with an `action_seed`, the two are swapped in a random half of the cells.

    ## Observation Space
    `Discrete((N + 1) * N)`: the cell, row by row; the last row is the sea bed, on which every episode is over. Other
    kinds as in `GridWorld-v0`.

    ## Starting State
    The upper left corner.

    ## Rewards
    -0.01 / N for a dive to the right, 0 to the left; 1 in addition for a dive to the right from the rightmost column,
    which can be reached in the last row only. The best return is 0.99. The map marks the last column of the sea bed as
    the target, which can be reached without the treasure too, from the column beside.

    ## Episode End
    Termination on the sea bed, after exactly N steps.

    ## Arguments

    | argument      | default | meaning                                                             |
    |---------------|---------|---------------------------------------------------------------------|
    | `size`        | 10      | N                                                                   |
    | `action_seed` | None    | an integer swaps the actions in a random half of the cells          |
    | `stochastic`  | False   | a dive to the right goes straight down with probability 1 / N          |
    | `observation`, `view_size`, `dtype`, `image_size` | `"state"`, 5, None, None | as in `GridWorld-v0`         |

    The original's stochastic version also adds noise of mean 0 to two rewards, which is left out here.

    ## Version History
    * v0: first version
    """


class DeepSeaVectorEnv(TabularVectorEnv, world=deep_sea_world):
    """N copies of :class:`DeepSeaEnv`, in one compiled step."""
