"""What is done while an agent learns: show it, log it, save it, stop it.

`learn(steps, callback=[Checkpoints("q.zip", every=10_000), StopOnReturn(0.95)])`. A plain function
`callback(agent, progress)` will do too; returning False ends the learning.
"""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "Callback": "gridworld_agents.core.callbacks:Callback",
        "CallbackLike": "gridworld_agents.core.callbacks:CallbackLike",
        "CallbackList": "gridworld_agents.core.callbacks:CallbackList",
        "Checkpoints": "gridworld_agents.core.callbacks:Checkpoints",
        "MetricsToCSV": "gridworld_agents.core.callbacks:MetricsToCSV",
        "Progress": "gridworld_agents.core.callbacks:Progress",
        "ProgressBar": "gridworld_agents.core.callbacks:ProgressBar",
        "RECENT": "gridworld_agents.core.episode_log:RECENT",
        "StopOnReturn": "gridworld_agents.core.callbacks:StopOnReturn",
        "TensorBoard": "gridworld_agents.runs.tensorboard:TensorBoard",
    },
)
