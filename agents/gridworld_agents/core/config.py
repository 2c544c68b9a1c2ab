"""`Config`: the hyper-parameters of an agent, each declared once.

    class SarsaConfig(Config):
        alpha: float | str = schedule("step size", default=0.1, above=0, most=1)
        gamma: float = real("discount", default=0.99, least=0, most=1)
        tie_breaking: str = choice("among actions of equal value", ("random", "index"), default="random")

From a declaration come the check and its error, the text of `--help` and of the pages, and the value as JSON can hold
it: NumPy's scalars become Python's own. A subclass is a frozen, keyword-only dataclass by itself; a rule that concerns
several fields goes into `check`. What a field is, in words, is its `meaning`.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from gridworld_agents.core import checks, schedules
from gridworld_agents.core.public import export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Check = Callable[[str, Any], Any]


@export("gridworld_agents.authoring.real")
def real(
    meaning: str,
    *,
    default: float,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> Any:
    """Declare a finite number in a range."""
    allowed = _range(least, above, most, below)

    def check(name: str, value: Any) -> float:
        if not checks.is_number(value):
            raise ValueError(f"{name} must be {f'a finite number {allowed}'.strip()}, got {value!r}")
        number = float(value)
        if not _inside(number, least, above, most, below):
            raise ValueError(f"{name} must be {allowed}, got {value!r}")
        return number

    return _field(default, meaning, allowed, check)


LARGEST_INTEGER = (1 << 63) - 1
"""What compiled code and files hold."""


@export("gridworld_agents.authoring.integer")
def integer(meaning: str, *, default: int, least: int = 0) -> Any:
    """Declare an integer >= `least`, of 64 bits."""
    return _field(default, meaning, f">= {least}", lambda name, value: _whole(name, value, least))


@export("gridworld_agents.authoring.schedule")
def schedule(
    meaning: str,
    *,
    default: float | str,
    least: float | None = None,
    above: float | None = None,
    most: float = math.inf,
) -> Any:
    """Declare a number, or text that says how it changes; see `schedules`. The smallest allowed is 0, or just above."""
    if (least, above) not in {(0, None), (None, 0)}:
        raise ValueError(f"a schedule's values are at least 0 or above 0, got least={least!r}, above={above!r}")
    allowed = _range(least, above, most if math.isfinite(most) else None, None)

    def check(name: str, value: Any) -> Any:
        schedules.parse(name, value, zero=above is None, largest=most)
        return value

    return _field(default, meaning, f"{allowed}, or a schedule", check, scheduled=True)


@export("gridworld_agents.authoring.choice")
def choice(meaning: str, options: Iterable[str], *, default: str) -> Any:
    """Declare a text that is one of `options`."""
    allowed = tuple(options)

    def check(name: str, value: Any) -> Any:
        checks.choose(name, value, allowed)
        return value

    return _field(default, meaning, " or ".join(f'"{one}"' for one in allowed), check)


@export("gridworld_agents.authoring.boolean")
def boolean(meaning: str, *, default: bool) -> Any:
    """Declare a truth value."""
    return _field(default, meaning, "", checks.flag)


@export("gridworld_agents.authoring.text")
def text(meaning: str, *, default: str) -> Any:
    """Declare a text."""

    def check(name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{name} must be text such as {default!r}, got {value!r}")
        return value

    return _field(default, meaning, "", check)


@export("gridworld_agents.authoring.integers")
def integers(meaning: str, *, default: tuple[int, ...], least: int = 1) -> Any:
    """Declare one or more integers >= `least`, such as the units of hidden layers."""

    def check(name: str, value: Any) -> tuple[int, ...]:
        if not isinstance(value, (tuple, list)) or not value:
            raise ValueError(f"{name} must be integers >= {least} such as {default}, got {value!r}")
        return tuple(_whole(f"each of {name}", one, least) for one in value)

    return _field(default, meaning, f"each >= {least}", check)


@export("gridworld_agents.authoring.optional")
def optional(declared: Any, *, default: None = None) -> Any:
    """Declare what may also be None, and is by default."""
    meta = declared.metadata
    allowed = f"{meta['range']}, or None" if meta["range"] else "or None"

    def check(name: str, value: Any) -> Any:
        return None if value is None else meta["check"](name, value)

    return _field(default, meta["meaning"], allowed, check, scheduled=meta["scheduled"])


@export("gridworld_agents.authoring.anything")
def anything(meaning: str, check: Check | None = None, *, default: Any, allowed: str = "") -> Any:
    """Declare what none of the others can.

    Args:
        meaning: What it is, in words.
        check: `check(name, value)` returns the value as JSON can hold it, or raises ValueError.
        default: The default.
        allowed: The values that it takes, in words.
    """
    return _field(default, meaning, allowed, check or (lambda _name, value: value))


@export("gridworld_agents.authoring.Config")
@dataclass_transform(
    frozen_default=True,
    kw_only_default=True,
    field_specifiers=(real, integer, schedule, choice, boolean, text, integers, optional, anything, dataclasses.field),
)
@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Hyper-parameters, checked. Subclasses declare fields and need no decorator."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make the subclass a dataclass."""
        super().__init_subclass__(**kwargs)
        dataclasses.dataclass(frozen=True, kw_only=True)(cls)

    def __post_init__(self) -> None:
        """Check every field by itself, then all of them together."""
        for field in dataclasses.fields(self):
            check = field.metadata.get("check", lambda _name, value: value)
            object.__setattr__(self, field.name, check(field.name, checks.plain(getattr(self, field.name), field.name)))
        self.check()

    def check(self) -> None:
        """Check what concerns several fields.

        Raises:
            ValueError: If they do not fit one another.
        """


