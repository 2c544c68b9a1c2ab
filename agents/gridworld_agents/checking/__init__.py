"""What `check_agent` reports: does an agent keep to the contract of `Agent`? For those who write one."""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "Finding": "gridworld_agents.checking.report:Finding",
        "Report": "gridworld_agents.checking.report:Report",
    },
)
