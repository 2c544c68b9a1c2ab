# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.report.writing import write as write

__all__ = [
    "write",
]
