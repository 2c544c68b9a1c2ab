"""Which agents there are: every entry point of the group `gridworld.agents`, ours by the same road as others'.

Listing imports nothing. An agent that cannot be imported fails alone, and only when it is asked for, or asked for its
`problem`.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import pathlib
import re
from typing import TYPE_CHECKING, Any, ClassVar

from gridworld_agents.core.checks import suggest
from gridworld_agents.core.errors import AgentFileError, AgentPluginError
from gridworld_agents.core.files import read_header, resolve
from gridworld_agents.core.outdated import moved, outdated
from gridworld_agents.core.public import export
from gridworld_env import Plugin, find_plugins

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import gymnasium as gym

    from gridworld_agents.core.agent import Agent

GROUP = "gridworld.agents"
EXTRAS = {"stable_baselines3": "sb3", "sb3_contrib": "sb3", "torch": "torch", "safetensors": "torch"}
"""Which extra of ours brings a module."""
ROOT = pathlib.Path(__file__).parents[1]
NEEDS = {
    "gridworld_agents.baselines.": "stable_baselines3",
    "gridworld_agents.baselines.contrib": "sb3_contrib",
    "gridworld_agents.deep.": "torch",
}
"""Which modules of ours cannot be imported without one that an extra brings."""

_WORD = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_OWN_ID, _NAMESPACED_ID = re.compile(rf"(?:{_WORD}/)?{_WORD}"), re.compile(rf"{_WORD}/{_WORD}")


@functools.cache
def needs(module: str) -> str | None:
    """Return what a module of ours cannot be imported without, found in its text: nothing is imported to tell."""
    path = ROOT.joinpath(*module.split(".")[1:]).with_suffix(".py")
    text = f"{module}\n{path.read_text(encoding='utf-8')}" if path.is_file() else module
    return next((needed for part, needed in reversed(NEEDS.items()) if part in text), None)


@export("gridworld_agents.AgentSpec")
@dataclasses.dataclass(frozen=True)
class AgentSpec(Plugin):
    """An agent that is installed."""

    group: ClassVar[str] = GROUP
    noun: ClassVar[str] = "agent"
    failure: ClassVar[type[Exception]] = AgentPluginError

    def load(self) -> Callable[..., Agent]:
        """Import the agent and return its factory.

        Raises:
            AgentPluginError: If that fails, whichever way.
        """
        factory: Callable[..., Agent] = super().load()
        return factory

    def check(self, factory: Any) -> None:
        """Refuse what is no factory, and what was written for an earlier version.

        Raises:
            TypeError: With what is to be changed.
        """
        if not callable(factory):
            raise TypeError(f"{factory!r} is no factory: it must be callable as factory(env, *, seed=None, **kwargs)")
        if not self.ours and (way_out := outdated(factory)):
            raise TypeError(way_out)

    def problem(self) -> str | None:
        """Return why it cannot be used, None if nothing is known.

        To find out, another package's agent is imported. Of ours only what it needs is looked for, which is quicker.
        """
        if self.error is not None or not self.ours:
            return super().problem()
        needed = needs(self.value.partition(":")[0])
        if needed is None or importlib.util.find_spec(needed) is not None:
            return None
        return self.reason(ModuleNotFoundError(f"No module named {needed!r}", name=needed))

    def make(self, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> Agent:
        """Make an agent, as `make` does: for those who make many, since finding one reads what is installed.

        Args:
            env: What it is to learn on: an environment, not its id.
            seed: Fixes all that the agent does, and the environment when it learns.
            **hyper_parameters: The agent's own.

        Raises:
            ValueError: If it refuses the environment or a hyper-parameter.
            AgentPluginError: If it cannot be used.
        """
        if isinstance(env, str):
            raise ValueError(f"env must be an environment, got the id {env!r}: pass gymnasium.make({env!r})")
        factory = self.load()
        with self.isolated(ImportError, SystemExit):  # its own ValueErrors are for whoever called
            return factory(env, seed=seed, **hyper_parameters)

    def complaint(self) -> str | None:
        """Return which rule of ids it breaks."""
        if not self.ours and not _NAMESPACED_ID.fullmatch(self.id):
            return (
                f"its id must be in kebab-case and in a namespace of its own, such as 'acme/my-agent', got {self.id!r}"
            )
        if not _OWN_ID.fullmatch(self.id):
            return f"its id must be in kebab-case, such as 'my-agent' or 'acme/my-agent', got {self.id!r}"
        return None

    def way_out(self, error: BaseException) -> str:
        """Return what there is to do about an error: which extra brings what is missing, or what has moved where."""
        if not self.ours and isinstance(error, ImportError) and error.name and (way_out := moved(error)):
            return f"; {way_out}"
        missing = (error.name or "").split(".")[0] if isinstance(error, ModuleNotFoundError) else ""
        if self.ours and missing in EXTRAS:
            extra = "sb3" if self.id.startswith("sb3/") else EXTRAS[missing]
            return f'; pip install "gridworld-env[{extra}]" brings it'
        return super().way_out(error)


@export("gridworld_agents.specs")
def specs() -> list[AgentSpec]:
    """Return every agent that is installed, those with errors too, by id. Nothing is imported."""
    return find_plugins(AgentSpec)


@export("gridworld_agents.spec")
def find(agent_id: str) -> AgentSpec:
    """Return the agent of an id: the one that can be used, where several claim it.

    Args:
        agent_id: Such as "q-learning" or "sb3/ppo".

    Raises:
        ValueError: If there is none; the message suggests the nearest.
    """
    found = specs()
    claims = [spec for spec in found if spec.id == agent_id]
    if not claims:
        known = sorted({spec.id for spec in found})
        raise ValueError(
            f"there is no agent {agent_id!r}{suggest(agent_id, known)} (`gridworld list agents` lists all)"
        )
    return next((spec for spec in claims if spec.error is None), claims[0])


@export("gridworld_agents.make")
def make(agent_id: str, env: gym.Env[Any, Any], *, seed: int | None = None, **hyper_parameters: Any) -> Agent:
    """Make an agent for an environment.

    Args:
        agent_id: As `specs` lists it.
        env: What it is to learn on: an environment, not its id.
        seed: Fixes all that the agent does, and the environment when it learns.
        **hyper_parameters: The agent's own.

    Raises:
        ValueError: If there is no such agent, or it refuses the environment or a hyper-parameter.
        AgentPluginError: If it is installed but cannot be used.
    """
    return find(agent_id).make(env, seed=seed, **hyper_parameters)


@export("gridworld_agents.load")
def load(path: str | os.PathLike[str], env: gym.Env[Any, Any] | None = None, **kwargs: Any) -> Agent:
    """Read an agent of any kind from a file: the file says which it is.

    Args:
        path: Of the file; `.zip` may be left out.
        env: To go on learning on.
        **kwargs: Passed to the agent's own `load`.

    Raises:
        AgentFileError: If the file does not hold an agent, or one that is not installed.
        AgentPluginError: If the agent is installed but cannot be used.
    """
    path = resolve(path)
    agent_id = read_header(path)["id"]
    try:
        spec = find(agent_id)
    except ValueError as error:
        raise AgentFileError(f"{path} holds an agent that is not installed: {error}") from None
    factory: Any = spec.load()
    with spec.isolated(ImportError, SystemExit):
        agent: Agent = factory.load(path, env, **kwargs)
    return agent
