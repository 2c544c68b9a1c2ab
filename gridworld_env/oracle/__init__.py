"""Exact answers from a model: optimal values, the value of any policy, the best epsilon-soft policy, and more.

>>> from gridworld_env import TabularMDP, oracle
>>> mdp = TabularMDP.from_env(gym.make("FrozenLake-v1"))
>>> oracle.optimal(mdp, gamma=1.0).v[0]
0.8235294117647...

Importing this package loads neither numba nor SciPy; the first question does.
"""

from gridworld_env.common.exporting import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "FineGrid": "gridworld_env.oracle.fine_solution:FineGrid",
        "FiniteHorizon": "gridworld_env.oracle.results:FiniteHorizon",
        "LinearSolution": "gridworld_env.oracle.linear_solution:LinearSolution",
        "Solution": "gridworld_env.oracle.results:Solution",
        "bellman_residual": "gridworld_env.oracle.optimality:bellman_residual",
        "continuous_oracle": "gridworld_env.oracle.continuous:continuous_oracle",
        "epsilon_optimal": "gridworld_env.oracle.optimality:epsilon_optimal",
        "evaluate": "gridworld_env.oracle.evaluation:evaluate",
        "evaluate_gain": "gridworld_env.oracle.riccati:evaluate_gain",
        "fine_grid": "gridworld_env.oracle.fine_optimum:fine_grid",
        "finite_horizon": "gridworld_env.oracle.optimality:finite_horizon",
        "linear_quadratic": "gridworld_env.oracle.riccati:linear_quadratic",
        "optimal": "gridworld_env.oracle.optimality:optimal",
        "stationary_distribution": "gridworld_env.oracle.stationary:stationary_distribution",
    },
)
