# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents import authoring as authoring
from gridworld_agents import baselines as baselines
from gridworld_agents import callbacks as callbacks
from gridworld_agents import checking as checking
from gridworld_agents import comparison as comparison
from gridworld_agents import evaluation as evaluation
from gridworld_agents import off_policy_evaluation as off_policy_evaluation
from gridworld_agents import plotting as plotting
from gridworld_agents import report as report
from gridworld_agents import statistics as statistics
from gridworld_agents import stochastic_approximation as stochastic_approximation
from gridworld_agents.checking.report import AgentCheckError as AgentCheckError
from gridworld_agents.checking.runner import check_agent as check_agent
from gridworld_agents.comparison.comparing import compare as compare
from gridworld_agents.core.agent import Agent as Agent
from gridworld_agents.core.errors import AgentFileError as AgentFileError
from gridworld_agents.core.errors import AgentPluginError as AgentPluginError
from gridworld_agents.core.errors import EpisodesFileError as EpisodesFileError
from gridworld_agents.core.registry import AgentSpec as AgentSpec
from gridworld_agents.core.registry import find as spec
from gridworld_agents.core.registry import load as load
from gridworld_agents.core.registry import make as make
from gridworld_agents.core.registry import specs as specs
from gridworld_agents.data.collecting import collect as collect
from gridworld_agents.data.episodes import Episodes as Episodes
from gridworld_agents.evaluation.continuous_judge import ContinuousJudge as ContinuousJudge
from gridworld_agents.evaluation.judge import Judge as Judge
from gridworld_agents.evaluation.playing import evaluate as evaluate
from gridworld_agents.runs.seeds import learn_seeds as learn_seeds
from gridworld_agents.tabular.parts.policies import epsilon_greedy_policy as epsilon_greedy_policy

__all__ = [
    "Agent",
    "AgentCheckError",
    "AgentFileError",
    "AgentPluginError",
    "AgentSpec",
    "ContinuousJudge",
    "Episodes",
    "EpisodesFileError",
    "Judge",
    "authoring",
    "baselines",
    "callbacks",
    "check_agent",
    "checking",
    "collect",
    "compare",
    "comparison",
    "epsilon_greedy_policy",
    "evaluate",
    "evaluation",
    "learn_seeds",
    "load",
    "make",
    "off_policy_evaluation",
    "plotting",
    "report",
    "spec",
    "specs",
    "statistics",
    "stochastic_approximation",
]
__version__: str
