# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.plotting.curves import learning_curve as learning_curve
from gridworld_agents.plotting.maps import policy as policy
from gridworld_agents.plotting.maps import q_values as q_values
from gridworld_agents.plotting.maps import value_range as value_range
from gridworld_agents.plotting.maps import values as values
from gridworld_agents.plotting.maps import visits as visits
from gridworld_agents.plotting.scores import compare as compare
from gridworld_agents.plotting.scores import sensitivity as sensitivity
from gridworld_agents.plotting.strips import training as training
from gridworld_agents.plotting.styles import COLOURS as COLOURS
from gridworld_agents.plotting.styles import LINES as LINES
from gridworld_agents.plotting.styles import style as style

__all__ = [
    "COLOURS",
    "LINES",
    "compare",
    "learning_curve",
    "policy",
    "q_values",
    "sensitivity",
    "style",
    "training",
    "value_range",
    "values",
    "visits",
]
