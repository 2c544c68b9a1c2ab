"""`check_agent`: does an agent keep to the contract of `gridworld_agents.core.agent`? For those who write one."""

from gridworld_agents.checking.report import AgentCheckError, Finding, Report
from gridworld_agents.checking.runner import check_agent

__all__ = ["AgentCheckError", "Finding", "Report", "check_agent"]
