"""Exact answers from a model: optimal values, the value of any policy, the best epsilon-soft policy, and more.

>>> from gridworld_env import TabularMDP, oracle
>>> mdp = TabularMDP.from_env(gym.make("FrozenLake-v1"))
>>> oracle.optimal(mdp, gamma=1.0).v[0]
0.8235294117647...

Importing this package loads neither numba nor SciPy; the first question does.
"""

from gridworld_env.oracle.evaluation import evaluate
from gridworld_env.oracle.fine_grid import fine_grid
from gridworld_env.oracle.fine_solution import FineGrid
from gridworld_env.oracle.linear_quadratic import evaluate_gain, linear_quadratic
from gridworld_env.oracle.linear_solution import LinearSolution
from gridworld_env.oracle.optimality import bellman_residual, epsilon_optimal, finite_horizon, optimal
from gridworld_env.oracle.results import FiniteHorizon, Solution
from gridworld_env.oracle.stationary import stationary_distribution

__all__ = [
    "FineGrid",
    "FiniteHorizon",
    "LinearSolution",
    "Solution",
    "bellman_residual",
    "epsilon_optimal",
    "evaluate",
    "evaluate_gain",
    "fine_grid",
    "finite_horizon",
    "linear_quadratic",
    "optimal",
    "stationary_distribution",
]
