"""A tabular agent as a file, and back: all of it, checked before compiled code sees it."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, TypeVar

from gridworld_agents.core import files
from gridworld_agents.core.env_state import checked, checked_state, kept, streams
from gridworld_agents.core.finite_spaces import Actions
from gridworld_agents.core.numbering import Numbering
from gridworld_agents.tabular.run import Run

if TYPE_CHECKING:
    import os

    import numpy as np
    import numpy.typing as npt

    from gridworld_agents.tabular.agent import TabularAgent

T = TypeVar("T", bound="TabularAgent")


def save(agent: TabularAgent, path: str | os.PathLike[str]) -> None:
    """Write an agent to a file."""
    memory = agent.reserve(agent.memory, 0)
    header = {
        "id": agent.id,
        "env": agent.env.spec.id if agent.env is not None and agent.env.spec is not None else None,
        "seed": agent.seed,
        "config": dataclasses.asdict(agent.config),
        "observations": agent.states.to_json(),
        "actions": agent.actions.to_json(),
        "rng": kept(agent.rng),
        "predict_rng": kept(agent.predict_rng),
        "place": agent.place,
    }
    arrays = {f"memory.{name}": array for name, array in memory._asdict().items()}
    arrays |= {f"run.{name}": array for name, array in agent.run._asdict().items()}
    files.write(path, header, arrays)


def load(cls: type[T], path: str | os.PathLike[str]) -> T:
    """Read an agent from a file, without an environment.

    Raises:
        AgentFileError: If the file does not hold one.
    """
    from gridworld_agents.tabular.agent import config_of

    agent = cls.__new__(cls)
    with files.reading(path) as saved:
        files.check_id(saved, cls.id)
        agent.seed = saved.field("seed", int, None)
        agent.config = config_of(cls, saved.field("config", dict))
        agent.states = Numbering.from_json(saved.field("observations", dict))
        agent.actions = Actions.from_json(saved.field("actions", dict))
        S, A = agent.states.size, agent.actions.size
        if saved.size < 8 * S * A:
            raise ValueError(f"a table of {S} states and {A} actions is larger than the file")
        agent.memory = read_arrays(saved, "memory", cls.new_memory(S, A, agent.config))
        agent.run = read_arrays(saved, "run", Run.new())
        _check(agent, S, A)
        agent.params = cls.scalars(agent.config)
        agent.rng, agent.predict_rng = streams(0, 2)
        for name, rng in (("rng", agent.rng), ("predict_rng", agent.predict_rng)):
            rng.bit_generator.state = checked_state(saved.field(name, dict))
        agent.place = checked(saved.field("place", dict))
    agent._attach(None)  # noqa: SLF001 - it is this module's other half
    return agent


def read_arrays(saved: files.Saved, prefix: str, template: Any) -> Any:
    """Return a named tuple of arrays as the template has them; where that has length 0, any length will do."""
    arrays = {
        name: saved.array(f"{prefix}.{name}", array.dtype, tuple(n or None for n in array.shape))
        for name, array in template._asdict().items()
    }
    return type(template)(**arrays)


def _check(agent: TabularAgent, S: int, A: int) -> None:
    memory: Any = agent.memory
    counts: list[npt.NDArray[np.int64]] = [array for array in memory if array.dtype.kind == "i"]
    if any(bool((array < 0).any()) for array in counts):
        raise ValueError("it holds counts below 0")
    agent.run.check(S, A)
    if agent.seed is not None and not 0 <= agent.seed < math.inf:
        raise ValueError(f"its seed is {agent.seed}")
    agent.check_memory(memory, S, A)
