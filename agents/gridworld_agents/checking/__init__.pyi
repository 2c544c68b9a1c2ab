# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.checking.report import Finding as Finding
from gridworld_agents.checking.report import Report as Report

__all__ = [
    "Finding",
    "Report",
]
