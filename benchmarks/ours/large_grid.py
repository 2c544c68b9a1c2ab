"""The model that both sides solve: a large slippery grid with walls and forbidden cells."""

from __future__ import annotations

import numpy as np

from gridworld_env import Layout, TabularMDP
from gridworld_env.envs.grid_world import GridWorldEnv

GAMMA = 0.99


def model(size: int) -> TabularMDP:
    """Return the model of a size x size grid."""
    layout = Layout.room(size, size, np.random.default_rng(0), wall_density=0.1, forbidden_density=0.1)
    return GridWorldEnv(layout, actions="cardinal", slip=0.2, slip_mode="perpendicular").unwrapped.mdp
