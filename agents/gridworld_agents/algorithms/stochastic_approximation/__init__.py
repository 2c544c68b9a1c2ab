"""Stochastic approximation (the book, chapter 6): means, roots, minima from noisy values; agents made of it."""

from gridworld_agents.algorithms.stochastic_approximation.descent import gradient_descent
from gridworld_agents.algorithms.stochastic_approximation.finite_differences import kiefer_wolfowitz
from gridworld_agents.algorithms.stochastic_approximation.mean import mean_estimation
from gridworld_agents.algorithms.stochastic_approximation.root import find_root
from gridworld_agents.algorithms.stochastic_approximation.simultaneous_perturbation import spsa_minimise
from gridworld_agents.stochastic.convergence import convergence_rate

__all__ = [
    "convergence_rate",
    "find_root",
    "gradient_descent",
    "kiefer_wolfowitz",
    "mean_estimation",
    "spsa_minimise",
]
