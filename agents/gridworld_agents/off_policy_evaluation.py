"""What a policy is worth, estimated from episodes that another policy made, with an interval."""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "Estimate": "gridworld_agents.data.estimate:Estimate",
        "METHODS": "gridworld_agents.algorithms.monte_carlo.off_policy_evaluation:METHODS",
        "doubly_robust": "gridworld_agents.algorithms.monte_carlo.off_policy_evaluation:doubly_robust",
        "importance_sampling": "gridworld_agents.algorithms.monte_carlo.off_policy_evaluation:importance_sampling",
    },
)
