"""Statistics of runs: aggregates with intervals, paired comparisons, a stopping rule. Arrays in, small records out."""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "Interval": "gridworld_agents.statistics.scores:Interval",
        "Pair": "gridworld_agents.statistics.paired:Pair",
        "Reaching": "gridworld_agents.statistics.reaching:Reaching",
        "SequentialComparison": "gridworld_agents.statistics.sequential:SequentialComparison",
        "aggregate": "gridworld_agents.statistics.bootstrap:aggregate",
        "compare": "gridworld_agents.statistics.paired:compare",
        "compare_all": "gridworld_agents.statistics.paired:compare_all",
        "first_reached": "gridworld_agents.statistics.reaching:first_reached",
        "holm": "gridworld_agents.statistics.multiple_testing:holm",
        "holm_levels": "gridworld_agents.statistics.multiple_testing:holm_levels",
        "interquartile_mean": "gridworld_agents.statistics.aggregates:interquartile_mean",
        "mean": "gridworld_agents.statistics.aggregates:mean",
        "median": "gridworld_agents.statistics.aggregates:median",
        "median_time": "gridworld_agents.statistics.reaching:median_time",
        "optimality_gap": "gridworld_agents.statistics.aggregates:optimality_gap",
        "performance_profile": "gridworld_agents.statistics.profiles:performance_profile",
        "probability_of_improvement": "gridworld_agents.statistics.improvement:probability_of_improvement",
        "seeds_needed": "gridworld_agents.statistics.power:seeds_needed",
    },
)
