"""Agents that learn on Gymnasium environments, found through entry points.

>>> import gymnasium as gym, gridworld_env, gridworld_agents as ga
>>> agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0, alpha=0.1, gamma=0.9)
>>> agent.learn(100_000).save("q.zip")
"""

from gridworld_env import __version__ as __version__
from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "Agent": "gridworld_agents.core.agent:Agent",
        "AgentCheckError": "gridworld_agents.checking.report:AgentCheckError",
        "AgentFileError": "gridworld_agents.core.errors:AgentFileError",
        "AgentPluginError": "gridworld_agents.core.errors:AgentPluginError",
        "AgentSpec": "gridworld_agents.core.registry:AgentSpec",
        "ContinuousJudge": "gridworld_agents.evaluation.continuous_judge:ContinuousJudge",
        "Episodes": "gridworld_agents.data.episodes:Episodes",
        "EpisodesFileError": "gridworld_agents.core.errors:EpisodesFileError",
        "Judge": "gridworld_agents.evaluation.judge:Judge",
        "authoring": "gridworld_agents.authoring",
        "baselines": "gridworld_agents.baselines",
        "callbacks": "gridworld_agents.callbacks",
        "check_agent": "gridworld_agents.checking.runner:check_agent",
        "checking": "gridworld_agents.checking",
        "collect": "gridworld_agents.data.collecting:collect",
        "compare": "gridworld_agents.comparison.comparing:compare",
        "comparison": "gridworld_agents.comparison",
        "epsilon_greedy_policy": "gridworld_agents.tabular.parts.policies:epsilon_greedy_policy",
        "evaluate": "gridworld_agents.evaluation.playing:evaluate",
        "evaluation": "gridworld_agents.evaluation",
        "learn_seeds": "gridworld_agents.runs.seeds:learn_seeds",
        "load": "gridworld_agents.core.registry:load",
        "make": "gridworld_agents.core.registry:make",
        "off_policy_evaluation": "gridworld_agents.off_policy_evaluation",
        "plotting": "gridworld_agents.plotting",
        "report": "gridworld_agents.report",
        "spec": "gridworld_agents.core.registry:find",
        "specs": "gridworld_agents.core.registry:specs",
        "statistics": "gridworld_agents.statistics",
        "stochastic_approximation": "gridworld_agents.stochastic_approximation",
    },
)
