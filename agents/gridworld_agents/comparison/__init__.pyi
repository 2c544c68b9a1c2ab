# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.comparison.comparing import run_suite as run_suite
from gridworld_agents.comparison.executing import AllRunsFailedError as AllRunsFailedError
from gridworld_agents.comparison.executing import Interrupted as Interrupted
from gridworld_agents.comparison.live import Live as Live
from gridworld_agents.comparison.printing import failures as failures
from gridworld_agents.comparison.printing import table as table
from gridworld_agents.comparison.reference import Reference as Reference
from gridworld_agents.comparison.results import Comparison as Comparison
from gridworld_agents.comparison.results import RunResult as RunResult
from gridworld_agents.comparison.results import Stopping as Stopping
from gridworld_agents.comparison.results import read as read
from gridworld_agents.comparison.suite import AgentChoice as AgentChoice
from gridworld_agents.comparison.suite import EnvChoice as EnvChoice
from gridworld_agents.comparison.suite import Suite as Suite
from gridworld_agents.comparison.suite_files import read_suite as read_suite
from gridworld_agents.comparison.tuning import Tuned as Tuned
from gridworld_agents.comparison.tuning import all_sentences as all_sentences
from gridworld_agents.comparison.tuning import tuned as tuned
from gridworld_agents.comparison.tuning import tuned_sentences as tuned_sentences
from gridworld_agents.comparison.verdicts import sentences as sentences

__all__ = [
    "AgentChoice",
    "AllRunsFailedError",
    "Comparison",
    "EnvChoice",
    "Interrupted",
    "Live",
    "Reference",
    "RunResult",
    "Stopping",
    "Suite",
    "Tuned",
    "all_sentences",
    "failures",
    "read",
    "read_suite",
    "run_suite",
    "sentences",
    "table",
    "tuned",
    "tuned_sentences",
]
