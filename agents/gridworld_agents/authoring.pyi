# Written by `make api` from the declarations `export(...)` in the source.

from gridworld_agents.core.agent import Capabilities as Capabilities
from gridworld_agents.core.base import BaseAgent as BaseAgent
from gridworld_agents.core.compiling import kernel as kernel
from gridworld_agents.core.config import Config as Config
from gridworld_agents.core.config import anything as anything
from gridworld_agents.core.config import boolean as boolean
from gridworld_agents.core.config import choice as choice
from gridworld_agents.core.config import integer as integer
from gridworld_agents.core.config import integers as integers
from gridworld_agents.core.config import optional as optional
from gridworld_agents.core.config import real as real
from gridworld_agents.core.config import schedule as schedule
from gridworld_agents.core.config import schedule_of as schedule_of
from gridworld_agents.core.config import text as text
from gridworld_agents.core.schedules import Schedule as Schedule
from gridworld_agents.core.schedules import parse as parse_schedule
from gridworld_agents.core.schedules import value as schedule_value
from gridworld_agents.deep import distributions as distributions
from gridworld_agents.deep import ops as ops
from gridworld_agents.deep.discrete import DiscreteAgent as DiscreteAgent
from gridworld_agents.deep.networks import MLP as MLP
from gridworld_agents.deep.networks import Networks as Networks
from gridworld_agents.deep.off_policy import OffPolicyAgent as OffPolicyAgent
from gridworld_agents.deep.off_policy import OffPolicyConfig as OffPolicyConfig
from gridworld_agents.deep.on_policy import OnPolicyAgent as OnPolicyAgent
from gridworld_agents.deep.on_policy import OnPolicyConfig as OnPolicyConfig
from gridworld_agents.deep.on_policy import RollOut as RollOut
from gridworld_agents.deep.on_policy import flat as flat
from gridworld_agents.deep.optimiser import Net as Net
from gridworld_agents.deep.optimiser import descend as descend
from gridworld_agents.deep.replay import Batch as Batch
from gridworld_agents.deep.stochastic import StochasticAgent as StochasticAgent
from gridworld_agents.tabular.agent import TabularAgent as TabularAgent
from gridworld_agents.tabular.control import ControlAgent as ControlAgent
from gridworld_agents.tabular.control import ControlConfig as ControlConfig
from gridworld_agents.tabular.parts.policies import policy_table as policy_table
from gridworld_agents.tabular.parts.policies import sample as sample
from gridworld_agents.tabular.parts.table import Params as Params
from gridworld_agents.tabular.parts.table import Table as Table
from gridworld_agents.tabular.parts.table import epsilon_greedy as epsilon_greedy
from gridworld_agents.tabular.parts.table import expected as expected
from gridworld_agents.tabular.parts.table import exploration as exploration
from gridworld_agents.tabular.parts.table import greedy as greedy
from gridworld_agents.tabular.parts.table import largest as largest
from gridworld_agents.tabular.parts.table import move_towards as move_towards
from gridworld_agents.tabular.planning import PlanningAgent as PlanningAgent
from gridworld_agents.tabular.planning import PlanningConfig as PlanningConfig
from gridworld_agents.tabular.prediction import PredictionAgent as PredictionAgent
from gridworld_agents.tabular.prediction import PredictionConfig as PredictionConfig
from gridworld_agents.tabular.trajectory import TrajectoryAgent as TrajectoryAgent
from gridworld_agents.tabular.transition import Transition as Transition
from gridworld_env.common.checks import choose as choose
from gridworld_env.common.checks import finite_number as finite_number
from gridworld_env.common.checks import flag as flag
from gridworld_env.common.checks import probability as probability
from gridworld_env.common.checks import whole_number as whole_number
from gridworld_env.common.exporting import export as export
from gridworld_env.common.exporting import lazy as lazy
from gridworld_env.common.suggesting import suggest as suggest

__all__ = [
    "MLP",
    "BaseAgent",
    "Batch",
    "Capabilities",
    "Config",
    "ControlAgent",
    "ControlConfig",
    "DiscreteAgent",
    "Net",
    "Networks",
    "OffPolicyAgent",
    "OffPolicyConfig",
    "OnPolicyAgent",
    "OnPolicyConfig",
    "Params",
    "PlanningAgent",
    "PlanningConfig",
    "PredictionAgent",
    "PredictionConfig",
    "RollOut",
    "Schedule",
    "StochasticAgent",
    "Table",
    "TabularAgent",
    "TrajectoryAgent",
    "Transition",
    "anything",
    "boolean",
    "choice",
    "choose",
    "descend",
    "distributions",
    "epsilon_greedy",
    "expected",
    "exploration",
    "export",
    "finite_number",
    "flag",
    "flat",
    "greedy",
    "integer",
    "integers",
    "kernel",
    "largest",
    "lazy",
    "move_towards",
    "ops",
    "optional",
    "parse_schedule",
    "policy_table",
    "probability",
    "real",
    "sample",
    "schedule",
    "schedule_of",
    "schedule_value",
    "suggest",
    "text",
    "whole_number",
]
