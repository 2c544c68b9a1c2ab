"""Comparisons: agents x environments x seeds, run on all cores or a cluster, kept in a folder, read as plain data."""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "AgentChoice": "gridworld_agents.comparison.suite:AgentChoice",
        "AllRunsFailedError": "gridworld_agents.comparison.executing:AllRunsFailedError",
        "Comparison": "gridworld_agents.comparison.results:Comparison",
        "EnvChoice": "gridworld_agents.comparison.suite:EnvChoice",
        "Interrupted": "gridworld_agents.comparison.executing:Interrupted",
        "Live": "gridworld_agents.comparison.live:Live",
        "Reference": "gridworld_agents.comparison.reference:Reference",
        "RunResult": "gridworld_agents.comparison.results:RunResult",
        "Stopping": "gridworld_agents.comparison.results:Stopping",
        "Suite": "gridworld_agents.comparison.suite:Suite",
        "Tuned": "gridworld_agents.comparison.tuning:Tuned",
        "all_sentences": "gridworld_agents.comparison.tuning:all_sentences",
        "failures": "gridworld_agents.comparison.printing:failures",
        "read": "gridworld_agents.comparison.results:read",
        "read_suite": "gridworld_agents.comparison.suite_files:read_suite",
        "run_suite": "gridworld_agents.comparison.comparing:run_suite",
        "sentences": "gridworld_agents.comparison.verdicts:sentences",
        "table": "gridworld_agents.comparison.printing:table",
        "tuned": "gridworld_agents.comparison.tuning:tuned",
        "tuned_sentences": "gridworld_agents.comparison.tuning:tuned_sentences",
    },
)
