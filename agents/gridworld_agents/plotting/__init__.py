"""Figures on matplotlib's Axes: learning curves, scores, maps of values and policies, for the screen and for print.

Every function takes Axes as `ax`, or makes a figure of its own, and returns the Axes. matplotlib is imported when
something is drawn; the extra `plot` brings it.
"""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "COLOURS": "gridworld_agents.plotting.styles:COLOURS",
        "LINES": "gridworld_agents.plotting.styles:LINES",
        "compare": "gridworld_agents.plotting.scores:compare",
        "learning_curve": "gridworld_agents.plotting.curves:learning_curve",
        "policy": "gridworld_agents.plotting.maps:policy",
        "q_values": "gridworld_agents.plotting.maps:q_values",
        "sensitivity": "gridworld_agents.plotting.scores:sensitivity",
        "style": "gridworld_agents.plotting.styles:style",
        "training": "gridworld_agents.plotting.strips:training",
        "value_range": "gridworld_agents.plotting.maps:value_range",
        "values": "gridworld_agents.plotting.maps:values",
        "visits": "gridworld_agents.plotting.maps:visits",
    },
)
