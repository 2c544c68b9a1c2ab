"""Which oracle knows the optimum of a continuous environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_env.common.public import export
from gridworld_env.oracle.fine_optimum import fine_grid
from gridworld_env.oracle.riccati import linear_quadratic

if TYPE_CHECKING:
    from collections.abc import Callable

    import gymnasium as gym


@export("gridworld_env.oracle.continuous_oracle")
def continuous_oracle(env: gym.Env[Any, Any]) -> Callable[..., Any] | None:
    """Return the function that computes the optimum of a continuous environment: `oracle(env, gamma)`.

    Returns:
        `linear_quadratic` for a linear system such as LinearQuadratic-v0, `fine_grid` for a continuous grid world such
        as ContinuousGridWorld-v0, None for any other environment.
    """
    world = getattr(env.unwrapped, "world", None)
    if hasattr(world, "covariance"):
        return linear_quadratic
    return fine_grid if hasattr(world, "outcomes") else None
