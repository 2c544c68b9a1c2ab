"""Files of Stable-Baselines3's agents: its own zips with `agent.json`, and maybe a replay buffer, beside.

Such a zip holds pickles, which run code when they are read. Nothing of it but `agent.json`, which is plain JSON, is
looked at unless the user says that the file is to be trusted.
"""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any, TypeVar

from stable_baselines3.common.utils import ConstantSchedule, FloatSchedule

from gridworld_agents.baselines.randomness import Stream
from gridworld_agents.baselines.vec_env import copies_for
from gridworld_agents.core import files
from gridworld_agents.core.checks import flag, whole_number
from gridworld_agents.core.episode_log import EpisodeLog
from gridworld_agents.core.errors import AgentFileError, reason

if TYPE_CHECKING:
    import os
    import pathlib

    from gridworld_agents.baselines.baseline import Baseline

T = TypeVar("T", bound="Baseline")

REPLAY_BUFFER = "replay_buffer.pkl"
MISMATCH = ("Observation spaces do not match", "Action spaces do not match")
"""How Stable-Baselines3 complains of an environment with other spaces."""


def save(agent: Baseline, path: str | os.PathLike[str], *, replay_buffer: bool) -> None:
    """Write an agent to a file.

    Raises:
        ValueError: If there is to be a replay buffer and the agent has none.
    """
    if replay_buffer and getattr(agent.model, "replay_buffer", None) is None:
        raise ValueError(f"{agent.id} has no replay buffer to save: only off-policy agents have")
    values = {field.name: getattr(agent.config, field.name) for field in dataclasses.fields(agent.config)}
    header = {
        "id": agent.id,
        "seed": agent.seed,
        "config": {name: value for name, value in values.items() if _is_json(value)},
        "device": agent.model.device.type,
        "episodes": agent.log.to_json(),
        "steps_unlearned": agent.steps_unlearned,
    }
    content, model = files.header_content(header), io.BytesIO()
    agent.model.save(model)
    target = files.place_for(path, files.AGENT)
    with files.atomic(target) as file, zipfile.ZipFile(file, "w") as archive, zipfile.ZipFile(model) as theirs:
        archive.writestr(files.AGENT.header, content)
        for member in theirs.infolist():
            archive.writestr(member, theirs.read(member))
        if replay_buffer:
            compressed = zipfile.ZipInfo(REPLAY_BUFFER)
            compressed.compress_type = zipfile.ZIP_DEFLATED  # most of a young buffer is zeros
            with archive.open(compressed, "w", force_zip64=True) as raw, io.BufferedWriter(raw) as buffer:
                agent.model.save_replay_buffer(buffer)


def load(cls: type[T], path: str | os.PathLike[str], env: Any, *, trust: bool, device: str | None) -> T:
    """Read an agent from a file.

    Raises:
        AgentFileError: If the file does not hold one, or is not trusted.
        ValueError: If the environment's spaces are others.
    """
    path = files.resolve(path)
    header = _header(path, cls.id)
    if not flag("trust", trust):
        raise AgentFileError(
            f"{path} is a file of Stable-Baselines3's, which can carry code that runs when it is read: if you trust "
            "where it comes from, pass trust=True, or --trust on the command line"
        )
    if env is not None:
        cls.check_env(env)
    stream = Stream()
    with stream.playing():
        try:
            copies = None if env is None else copies_for(env, header.get("config", {}).get("num_envs", 1))
            model = cls.algorithm.load(path, env=copies, device=device or header.get("device", "cpu"))
            _read_buffer(model, path)
            config = _parameters(cls, model, header.get("config", {}))
        except Exception as error:
            if env is not None and str(error).startswith(MISMATCH):
                raise ValueError(f"env must have the spaces that the agent in {path} knows: {error}") from error
            raise _unreadable(path, error) from error
    agent = cls.__new__(cls)
    seed = header["seed"] if header else model.seed
    log = EpisodeLog.from_json(header["episodes"]) if header else EpisodeLog.new()
    agent._take(model, env, seed, config, log, stream)  # noqa: SLF001 - it is this module's other half
    agent.steps_unlearned = header.get("steps_unlearned", 0)
    return agent


def _header(path: pathlib.Path, agent_id: str) -> dict[str, Any]:
    """Return what `agent.json` says, checked; nothing for a zip of Stable-Baselines3's own."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            for member in archive.infolist():  # by what they are called it is decided what the file is
                archive.open(member).close()  # raises where the directory calls one otherwise than it does itself
    except Exception as error:
        raise _unreadable(path, error) from error
    if files.AGENT.header not in names and "data" in names:
        return {}
    with files.reading(path, stored=False) as saved:
        files.check_id(saved, agent_id)
        if saved.field("seed", int, None) is not None:
            whole_number("seed", saved.header["seed"])
        saved.field("config", dict)
        saved.field("device", str)
        EpisodeLog.from_json(saved.field("episodes", dict))
        whole_number("steps_unlearned", saved.header.get("steps_unlearned", 0))
        return saved.header


def _read_buffer(model: Any, path: pathlib.Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if REPLAY_BUFFER in archive.namelist():
            with archive.open(REPLAY_BUFFER) as raw, io.BufferedReader(raw) as buffer:  # type: ignore[type-var]
                model.load_replay_buffer(buffer)


def _parameters(cls: type[Baseline], model: Any, kept: dict[str, Any]) -> Any:
    """Return hyper-parameters as the file keeps them; what JSON could not, and in other files all, as the model has."""
    values = {}
    for field in dataclasses.fields(cls.Config):
        if field.name in kept:
            values[field.name] = kept[field.name]
        else:
            values[field.name] = _plain(getattr(model, field.name, field.default))
    values["policy"] = kept.get("policy", model.policy_class)
    values["device"] = kept.get("device", model.device.type)
    return cls.Config(**values)


def _plain(value: Any) -> Any:
    """Return a hyper-parameter as one writes it, where Stable-Baselines3 has wrapped it."""
    if isinstance(value, FloatSchedule):
        return _plain(value.value_schedule)
    if isinstance(value, ConstantSchedule):
        return value.val
    if isinstance(value, tuple) and hasattr(value, "unit"):  # how often an off-policy agent learns
        return value[0], value[1].value
    return value


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def _unreadable(path: pathlib.Path, error: Exception) -> AgentFileError:
    return AgentFileError(f"{path} cannot be read as an agent: {reason(error)}")
