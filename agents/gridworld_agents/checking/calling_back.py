"""Checks of callbacks: they are told how far the learning is, and can end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridworld_agents.checking.report import Failed
from gridworld_agents.checking.subject import SHORT

if TYPE_CHECKING:
    from gridworld_agents.checking.subject import Subject

LONG = 10_000
"""Steps that no agent should take at one go, without asking its callback."""


def callback(subject: Subject) -> str:
    """A callback is called as `callback(agent, progress)`, and what is not False does not end the learning."""
    calls: list[tuple[Any, ...]] = []
    agent = subject.make(subject.new_env())
    agent.learn(SHORT, callback=lambda *arguments: calls.append(arguments))
    rule = "callback(agent, progress) to be called at least once, progress being a callbacks.Progress"
    mend = "call it once a chunk; gridworld_agents.core.loop.run_chunks does all of that"
    if not calls:
        raise Failed(rule, "no call", mend)
    for arguments in calls:
        told = len(arguments) == 2 and arguments[0] is agent
        if not told or not all(hasattr(arguments[1], name) for name in ("num_timesteps", "total_timesteps")):
            raise Failed(rule, f"callback{tuple(type(x).__name__ for x in arguments)}", mend)
    if agent.num_timesteps < SHORT:
        raise Failed(
            f"a callback that returns None to let the agent learn all {SHORT} steps",
            f"{agent.num_timesteps} steps",
            "end the learning only if `callback(...) is False`",
        )
    return f"called {len(calls)} times in {SHORT} steps"


def callback_stops(subject: Subject) -> str:
    """A callback that returns False ends the learning."""
    calls: list[tuple[Any, ...]] = []
    agent = subject.make(subject.new_env())

    def stop(*arguments: Any) -> bool:
        calls.append(arguments)
        return False

    agent.learn(LONG, callback=stop)
    if agent.num_timesteps >= LONG or len(calls) > 1:
        raise Failed(
            f"a callback that returns False to end learn({LONG})",
            f"{agent.num_timesteps} steps and {len(calls)} calls",
            "leave the loop of learn where `callback(...) is False`, and ask the callback once a chunk",
        )
    return f"stopped after {agent.num_timesteps} of {LONG} steps"
