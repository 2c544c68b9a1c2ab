# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.core.callbacks import Callback as Callback
from gridworld_agents.core.callbacks import CallbackLike as CallbackLike
from gridworld_agents.core.callbacks import CallbackList as CallbackList
from gridworld_agents.core.callbacks import Checkpoints as Checkpoints
from gridworld_agents.core.callbacks import MetricsToCSV as MetricsToCSV
from gridworld_agents.core.callbacks import Progress as Progress
from gridworld_agents.core.callbacks import ProgressBar as ProgressBar
from gridworld_agents.core.callbacks import StopOnReturn as StopOnReturn
from gridworld_agents.core.episode_log import RECENT as RECENT
from gridworld_agents.runs.tensorboard import TensorBoard as TensorBoard

__all__ = [
    "RECENT",
    "Callback",
    "CallbackLike",
    "CallbackList",
    "Checkpoints",
    "MetricsToCSV",
    "Progress",
    "ProgressBar",
    "StopOnReturn",
    "TensorBoard",
]
