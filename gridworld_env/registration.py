"""The one table of environment ids, and the environments that other packages add to it.

A package adds one by an entry point of the group `gridworld.envs`, named by the id:

    [project.entry-points."gridworld.envs"]
    "acme/Corridor-v0" = "acme.corridor:CorridorEnv"

Nothing of it is imported until `gym.make` asks for the id, and one that fails then fails alone. A package whose
environments have a time limit or a vector class says so to `gymnasium.register` itself.
"""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING, Any, NamedTuple

import gymnasium as gym

from gridworld_env.common.public import export

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = "gridworld.envs"


class Registered(NamedTuple):
    """What Gymnasium is told about an id."""

    id: str
    module: str  # in gridworld_env.envs
    name: str  # of the classes, without Env and VectorEnv
    max_episode_steps: int | None
    reward_threshold: float  # the exact best mean return less 5% of it: a test recomputes it


TABLE = (
    Registered("GridWorld-v0", "grid_world", "GridWorld", 100, 0.95),
    Registered("GridWorld/FourRooms-v0", "four_rooms", "FourRooms", 500, 0.95),
    Registered("GridWorld/Cliff-v0", "cliff", "Cliff", 500, -13.65),
    Registered("GridWorld/Windy-v0", "windy", "Windy", 1000, -15.75),
    Registered("GridWorld/DynaMaze-v0", "dyna_maze", "DynaMaze", 2000, 0.95),
    Registered("GridWorld/Maze-v0", "maze", "Maze", 1000, -79.8),
    Registered("GridWorld/Random-v0", "random_maps", "RandomMaps", 200, 0.7505),
    Registered("GridWorld/DeepSea-v0", "deep_sea", "DeepSea", 1000, 0.9405),
    Registered("GridWorld/RandomWalk-v0", "random_walk", "RandomWalk", 1000, 0.95),
)

CONTINUOUS = (
    Registered("ContinuousGridWorld-v0", "continuous_grid_world", "ContinuousGridWorld", 200, -1.738),
    Registered("LinearQuadratic-v0", "linear_quadratic", "LinearQuadratic", 100, -5.398),
)
"""The environments whose states and actions are numbers: they have no table."""


@export("gridworld_env.EnvPlugin")
class EnvPlugin(NamedTuple):
    """An environment that another package adds."""

    id: str
    distribution: str
    version: str
    value: str
    error: str | None
    """Why it could not be registered; None if it was. Whether it works shows when it is made, or by `problem`."""

    def load(self) -> Callable[..., gym.Env[Any, Any]]:
        """Import the environment and return what makes it.

        Raises:
            gymnasium.error.Error: If that fails, with its distribution and the reason.
        """
        try:
            create: Callable[..., gym.Env[Any, Any]] = importlib.metadata.EntryPoint(self.id, self.value, GROUP).load()
        except (Exception, SystemExit) as error:
            raise gym.error.Error(
                f"the environment {self.id!r} of the package {self.distribution} {self.version} cannot be loaded from "
                f"{self.value!r}: {type(error).__name__}: {error}"
            ) from error
        return create

    def problem(self) -> str | None:
        """Return why it cannot be used, None if nothing is known; to find out it is imported."""
        if self.error is not None:
            return self.error
        try:
            self.load()
        except gym.error.Error as error:
            return f"{type(error.__cause__).__name__}: {error.__cause__}"
        return None


def register_all() -> None:
    """Register this project's environments and every plugin's with Gymnasium. Importing `gridworld_env` does it."""
    for entry in (*TABLE, *CONTINUOUS):
        if entry.id not in gym.registry:
            path = f"gridworld_env.envs.{entry.module}:{entry.name}"
            gym.register(
                entry.id,
                entry_point=f"{path}Env",
                vector_entry_point=f"{path}VectorEnv",
                max_episode_steps=entry.max_episode_steps,
                reward_threshold=entry.reward_threshold,
                order_enforce=False,  # the environments refuse a step before reset themselves, and so save a wrapper
                disable_env_checker=True,  # it has passed the checker: the tests run it on every id
            )
    for entry_point in importlib.metadata.entry_points(group=GROUP):
        found = _register_plugin(entry_point)
        _plugins.setdefault((found.id, found.distribution), found)


@export("gridworld_env.env_plugins")
def env_plugins() -> list[EnvPlugin]:
    """Return every environment that other packages add, those with errors too, by id."""
    return [_plugins[key] for key in sorted(_plugins)]


def make_plugin(plugin_id: str, plugin_distribution: str, **arguments: Any) -> gym.Env[Any, Any]:
    """Make the environment of a plugin: Gymnasium calls this for the ids that plugins add.

    Args:
        plugin_id: The entry point's name.
        plugin_distribution: The package that has it.
        **arguments: Passed on.

    Raises:
        gymnasium.error.Error: If the plugin is not installed or cannot be loaded, with its distribution and the reason.
    """
    found = _plugins.get((plugin_id, plugin_distribution))
    if found is None:
        raise gym.error.Error(
            f"the environment {plugin_id!r} comes with the package {plugin_distribution}, which is not installed"
        )
    return found.load()(**arguments)


_plugins: dict[tuple[str, str], EnvPlugin] = {}


def _register_plugin(entry_point: importlib.metadata.EntryPoint) -> EnvPlugin:
    """Register one plugin without importing it, and report how that went."""
    distribution = entry_point.dist
    name, version = (distribution.name, distribution.version) if distribution else ("unknown", "unknown")
    error = None
    if entry_point.name in gym.registry:
        error = f"the id {entry_point.name!r} is taken already"
    else:
        try:
            gym.register(
                entry_point.name,
                entry_point="gridworld_env.registration:make_plugin",
                kwargs={"plugin_id": entry_point.name, "plugin_distribution": name},
            )
        except (gym.error.Error, ValueError) as refusal:
            error = str(refusal)
    return EnvPlugin(entry_point.name, name, version, entry_point.value, error)
