# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_env.oracle.continuous import continuous_oracle as continuous_oracle
from gridworld_env.oracle.evaluation import evaluate as evaluate
from gridworld_env.oracle.fine_optimum import fine_grid as fine_grid
from gridworld_env.oracle.fine_solution import FineGrid as FineGrid
from gridworld_env.oracle.linear_solution import LinearSolution as LinearSolution
from gridworld_env.oracle.optimality import bellman_residual as bellman_residual
from gridworld_env.oracle.optimality import epsilon_optimal as epsilon_optimal
from gridworld_env.oracle.optimality import finite_horizon as finite_horizon
from gridworld_env.oracle.optimality import optimal as optimal
from gridworld_env.oracle.results import FiniteHorizon as FiniteHorizon
from gridworld_env.oracle.results import Solution as Solution
from gridworld_env.oracle.riccati import evaluate_gain as evaluate_gain
from gridworld_env.oracle.riccati import linear_quadratic as linear_quadratic
from gridworld_env.oracle.stationary import stationary_distribution as stationary_distribution

__all__ = [
    "FineGrid",
    "FiniteHorizon",
    "LinearSolution",
    "Solution",
    "bellman_residual",
    "continuous_oracle",
    "epsilon_optimal",
    "evaluate",
    "evaluate_gain",
    "fine_grid",
    "finite_horizon",
    "linear_quadratic",
    "optimal",
    "stationary_distribution",
]
