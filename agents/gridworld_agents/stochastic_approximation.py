"""Stochastic approximation (Zhao 2025, chapter 6): means, roots and minima from noisy values."""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "Conditions": "gridworld_agents.core.schedules:Conditions",
        "Convergence": "gridworld_agents.stochastic.convergence:Convergence",
        "Diagnosis": "gridworld_agents.stochastic.diagnosis:Diagnosis",
        "MeanEstimate": "gridworld_agents.algorithms.stochastic_approximation.mean:MeanEstimate",
        "Minimum": "gridworld_agents.stochastic.iterates:Minimum",
        "Root": "gridworld_agents.algorithms.stochastic_approximation.root:Root",
        "convergence_rate": "gridworld_agents.stochastic.convergence:convergence_rate",
        "find_root": "gridworld_agents.algorithms.stochastic_approximation.root:find_root",
        "gradient_descent": "gridworld_agents.algorithms.stochastic_approximation.descent:gradient_descent",
        "kiefer_wolfowitz": "gridworld_agents.algorithms.stochastic_approximation.finite_differences:kiefer_wolfowitz",
        "mean_estimation": "gridworld_agents.algorithms.stochastic_approximation.mean:mean_estimation",
        "robbins_monro_conditions": "gridworld_agents.core.schedules:robbins_monro_conditions",
        "spsa_minimise": "gridworld_agents.algorithms.stochastic_approximation.simultaneous_perturbation:spsa_minimise",
    },
)
