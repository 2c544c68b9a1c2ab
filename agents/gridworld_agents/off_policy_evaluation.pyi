# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.algorithms.monte_carlo.off_policy_evaluation import METHODS as METHODS
from gridworld_agents.algorithms.monte_carlo.off_policy_evaluation import doubly_robust as doubly_robust
from gridworld_agents.algorithms.monte_carlo.off_policy_evaluation import importance_sampling as importance_sampling
from gridworld_agents.data.estimate import Estimate as Estimate

__all__ = [
    "METHODS",
    "Estimate",
    "doubly_robust",
    "importance_sampling",
]
