"""What somebody who writes an environment imports: base classes, and worlds to give them.

A class that names a function which returns its `World` gets stepping, masks, observations, pictures and exact answers:
`class CorridorEnv(TabularEnv, world=corridor_world)`. `export` gives names that stand to a package of your own.
"""

from gridworld_env.common.exporting import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "ContinuousEnv": "gridworld_env.engine.continuous.env:ContinuousEnv",
        "ContinuousVectorEnv": "gridworld_env.engine.continuous.vector_env:ContinuousVectorEnv",
        "ContinuousWorld": "gridworld_env.engine.continuous.world:ContinuousWorld",
        "Dynamics": "gridworld_env.engine.continuous.world:Dynamics",
        "TabularEnv": "gridworld_env.engine.tabular.env:TabularEnv",
        "TabularVectorEnv": "gridworld_env.engine.tabular.vector_env:TabularVectorEnv",
        "World": "gridworld_env.engine.tabular.world:World",
        "export": "gridworld_env.common.exporting:export",
        "grid_world": "gridworld_env.engine.tabular.world:grid_world",
        "lazy": "gridworld_env.common.exporting:lazy",
    },
)
