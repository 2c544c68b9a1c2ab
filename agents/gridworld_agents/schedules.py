"""Hyper-parameters that change while an agent learns: step sizes and exploration rates.

A number stays as it is. Anything else is one string, so that it reads alike in Python, on a command line and in TOML:

| written | value at step k = 0, 1, ... of the agent's life, or at visit n = 1, 2, ... |
|---|---|
| `0.1` | 0.1 |
| `"linear:1.0:0.05:100000"` | from 1.0 down to 0.05 in 100,000 steps, and 0.05 from then on |
| `"exponential:1.0:0.05:20000"` | 0.05 + (1.0 - 0.05) exp(-k / 20000) |
| `"harmonic:500:1000"` | 500 / (k + 1000) |
| `"visits"` | 1 / n, the running mean; n counts the visits of this state and action (of the state, for epsilon) |
| `"visits:10:9"` | 10 / (n + 9) |

`parse` turns either form into a :class:`Schedule` of plain scalars; `value` is compiled and reads it.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from gridworld_agents.checks import choose, is_number
from gridworld_agents.tabular.compiling import kernel

CONSTANT, LINEAR, EXPONENTIAL, HARMONIC, VISITS = range(5)

_FORMS = {
    "constant": "constant:VALUE",
    "linear": "linear:START:END:STEPS",
    "exponential": "exponential:START:END:STEPS",
    "harmonic": "harmonic:A:B",
    "visits": "visits, or visits:A:B",
}


class Schedule(NamedTuple):
    """A schedule as compiled code reads it."""

    kind: int
    a: float  # the start; in quotients what is divided
    b: float  # the end; in quotients what is added below
    c: float  # the number of steps


@kernel
def value(schedule: Schedule, k: int, n: int) -> float:
    """Return the value at step k = 0, 1, ... and visit n = 1, 2, ...; compiled."""
    if schedule.kind == CONSTANT:
        return schedule.a
    if schedule.kind == LINEAR:
        return schedule.a + (schedule.b - schedule.a) * min(1.0, k / schedule.c)
    if schedule.kind == EXPONENTIAL:
        return schedule.b + (schedule.a - schedule.b) * math.exp(-k / schedule.c)
    if schedule.kind == HARMONIC:
        return schedule.a / (k + schedule.b)
    return schedule.a / (n + schedule.b)


def parse(argument: str, given: Any, *, zero: bool) -> Schedule:
    """Return the schedule that a hyper-parameter asks for.

    Args:
        argument: The hyper-parameter's name, for the message.
        given: A number or a string, as above.
        zero: Whether 0 is allowed: the range is [0, 1] with it, (0, 1] without.

    Raises:
        ValueError: If it is neither, or its values leave the range.
    """
    schedule, extremes = _read(argument, given)
    for extreme in extremes:
        if not (0 <= extreme <= 1 and (zero or extreme > 0)):
            got = f"{given!r}" if schedule.kind == CONSTANT else f"{given!r}, which takes the value {extreme}"
            raise ValueError(f"{argument} must be in {'[0, 1]' if zero else '(0, 1]'}, got {got}")
    return schedule


def _read(argument: str, given: Any) -> tuple[Schedule, tuple[float, ...]]:  # noqa: PLR0911 - one a kind
    """Return the schedule and its extreme values."""
    if is_number(given):
        return Schedule(CONSTANT, float(given), 0.0, 1.0), (float(given),)
    if not isinstance(given, str):
        listed = "; ".join(_FORMS.values())
        raise ValueError(f"{argument} must be a number or a schedule ({listed}), got {given!r}")
    kind, *words = given.split(":")
    numbers = _numbers(words)
    if len(words) == 0 and numbers == [] and _is_float(kind):
        return _read(argument, float(kind))
    choose(f"the schedule of {argument}", kind, _FORMS)
    match kind, numbers:
        case "constant", [a]:
            return Schedule(CONSTANT, a, 0.0, 1.0), (a,)
        case "linear" | "exponential", [a, b, c] if c > 0:
            return Schedule(LINEAR if kind == "linear" else EXPONENTIAL, a, b, c), (a, b)
        case "harmonic", [a, b] if a > 0 and b > 0:
            return Schedule(HARMONIC, a, b, 1.0), (a / b,)
        case "visits", []:
            return Schedule(VISITS, 1.0, 0.0, 1.0), (1.0,)
        case "visits", [a, b] if a > 0 and b >= 0:
            return Schedule(VISITS, a, b, 1.0), (a / (1 + b),)
    raise ValueError(
        f"{argument} must be a number or a schedule like {_FORMS[kind]} with numbers that make sense, got {given!r}"
    )


def _numbers(words: list[str]) -> list[float] | None:
    return [float(word) for word in words] if all(_is_float(word) for word in words) else None


def _is_float(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False
