# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.core.agent import Capabilities as Capabilities
from gridworld_agents.core.checks import choose as choose
from gridworld_agents.core.checks import finite_number as finite_number
from gridworld_agents.core.checks import flag as flag
from gridworld_agents.core.checks import probability as probability
from gridworld_agents.core.checks import whole_number as whole_number
from gridworld_agents.core.compiling import kernel as kernel
from gridworld_agents.core.schedules import Schedule as Schedule
from gridworld_agents.core.schedules import parse as parse_schedule
from gridworld_agents.core.schedules import value as schedule_value
from gridworld_agents.tabular.agent import TabularAgent as TabularAgent
from gridworld_agents.tabular.control import ControlAgent as ControlAgent
from gridworld_agents.tabular.control import ControlConfig as ControlConfig
from gridworld_agents.tabular.planner import PlanningAgent as PlanningAgent
from gridworld_agents.tabular.planner import PlanningConfig as PlanningConfig
from gridworld_agents.tabular.policies import policy_table as policy_table
from gridworld_agents.tabular.policies import sample as sample
from gridworld_agents.tabular.prediction import PredictionAgent as PredictionAgent
from gridworld_agents.tabular.prediction import PredictionConfig as PredictionConfig
from gridworld_agents.tabular.table import Params as Params
from gridworld_agents.tabular.table import Table as Table
from gridworld_agents.tabular.table import epsilon_greedy as epsilon_greedy
from gridworld_agents.tabular.table import expected as expected
from gridworld_agents.tabular.table import exploration as exploration
from gridworld_agents.tabular.table import greedy as greedy
from gridworld_agents.tabular.table import largest as largest
from gridworld_agents.tabular.table import move_towards as move_towards
from gridworld_agents.tabular.trajectory import TrajectoryAgent as TrajectoryAgent
from gridworld_env.common.exporting import export as export
from gridworld_env.common.exporting import lazy as lazy

__all__ = [
    "Capabilities",
    "ControlAgent",
    "ControlConfig",
    "Params",
    "PlanningAgent",
    "PlanningConfig",
    "PredictionAgent",
    "PredictionConfig",
    "Schedule",
    "Table",
    "TabularAgent",
    "TrajectoryAgent",
    "choose",
    "epsilon_greedy",
    "expected",
    "exploration",
    "export",
    "finite_number",
    "flag",
    "greedy",
    "kernel",
    "largest",
    "lazy",
    "move_towards",
    "parse_schedule",
    "policy_table",
    "probability",
    "sample",
    "schedule_value",
    "whole_number",
]
