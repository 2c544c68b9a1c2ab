# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.statistics.aggregates import interquartile_mean as interquartile_mean
from gridworld_agents.statistics.aggregates import mean as mean
from gridworld_agents.statistics.aggregates import median as median
from gridworld_agents.statistics.aggregates import optimality_gap as optimality_gap
from gridworld_agents.statistics.bootstrap import aggregate as aggregate
from gridworld_agents.statistics.improvement import probability_of_improvement as probability_of_improvement
from gridworld_agents.statistics.multiple_testing import holm as holm
from gridworld_agents.statistics.multiple_testing import holm_levels as holm_levels
from gridworld_agents.statistics.paired import Pair as Pair
from gridworld_agents.statistics.paired import compare as compare
from gridworld_agents.statistics.paired import compare_all as compare_all
from gridworld_agents.statistics.power import seeds_needed as seeds_needed
from gridworld_agents.statistics.profiles import performance_profile as performance_profile
from gridworld_agents.statistics.reaching import Reaching as Reaching
from gridworld_agents.statistics.reaching import first_reached as first_reached
from gridworld_agents.statistics.reaching import median_time as median_time
from gridworld_agents.statistics.scores import Interval as Interval
from gridworld_agents.statistics.sequential import SequentialComparison as SequentialComparison

__all__ = [
    "Interval",
    "Pair",
    "Reaching",
    "SequentialComparison",
    "aggregate",
    "compare",
    "compare_all",
    "first_reached",
    "holm",
    "holm_levels",
    "interquartile_mean",
    "mean",
    "median",
    "median_time",
    "optimality_gap",
    "performance_profile",
    "probability_of_improvement",
    "seeds_needed",
]
