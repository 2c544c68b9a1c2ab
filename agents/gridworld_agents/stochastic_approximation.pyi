# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.algorithms.stochastic_approximation.descent import gradient_descent as gradient_descent
from gridworld_agents.algorithms.stochastic_approximation.finite_differences import kiefer_wolfowitz as kiefer_wolfowitz
from gridworld_agents.algorithms.stochastic_approximation.mean import MeanEstimate as MeanEstimate
from gridworld_agents.algorithms.stochastic_approximation.mean import mean_estimation as mean_estimation
from gridworld_agents.algorithms.stochastic_approximation.root import Root as Root
from gridworld_agents.algorithms.stochastic_approximation.root import find_root as find_root
from gridworld_agents.algorithms.stochastic_approximation.simultaneous_perturbation import (
    spsa_minimise as spsa_minimise,
)
from gridworld_agents.core.schedules import Conditions as Conditions
from gridworld_agents.core.schedules import robbins_monro_conditions as robbins_monro_conditions
from gridworld_agents.stochastic.convergence import Convergence as Convergence
from gridworld_agents.stochastic.convergence import convergence_rate as convergence_rate
from gridworld_agents.stochastic.diagnosis import Diagnosis as Diagnosis
from gridworld_agents.stochastic.iterates import Minimum as Minimum

__all__ = [
    "Conditions",
    "Convergence",
    "Diagnosis",
    "MeanEstimate",
    "Minimum",
    "Root",
    "convergence_rate",
    "find_root",
    "gradient_descent",
    "kiefer_wolfowitz",
    "mean_estimation",
    "robbins_monro_conditions",
    "spsa_minimise",
]
