"""What somebody who writes an agent imports: base classes, their hyper-parameters, and parts for compiled functions.

A tabular agent is two functions compiled by `kernel` and a dataclass: see `TabularAgent`, and `ControlAgent` for those
that act epsilon-greedily in one table. One with networks, or without either, keeps to the contract of `Agent`.
`export` gives names that stand to a package of your own.
"""

from gridworld_env.authoring import lazy

__getattr__, __dir__, __all__ = lazy(  # written by `make api`
    __name__,
    {
        "BaseAgent": "gridworld_agents.core.base:BaseAgent",
        "Capabilities": "gridworld_agents.core.agent:Capabilities",
        "Config": "gridworld_agents.core.config:Config",
        "ControlAgent": "gridworld_agents.tabular.control:ControlAgent",
        "ControlConfig": "gridworld_agents.tabular.control:ControlConfig",
        "Params": "gridworld_agents.tabular.parts.table:Params",
        "PlanningAgent": "gridworld_agents.tabular.planning:PlanningAgent",
        "PlanningConfig": "gridworld_agents.tabular.planning:PlanningConfig",
        "PredictionAgent": "gridworld_agents.tabular.prediction:PredictionAgent",
        "PredictionConfig": "gridworld_agents.tabular.prediction:PredictionConfig",
        "Schedule": "gridworld_agents.core.schedules:Schedule",
        "Table": "gridworld_agents.tabular.parts.table:Table",
        "TabularAgent": "gridworld_agents.tabular.agent:TabularAgent",
        "TrajectoryAgent": "gridworld_agents.tabular.trajectory:TrajectoryAgent",
        "Transition": "gridworld_agents.tabular.transition:Transition",
        "anything": "gridworld_agents.core.config:anything",
        "boolean": "gridworld_agents.core.config:boolean",
        "choice": "gridworld_agents.core.config:choice",
        "choose": "gridworld_env.common.checks:choose",
        "epsilon_greedy": "gridworld_agents.tabular.parts.table:epsilon_greedy",
        "expected": "gridworld_agents.tabular.parts.table:expected",
        "exploration": "gridworld_agents.tabular.parts.table:exploration",
        "export": "gridworld_env.common.exporting:export",
        "finite_number": "gridworld_env.common.checks:finite_number",
        "flag": "gridworld_env.common.checks:flag",
        "greedy": "gridworld_agents.tabular.parts.table:greedy",
        "integer": "gridworld_agents.core.config:integer",
        "integers": "gridworld_agents.core.config:integers",
        "kernel": "gridworld_agents.core.compiling:kernel",
        "largest": "gridworld_agents.tabular.parts.table:largest",
        "lazy": "gridworld_env.common.exporting:lazy",
        "move_towards": "gridworld_agents.tabular.parts.table:move_towards",
        "ops": "gridworld_agents.deep.ops",
        "optional": "gridworld_agents.core.config:optional",
        "parse_schedule": "gridworld_agents.core.schedules:parse",
        "policy_table": "gridworld_agents.tabular.parts.policies:policy_table",
        "probability": "gridworld_env.common.checks:probability",
        "real": "gridworld_agents.core.config:real",
        "sample": "gridworld_agents.tabular.parts.policies:sample",
        "schedule": "gridworld_agents.core.config:schedule",
        "schedule_value": "gridworld_agents.core.schedules:value",
        "suggest": "gridworld_env.common.suggesting:suggest",
        "text": "gridworld_agents.core.config:text",
        "whole_number": "gridworld_env.common.checks:whole_number",
    },
)
