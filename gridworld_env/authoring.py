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
        "Displayed": "gridworld_env.common.displayed:Displayed",
        "Dynamics": "gridworld_env.engine.continuous.world:Dynamics",
        "MOST_ROWS": "gridworld_env.common.displayed:MOST_ROWS",
        "Sheet": "gridworld_env.common.displayed:Sheet",
        "Shown": "gridworld_env.common.displayed:Shown",
        "TabularEnv": "gridworld_env.engine.tabular.env:TabularEnv",
        "TabularVectorEnv": "gridworld_env.engine.tabular.vector_env:TabularVectorEnv",
        "World": "gridworld_env.engine.tabular.world:World",
        "as_html": "gridworld_env.common.displayed:as_html",
        "cached_njit": "gridworld_env.common.compiling:cached_njit",
        "choose": "gridworld_env.common.checks:choose",
        "export": "gridworld_env.common.exporting:export",
        "finite_number": "gridworld_env.common.checks:finite_number",
        "flag": "gridworld_env.common.checks:flag",
        "frame": "gridworld_env.common.frames:frame",
        "frozen": "gridworld_env.common.arrays:frozen",
        "grid_world": "gridworld_env.engine.tabular.world:grid_world",
        "is_number": "gridworld_env.common.checks:is_number",
        "lazy": "gridworld_env.common.exporting:lazy",
        "printable": "gridworld_env.common.printing:printable",
        "probability": "gridworld_env.common.checks:probability",
        "suggest": "gridworld_env.common.suggesting:suggest",
        "sum_tolerance": "gridworld_env.common.probabilities:sum_tolerance",
        "whole_number": "gridworld_env.common.checks:whole_number",
        "with_names": "gridworld_env.common.compiling:with_names",
    },
)
