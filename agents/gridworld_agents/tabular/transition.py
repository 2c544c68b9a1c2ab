"""`Transition`: one step as `observe` gets it."""

from __future__ import annotations

from typing import Any, NamedTuple

from gridworld_agents.core.public import export

UNCHOSEN = -1
"""The next action where none was chosen."""


@export("gridworld_agents.authoring.Transition")
class Transition(NamedTuple):
    """One step of the environment, states and actions as numbers."""

    s: Any  # int, the state
    a: Any  # int, the action taken in it
    r: Any  # float, the reward
    s_next: Any  # int, the state that followed
    a_next: Any  # int, the action chosen there; UNCHOSEN after a terminated step, or where it is chosen later
    terminated: Any  # bool, the episode ended for good: s_next has the value 0
    truncated: Any  # bool, the episode was cut off: s_next still has a value
