"""How good an agent is: exactly where the model is known, by playing elsewhere; and watching it."""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "Evaluation": "gridworld_agents.evaluation.playing:Evaluation",
        "Judged": "gridworld_agents.evaluation.continuous_judge:Judged",
        "LinearisedGain": "gridworld_agents.evaluation.continuous_judge:LinearisedGain",
        "linearised_gain": "gridworld_agents.evaluation.continuous_judge:linearised_gain",
    },
)
