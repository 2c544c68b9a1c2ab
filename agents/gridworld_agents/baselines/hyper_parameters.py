"""The hyper-parameters of Stable-Baselines3's agents, read off the constructors and their docstrings."""

from __future__ import annotations

import collections.abc
import copy
import dataclasses
import inspect
import re
import types
import typing
from typing import Any, get_args, get_origin

from gridworld_agents.core.checks import is_number, plain, suggest

NOT_THESE = {"self", "env", "seed", "_init_setup_model"}
"""Arguments that are no hyper-parameters."""

SCHEDULED = {"learning_rate", "clip_range", "clip_range_vf"}
"""What may be a schedule; see `arguments.schedule`."""

WORDED = {*SCHEDULED, "action_noise"}
"""What may be a string that stands for an object."""

RANGES = {
    "gamma": (0, 1),
    "gae_lambda": (0, 1),
    "tau": (0, 1),
    "exploration_fraction": (0, 1),
    "exploration_initial_eps": (0, 1),
    "exploration_final_eps": (0, 1),
    "learning_rate": (0, float("inf")),
    "n_steps": (1, float("inf")),
    "batch_size": (1, float("inf")),
    "n_epochs": (1, float("inf")),
    "buffer_size": (1, float("inf")),
    "train_freq": (1, float("inf")),
    "learning_starts": (0, float("inf")),
    "gradient_steps": (-1, float("inf")),
    "target_update_interval": (1, float("inf")),
    "num_envs": (1, float("inf")),
    "stats_window_size": (1, float("inf")),
}
"""Ranges of those that are numbers, where Stable-Baselines3 would fail later or not at all."""

ADDED = {
    "num_envs": (int, 1, "environments that the agent steps; compiled together where the environment has such copies")
}
"""Hyper-parameters that are not the constructor's: type, default, description."""

OWN_DEFAULTS: dict[str, tuple[Any, str]] = {
    "policy": (None, "Name or class of the policy; None chooses by the observation space"),
    "device": (None, "'cpu', 'cuda' or 'auto'; None is 'auto' for images and 'cpu' otherwise, which is faster"),
}
"""Defaults and descriptions that differ from Stable-Baselines3's."""

_PARAM = re.compile(r":param (\w+):(.*?)(?=:param |:return|\Z)", re.DOTALL)
_REFERENCE = re.compile(r"\(?[Ss]ee (?:also )?:\w+:`[^`]*`\)?\.?")
_WORDS = {float: "a finite number", int: "an integer", bool: "True or False", types.NoneType: "None", str: "a string"}


class Checked:
    """What the dataclasses of hyper-parameters share: a look at types and ranges."""

    def __post_init__(self) -> None:
        """Check each value.

        Raises:
            ValueError: If one has the wrong type or is out of range.
        """
        for field in dataclasses.fields(self):  # type: ignore[arg-type] # subclasses are dataclasses
            check(field.name, getattr(self, field.name), field.type)


def described(algorithm: type[Any], module: str, owner: str) -> type[Any]:
    """Return a frozen keyword-only dataclass with a field for each argument of an agent's constructor.

    Each field has Stable-Baselines3's type and default; `metadata["help"]` is what its docstring says of it.

    Args:
        algorithm: The agent's class.
        module: Where the dataclass is to be found.
        owner: The class that it is an attribute of, as `Config`.
    """
    told = {name: _plain(text) for name, text in _PARAM.findall(inspect.getdoc(algorithm) or "")}
    fields: list[tuple[str, Any, Any]] = []
    for name, argument in inspect.signature(algorithm).parameters.items():
        if name in NOT_THESE:
            continue
        default, help_ = OWN_DEFAULTS.get(name, (argument.default, told.get(name, "")))
        kind: Any = argument.annotation | None if name in OWN_DEFAULTS else argument.annotation
        fields.append((name, kind, dataclasses.field(default=default, metadata={"help": help_})))
    for name, (kind, default, help_) in ADDED.items():
        fields.append((name, kind, dataclasses.field(default=default, metadata={"help": help_})))
    made = dataclasses.make_dataclass(f"{owner}Config", fields, bases=(Checked,), frozen=True, kw_only=True)
    made.__module__, made.__qualname__ = module, f"{owner}.Config"  # where pickle finds it
    made.__doc__ = f"Hyper-parameters of Stable-Baselines3's {algorithm.__name__}."
    return made


def given(agent_id: str, config: type[Any], values: dict[str, Any]) -> Any:
    """Return the hyper-parameters of an agent.

    Raises:
        ValueError: If one is unknown, has the wrong type or is out of range.
    """
    known = [field.name for field in dataclasses.fields(config)]
    for name in values:
        if name not in known:
            raise ValueError(
                f"{agent_id} has no hyper-parameter {name!r}{suggest(name, known)} (it has {', '.join(known)})"
            )
    return config(
        **{name: copy.copy(value) if isinstance(value, dict) else value for name, value in plain(values).items()}
    )


def check(name: str, value: Any, kind: Any) -> None:
    """Refuse a value that is not of a type, or out of range where it is a number.

    Raises:
        ValueError: With the value and the rule.
    """
    options = get_args(kind) if get_origin(kind) in (typing.Union, types.UnionType) else (kind,)
    worded = name in WORDED and isinstance(value, str)  # looked into when it is read
    if not worded and not any(_fits(value, option) for option in options):
        rule = " or ".join(_WORDS.get(option, _name(option)) for option in options)
        raise ValueError(f"{name} must be {rule}, got {value!r}")
    low, high = RANGES.get(name, (float("-inf"), float("inf")))
    if is_number(value) and not low <= value <= high:
        rule = f"in [{low}, {high}]" if high < float("inf") else f">= {low}"
        raise ValueError(f"{name} must be {rule}, got {value!r}")


def _fits(value: Any, kind: Any) -> bool:
    """Return whether a value is of a type; what cannot be told is."""
    origin = get_origin(kind) or kind
    if origin is float:
        return is_number(value)
    if origin is int:
        return hasattr(value, "__index__") and not isinstance(value, bool)
    if origin is tuple:
        return isinstance(value, list | tuple)  # TOML and JSON know lists only
    if origin is collections.abc.Callable:
        return callable(value)
    return not isinstance(origin, type) or isinstance(value, origin)


def _name(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind)) if get_origin(kind) is None else str(kind)


def _plain(text: str) -> str:
    """Return a text on one line, without the marks of reStructuredText."""
    return re.sub(r"\s+", " ", _REFERENCE.sub("", text).replace("``", "")).strip()
