"""The report of a comparison: one HTML page that opens offline, and figures for papers."""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "write": "gridworld_agents.report.writing:write",
    },
)