def describe(field: dataclasses.Field[Any]) -> str:
    """Return what a field means and which values it takes, in one line; empty where it does not say."""
    meta = field.metadata
    return ", ".join(part for part in (meta.get("meaning") or meta.get("help", ""), meta.get("range", "")) if part)


def is_scheduled(field: dataclasses.Field[Any]) -> bool:
    """Return whether a field takes a schedule."""
    return bool(field.metadata.get("scheduled", False))


@export("gridworld_agents.authoring.schedule_of")
def schedule_of(config: Any, name: str) -> schedules.Schedule:
    """Return the schedule that a field holds, as compiled code reads it; the declaration has checked its range.

    Args:
        config: The hyper-parameters.
        name: The field's.
    """
    return schedules.parse(name, getattr(config, name), zero=True, largest=math.inf)


def config_of(cls: Any, given: dict[str, Any]) -> Any:
    """Return the hyper-parameters of an agent's class, from those that were given.

    Raises:
        ValueError: If one is unknown or out of range.
    """
    known = [field.name for field in dataclasses.fields(cls.Config)]
    for name in given:
        if name not in known:
            listed = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"{cls.id} has no hyper-parameter {name!r}{checks.suggest(name, known)} ({listed})")
    return cls.Config(**checks.plain(given, f"the hyper-parameters of {cls.id}"))


def _whole(name: str, value: Any, least: int) -> int:
    number = checks.whole_number(name, value, least)
    if number > LARGEST_INTEGER:
        raise ValueError(f"{name} must be an integer in [{least}, {LARGEST_INTEGER}], got {value!r}")
    return number


def _field(default: Any, meaning: str, allowed: str, check: Check, *, scheduled: bool = False) -> Any:
    metadata = {"meaning": meaning, "range": allowed, "check": check, "scheduled": scheduled}
    return dataclasses.field(default=default, metadata=metadata)


def _range(least: float | None, above: float | None, most: float | None, below: float | None) -> str:
    """Return a range in words: `in [0, 1)`, `>= 0`; empty for any number."""
    low, high = (above if least is None else least), (below if most is None else most)
    if low is not None and high is not None:
        return f"in {'(' if least is None else '['}{low:g}, {high:g}{')' if most is None else ']'}"
    if low is not None:
        return f"{'>' if least is None else '>='} {low:g}"
    return "" if high is None else f"{'<' if most is None else '<='} {high:g}"


def _inside(number: float, least: float | None, above: float | None, most: float | None, below: float | None) -> bool:
    return (
        (least is None or number >= least)
        and (above is None or number > above)
        and (most is None or number <= most)
        and (below is None or number < below)
    )
