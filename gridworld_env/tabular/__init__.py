"""`TabularMDP`, the exact model of a finite environment, and the ways to come by one."""

from gridworld_env.tabular.model import TabularMDP

__all__ = ["TabularMDP"]
