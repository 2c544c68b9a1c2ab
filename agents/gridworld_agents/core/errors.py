"""What can go wrong with agents that others wrote, and with files that come from anywhere."""

from __future__ import annotations

from gridworld_agents.core.public import export
from gridworld_env.authoring import printable

LONGEST_REASON = 500
"""Characters of a reason: what a file holds may be in it."""


@export("gridworld_agents.AgentPluginError")
class AgentPluginError(ImportError):
    """An agent is installed but cannot be used; the message names its id, its distribution and the reason."""


@export("gridworld_agents.AgentFileError")
class AgentFileError(ValueError):
    """A file does not hold an agent; the message names its path and the reason."""


@export("gridworld_agents.EpisodesFileError")
class EpisodesFileError(ValueError):
    """A file does not hold logged episodes; the message names its path and the reason."""


def reason(error: BaseException) -> str:
    """Return why something was raised, as one printable line of some length; its type where it does not say."""
    return printable(" ".join(str(error).split()), LONGEST_REASON) or type(error).__name__
