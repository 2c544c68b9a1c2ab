# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.evaluation.continuous_judge import Judged as Judged
from gridworld_agents.evaluation.continuous_judge import LinearisedGain as LinearisedGain
from gridworld_agents.evaluation.continuous_judge import linearised_gain as linearised_gain
from gridworld_agents.evaluation.playing import Evaluation as Evaluation

__all__ = [
    "Evaluation",
    "Judged",
    "LinearisedGain",
    "linearised_gain",
]
