"""What somebody who writes an agent imports: base classes, their hyper-parameters, and parts for compiled functions.

A tabular agent is two functions compiled by `kernel` and a dataclass: see `TabularAgent`, and `ControlAgent` for those
that act epsilon-greedily in one table. One with networks, or without either, keeps to the contract of `Agent`.
`export` gives names that stand to a package of your own.
"""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "Capabilities": "gridworld_agents.core.agent:Capabilities",
        "ControlAgent": "gridworld_agents.tabular.control:ControlAgent",
        "ControlConfig": "gridworld_agents.tabular.control:ControlConfig",
        "Params": "gridworld_agents.tabular.table:Params",
        "PlanningAgent": "gridworld_agents.tabular.planner:PlanningAgent",
        "PlanningConfig": "gridworld_agents.tabular.planner:PlanningConfig",
        "PredictionAgent": "gridworld_agents.tabular.prediction:PredictionAgent",
        "PredictionConfig": "gridworld_agents.tabular.prediction:PredictionConfig",
        "Schedule": "gridworld_agents.core.schedules:Schedule",
        "Table": "gridworld_agents.tabular.table:Table",
        "TabularAgent": "gridworld_agents.tabular.agent:TabularAgent",
        "TrajectoryAgent": "gridworld_agents.tabular.trajectory:TrajectoryAgent",
        "choose": "gridworld_agents.core.checks:choose",
        "epsilon_greedy": "gridworld_agents.tabular.table:epsilon_greedy",
        "expected": "gridworld_agents.tabular.table:expected",
        "exploration": "gridworld_agents.tabular.table:exploration",
        "export": "gridworld_env.common.exporting:export",
        "finite_number": "gridworld_agents.core.checks:finite_number",
        "flag": "gridworld_agents.core.checks:flag",
        "greedy": "gridworld_agents.tabular.table:greedy",
        "kernel": "gridworld_agents.core.compiling:kernel",
        "largest": "gridworld_agents.tabular.table:largest",
        "lazy": "gridworld_env.common.exporting:lazy",
        "move_towards": "gridworld_agents.tabular.table:move_towards",
        "parse_schedule": "gridworld_agents.core.schedules:parse",
        "policy_table": "gridworld_agents.tabular.policies:policy_table",
        "probability": "gridworld_agents.core.checks:probability",
        "sample": "gridworld_agents.tabular.policies:sample",
        "schedule_value": "gridworld_agents.core.schedules:value",
        "whole_number": "gridworld_agents.core.checks:whole_number",
    },
)
