"""The one table of environment ids, and the environments that other packages add to it.

A package adds one by an entry point of the group `gridworld.envs`, named by the id:

    [project.entry-points."gridworld.envs"]
    "acme/Corridor-v0" = "acme.corridor:CorridorEnv"

Nothing of it is imported until `gym.make` asks for the id, and one that fails then fails alone. A package whose
environments have a time limit or a vector class says so to `gymnasium.register` itself.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar, NamedTuple

import gymnasium as gym

from gridworld_env.common.public import export
from gridworld_env.plugins import Plugin, find_plugins

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
    Registered("GridWorld/Book-v0", "book", "Book", 100, 92.15),
    Registered("GridWorld/FourRooms-v0", "four_rooms", "FourRooms", 500, 0.95),
    Registered("GridWorld/Cliff-v0", "cliff", "Cliff", 500, -13.65),
    Registered("GridWorld/Windy-v0", "windy", "Windy", 1000, -15.75),
    Registered("GridWorld/DynaMaze-v0", "dyna_maze", "DynaMaze", 2000, 0.95),
    Registered("GridWorld/Maze-v0", "maze", "Maze", 1000, -79.8),
    Registered("GridWorld/Random-v0", "random_maps", "RandomMaps", 200, 0.7505),
    Registered("GridWorld/DeepSea-v0", "deep_sea", "DeepSea", 1000, 0.9405),
    Registered("GridWorld/RandomWalk-v0", "random_walk", "RandomWalk", 1000, 0.95),
)
"""Grid worlds."""

MODELS = (Registered("Tabular-v0", "tabular", "TabularModel", 100, 158.7556),)
"""The environments that are a model alone: they have no map."""

CONTINUOUS = (
    Registered("ContinuousGridWorld-v0", "continuous_grid_world", "ContinuousGridWorld", 200, -1.738),
    Registered("LinearQuadratic-v0", "linear_quadratic", "LinearQuadratic", 100, -5.398),
)
"""The environments whose states and actions are numbers: they have no table."""


@export("gridworld_env.EnvPlugin")
@dataclasses.dataclass(frozen=True)
class EnvPlugin(Plugin):
    """An environment that another package adds; `error` says why it could not be registered."""

    group: ClassVar[str] = GROUP
    noun: ClassVar[str] = "environment"
    failure: ClassVar[type[Exception]] = gym.error.Error


def register_all() -> None:
    """Register this project's environments and every plugin's with Gymnasium. Importing `gridworld_env` does it."""
    for entry in (*TABLE, *MODELS, *CONTINUOUS):
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
    for plugin in find_plugins(EnvPlugin):
        if (plugin.id, plugin.distribution) not in _plugins:
            _plugins[plugin.id, plugin.distribution] = dataclasses.replace(plugin, error=_register(plugin))


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
    env: gym.Env[Any, Any] = found.load()(**arguments)
    return env


_plugins: dict[tuple[str, str], EnvPlugin] = {}


def _register(plugin: EnvPlugin) -> str | None:
    """Register a plugin without importing it, and return why that cannot be."""
    if plugin.error is not None:
        return plugin.error
    if plugin.id in gym.registry:
        return f"the id {plugin.id!r} is taken already"
    try:
        gym.register(
            plugin.id,
            entry_point="gridworld_env.registration:make_plugin",
            kwargs={"plugin_id": plugin.id, "plugin_distribution": plugin.distribution},
        )
    except (gym.error.Error, ValueError) as refusal:
        return str(refusal)
    return None
