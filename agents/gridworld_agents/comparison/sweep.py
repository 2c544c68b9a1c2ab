"""Settings of agents: read as words of a command line, and multiplied by a sweep over hyper-parameters.

A word is `ID`, `ID:NAME=VALUE,...`, or `LABEL=ID:...`, as in `bold=q-learning:alpha=0.5,epsilon=0.2`. A sweep over
`{"alpha": [0.1, 0.5]}` makes of each agent that has an `alpha` one for every value, and several names every
combination.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from typing import TYPE_CHECKING, Any

from gridworld_agents.comparison.suite import AgentChoice
from gridworld_agents.core import registry
from gridworld_agents.core.checks import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_SEPARATOR = re.compile(r",(?=\s*[A-Za-z_][\w-]*\s*=)")
"""A comma between two settings, not one within a value."""


def agent_of(word: str, read: Callable[[str], Any]) -> AgentChoice:
    """Return the agent that a word stands for.

    Args:
        word: As above.
        read: Returns what the text of a value means.

    Raises:
        ValueError: If a setting has no name or no value.
    """
    head, _, settings = word.partition(":")
    label, _, agent_id = head.rpartition("=")
    hyper_parameters: dict[str, Any] = {}
    for setting in _SEPARATOR.split(settings) if settings else ():
        name, equals, value = (part.strip() for part in setting.partition("="))
        if not equals or not value or not name.replace("-", "_").isidentifier():
            raise ValueError(f"an agent's settings must read ID:NAME=VALUE,NAME=VALUE, got {word!r}")
        hyper_parameters[name.replace("-", "_")] = read(value)
    return AgentChoice(agent_id, label or label_of(agent_id, hyper_parameters), hyper_parameters)


def label_of(agent_id: str, hyper_parameters: Mapping[str, Any]) -> str:
    """Return what an agent is called after its hyper-parameters."""
    given = ", ".join(f"{name}={value}" for name, value in hyper_parameters.items())
    return f"{agent_id}({given})" if given else agent_id


def hyper_parameters_of(agent_id: str) -> tuple[str, ...]:
    """Return the names of an agent's hyper-parameters, as far as it declares them.

    Raises:
        ValueError: If there is no such agent.
        AgentPluginError: If it cannot be used.
    """
    config = getattr(registry.find(agent_id).load(), "Config", None)
    return tuple(getattr(config, "__dataclass_fields__", ()))


def swept(agents: Sequence[AgentChoice], sweep: Mapping[str, Sequence[Any]]) -> tuple[AgentChoice, ...]:
    """Return agents with one for every combination of the values that are swept over.

    Args:
        agents: One that does not have a hyper-parameter, or has a value for it, keeps what it has.
        sweep: Values of hyper-parameters by name.

    Raises:
        ValueError: If no agent has one of the hyper-parameters, or a list of values is empty or has one twice.
    """
    for name, values in sweep.items():
        if not isinstance(values, list | tuple) or not values:
            raise ValueError(f"the sweep over {name!r} must be a list of values, got {values!r}")
        if len({json.dumps(value, default=repr) for value in values}) < len(values):
            raise ValueError(f"the sweep over {name!r} has a value twice: {list(values)}")
    known = {agent.id: hyper_parameters_of(agent.id) for agent in agents} if sweep else {}
    every = sorted({name for names in known.values() for name in names})
    for name in sweep:
        if name not in every:
            raise ValueError(f"no agent has a hyper-parameter {name!r} to sweep over{suggest(name, every)}")
    found: list[AgentChoice] = []
    for agent in agents:
        names = [name for name in sweep if name in known[agent.id] and name not in agent.hyper_parameters]
        combinations = itertools.product(*(sweep[name] for name in names))
        found += [_with(agent, dict(zip(names, values, strict=True))) for values in combinations]
    return tuple(found)


def _with(agent: AgentChoice, values: Mapping[str, Any]) -> AgentChoice:
    """Return an agent with further hyper-parameters, and a label that tells them."""
    if not values:
        return agent
    every = {**agent.hyper_parameters, **values}
    named = agent.label not in {agent.id, label_of(agent.id, agent.hyper_parameters)}
    label = label_of(agent.label, values) if named else label_of(agent.id, every)
    return dataclasses.replace(agent, label=label, hyper_parameters=every)
