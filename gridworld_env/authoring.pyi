# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_env.common.arrays import frozen as frozen
from gridworld_env.common.checks import choose as choose
from gridworld_env.common.checks import finite_number as finite_number
from gridworld_env.common.checks import flag as flag
from gridworld_env.common.checks import is_number as is_number
from gridworld_env.common.checks import probability as probability
from gridworld_env.common.checks import whole_number as whole_number
from gridworld_env.common.compiling import cached_njit as cached_njit
from gridworld_env.common.compiling import with_names as with_names
from gridworld_env.common.displayed import MOST_ROWS as MOST_ROWS
from gridworld_env.common.displayed import Displayed as Displayed
from gridworld_env.common.displayed import Sheet as Sheet
from gridworld_env.common.displayed import Shown as Shown
from gridworld_env.common.displayed import as_html as as_html
from gridworld_env.common.exporting import export as export
from gridworld_env.common.exporting import lazy as lazy
from gridworld_env.common.frames import frame as frame
from gridworld_env.common.printing import printable as printable
from gridworld_env.common.probabilities import sum_tolerance as sum_tolerance
from gridworld_env.common.suggesting import suggest as suggest
from gridworld_env.engine.continuous.env import ContinuousEnv as ContinuousEnv
from gridworld_env.engine.continuous.vector_env import ContinuousVectorEnv as ContinuousVectorEnv
from gridworld_env.engine.continuous.world import ContinuousWorld as ContinuousWorld
from gridworld_env.engine.continuous.world import Dynamics as Dynamics
from gridworld_env.engine.tabular.env import TabularEnv as TabularEnv
from gridworld_env.engine.tabular.vector_env import TabularVectorEnv as TabularVectorEnv
from gridworld_env.engine.tabular.world import World as World
from gridworld_env.engine.tabular.world import grid_world as grid_world

__all__ = [
    "MOST_ROWS",
    "ContinuousEnv",
    "ContinuousVectorEnv",
    "ContinuousWorld",
    "Displayed",
    "Dynamics",
    "Sheet",
    "Shown",
    "TabularEnv",
    "TabularVectorEnv",
    "World",
    "as_html",
    "cached_njit",
    "choose",
    "export",
    "finite_number",
    "flag",
    "frame",
    "frozen",
    "grid_world",
    "is_number",
    "lazy",
    "printable",
    "probability",
    "suggest",
    "sum_tolerance",
    "whole_number",
    "with_names",
]
