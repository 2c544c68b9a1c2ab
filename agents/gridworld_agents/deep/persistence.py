"""An agent with networks as a file, and back: numbers only, checked before they are used."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch

from gridworld_agents.core import env_state, files
from gridworld_agents.deep.environments import device_of
from gridworld_agents.deep.ledger import Ledger
from gridworld_agents.deep.spaces import Boxes
from gridworld_agents.tabular.agent import config_of
from gridworld_agents.tabular.persistence import read_arrays

if TYPE_CHECKING:
    import os

    from gridworld_agents.deep.agent import DeepAgent

T = TypeVar("T", bound="DeepAgent")


def tensors(learner: Any, prefix: str = "learner") -> dict[str, torch.Tensor]:
    """Return the tensors of nested named tuples by name."""
    found: dict[str, torch.Tensor] = {}
    for name, part in learner._asdict().items():
        found |= {f"{prefix}.{name}": part} if isinstance(part, torch.Tensor) else tensors(part, f"{prefix}.{name}")
    return found


def save(agent: DeepAgent, path: str | os.PathLike[str]) -> None:
    """Write an agent to a file."""
    spec = None if agent.env is None else agent.env.spec
    places = agent.places
    if agent.env is not None and agent._env_seeds is None:  # noqa: SLF001 - it is that class's other half
        places = [{"rng": env_state.of(env)["rng"]} for row in agent.envs for env in row]
    header = {
        "id": agent.id,
        "env": None if spec is None else spec.id,
        "seed": agent.seed,
        "config": dataclasses.asdict(agent.config),
        "spaces": agent.boxes.to_json(),
        "rngs": [env_state.kept(rng) for rng in agent.rngs],
        "predict_rngs": [env_state.kept(rng) for rng in agent.predict_rngs],
        "env_seeds": agent._env_seeds,  # noqa: SLF001
        "places": places,
        "added": agent.replay.added,
    }
    arrays = {name: tensor.cpu().numpy() for name, tensor in tensors(agent.learner).items()}
    arrays |= {f"ledger.{name}": array for name, array in agent.ledger._asdict().items()}
    arrays |= {f"normaliser.{name}": getattr(agent.normaliser, name) for name in ("count", "mean", "squares")}
    arrays["replay"] = agent.replay.kept()
    files.write(path, header, arrays)


def load(cls: type[T], path: str | os.PathLike[str], device: str | None) -> T:
    """Read an agent from a file, without an environment.

    Raises:
        AgentFileError: If the file does not hold one.
        ValueError: If the device is not there.
    """
    agent = cls.__new__(cls)
    with files.reading(path) as saved:
        files.check_id(saved, cls.id)
        agent.seed = saved.field("seed", int, None)
        agent.config = config_of(cls, saved.field("config", dict))
        agent.boxes = Boxes.from_json(saved.field("spaces", dict))
        _check_size(saved, agent)
    if device is not None:
        agent.config = dataclasses.replace(agent.config, device=device)
    device_of(agent.config.device)  # outside: a device that is not there is no fault of the file
    with files.reading(path) as saved:
        agent._prepare()  # noqa: SLF001 - it is that class's other half
        _fill(agent, saved)
    return agent


def _check_size(saved: files.Saved, agent: Any) -> None:
    """Refuse parameters that would take far more memory than the file has."""
    p, boxes = agent.config, agent.boxes
    widths = [boxes.num_observed + boxes.num_chosen, *p.hidden]
    least = p.num_seeds * sum(a * b for a, b in zip(widths, [*p.hidden, 1], strict=True))
    if 4 * least > saved.size or p.num_seeds * p.num_envs > saved.size:
        raise ValueError(f"networks of {least} numbers are larger than the file")


def _fill(agent: DeepAgent, saved: files.Saved) -> None:
    p = agent.config
    M, width = p.num_seeds, sum(agent.replay.sizes)
    agent.rngs, agent.predict_rngs = ([np.random.default_rng(0) for _ in range(M)] for _ in range(2))
    fresh = agent.new_learner(agent.rngs)
    agent.learner = _filled(fresh, saved, "learner")
    agent.ledger = read_arrays(saved, "ledger", Ledger.new(M, p.num_envs))
    if any(bool((array < 0).any()) for array in agent.ledger if array.dtype.kind == "i"):
        raise ValueError("it holds counts below 0")
    for name in ("count", "mean", "squares"):
        array = getattr(agent.normaliser, name)
        array[:] = saved.array(f"normaliser.{name}", array.dtype, array.shape)
    added = saved.field("added", int)
    kept = saved.array("replay", np.dtype(np.float32), (M, None, width))
    if kept.shape[1] != min(added, p.buffer_size):
        raise ValueError("its replay is not as long as it says")
    agent.replay.restore(kept, added)
    for name, rngs in (("rngs", agent.rngs), ("predict_rngs", agent.predict_rngs)):
        states = saved.field(name, list)
        if len(states) != M:
            raise ValueError(f"it holds {len(states)} generators for {M} members")
        for rng, state in zip(rngs, states, strict=True):
            rng.bit_generator.state = env_state.checked_state(state)
    agent._env_seeds = _seeds(saved.field("env_seeds", list, None), M)  # noqa: SLF001
    agent.places = [
        {"rng": env_state.checked_state(place["rng"]) if place["rng"] else {}} for place in saved.field("places", list)
    ]
    if len(agent.places) not in (0, M * p.num_envs):
        raise ValueError(f"it knows {len(agent.places)} environments, not {M * p.num_envs}")


def _seeds(seeds: list[Any] | None, M: int) -> list[int] | None:
    if seeds is not None and not (len(seeds) == M and all(type(seed) is int and seed >= 0 for seed in seeds)):
        raise ValueError("its seeds are out of range")
    return seeds


def _filled(template: Any, saved: files.Saved, prefix: str) -> Any:
    """Return nested named tuples like the template, from the arrays of a file."""
    parts = {}
    for name, part in template._asdict().items():
        key = f"{prefix}.{name}"
        if isinstance(part, torch.Tensor):
            array = saved.array(key, part.cpu().numpy().dtype, tuple(part.shape))
            parts[name] = torch.from_numpy(array).to(part.device)
        else:
            parts[name] = _filled(part, saved, key)
    return type(template)(**parts)
