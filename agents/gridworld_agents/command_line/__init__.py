"""The command `gridworld`. Every subcommand has a file of its own, imported when it is called."""

from gridworld_agents.command_line.main import main

__all__ = ["main"]
