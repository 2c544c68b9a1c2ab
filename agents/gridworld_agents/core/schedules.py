"""Hyper-parameters that change while an agent learns: step sizes and exploration rates.

A number stays as it is. Anything else is one string, so that it reads alike in Python, on a command line and in TOML:

| written | value at step k = 0, 1, ... of the agent's life, or at visit n = 1, 2, ... |
|---|---|
| `0.1` | 0.1 |
| `"linear:1.0:0.05:100000"` | from 1.0 down to 0.05 in 100,000 steps, and 0.05 from then on |
| `"exponential:1.0:0.05:20000"` | 0.05 + (1.0 - 0.05) exp(-k / 20000) |
| `"harmonic:500:1000"` | 500 / (k + 1000) |
| `"polynomial:500:1000:0.7"` | 500 / (k + 1000)^0.7 |
| `"visits"` | 1 / n, the running mean; n counts the visits of this state and action (of the state, for epsilon) |
| `"visits:10:9"` | 10 / (n + 9) |
| `"visits:1:0:0.7"` | 1 / n^0.7 |

`parse` turns either form into a :class:`Schedule` of plain scalars; `value` is compiled and reads it, `at` does so from
Python. `robbins_monro_conditions` says whether learning with such step sizes can converge.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from gridworld_agents.core.checks import choose, is_number
from gridworld_agents.core.compiling import kernel
from gridworld_agents.core.public import export

CONSTANT, LINEAR, EXPONENTIAL, HARMONIC, VISITS, POLYNOMIAL = range(6)

_FORMS = {
    "constant": "constant:VALUE",
    "linear": "linear:START:END:STEPS",
    "exponential": "exponential:START:END:STEPS",
    "harmonic": "harmonic:A:B",
    "polynomial": "polynomial:A:B:P",
    "visits": "visits, or visits:A:B, or visits:A:B:P",
}


@export("gridworld_agents.authoring.Schedule")
class Schedule(NamedTuple):
    """A schedule as compiled code reads it."""

    kind: int
    a: float  # the start; in quotients what is divided
    b: float  # the end; in quotients what is added below
    c: float  # the number of steps; in quotients the power of what is below


@export("gridworld_agents.stochastic_approximation.Conditions")
class Conditions(NamedTuple):
    """Whether step sizes meet the conditions of Robbins and Monro; see :func:`robbins_monro_conditions`."""

    sum_diverges: bool
    squares_converge: bool
    reason: str  # one sentence

    @property
    def met(self) -> bool:
        """Both of them."""
        return self.sum_diverges and self.squares_converge


@export("gridworld_agents.authoring.schedule_value")
@kernel
def value(schedule: Schedule, k: int, n: int) -> float:  # noqa: PLR0911 - one a kind
    """Return the value of a `schedule` at step k = 0, 1, ... and visit n = 1, 2, ...; compiled."""
    if schedule.kind == CONSTANT:
        return schedule.a
    if schedule.kind == LINEAR:
        return schedule.a + (schedule.b - schedule.a) * min(1.0, k / schedule.c)
    if schedule.kind == EXPONENTIAL:
        return schedule.b + (schedule.a - schedule.b) * math.exp(-k / schedule.c)
    if schedule.kind == HARMONIC:
        return schedule.a / (k + schedule.b)
    if schedule.kind == POLYNOMIAL:
        return float(schedule.a / (k + schedule.b) ** schedule.c)
    if schedule.c == 1.0:  # spares the power
        return schedule.a / (n + schedule.b)
    return float(schedule.a / (n + schedule.b) ** schedule.c)


def at(schedule: Schedule | float | str, k: int, n: int = 1) -> float:
    """Return the value at step k = 0, 1, ... and visit n = 1, 2, ...; plain Python, for loops that are not compiled.

    Args:
        schedule: One that was parsed, or anything that `parse` takes; its values may be of any size here.
        k: Step.
        n: Visit.

    Raises:
        ValueError: If it is no schedule.
    """
    parsed = schedule if isinstance(schedule, Schedule) else parse("schedule", schedule, zero=True, largest=math.inf)
    return float(_in_python(parsed, k, n))


_in_python = vars(value).get("py_func", value)


@export("gridworld_agents.stochastic_approximation.robbins_monro_conditions")
def robbins_monro_conditions(schedule: Schedule | float | str) -> Conditions:
    """Return whether the step sizes a_k of a schedule meet the conditions of Robbins and Monro.

    They are that the sum of a_k over k = 0, 1, ... is infinite, so that the iterates can get anywhere from anywhere,
    and that the sum of a_k^2 is finite, so that the noise dies out (Robbins and Monro 1951; Zhao 2025, Theorem 6.1).
    The answer follows from the schedule's form alone; nothing is summed. Schedules by visits are judged as sequences of
    n: in a table the conditions then hold for every pair that is visited for ever.

    Raises:
        ValueError: If it is no schedule.
    """
    if not isinstance(schedule, Schedule):
        schedule = parse("schedule", schedule, zero=True, largest=math.inf)
    if schedule.kind in {CONSTANT, LINEAR, EXPONENTIAL}:
        end = schedule.a if schedule.kind == CONSTANT else schedule.b
        if end > 0:
            return Conditions(True, False, f"the steps stay at {end:g} or above: the noise never dies out")
        return Conditions(False, True, "the steps go to 0 so fast that their sum is finite: iterates may stop early")
    p = schedule.c  # 1 for the harmonic ones
    falls = f"the steps fall like 1 / {'n' if schedule.kind == VISITS else 'k'}^{p:g}"
    if p <= 0.5:
        return Conditions(True, False, f"{falls}, and a power <= 1/2 is too slow: the noise does not die out")
    if p > 1:
        return Conditions(False, True, f"{falls}, and a power > 1 is too fast: their sum is finite")
    given = ", given that every pair is visited for ever" if schedule.kind == VISITS else ""
    return Conditions(True, True, f"{falls}, the power being in (1/2, 1]{given}")


@export("gridworld_agents.authoring.parse_schedule")
def parse(argument: str, given: Any, *, zero: bool, largest: float = 1.0) -> Schedule:
    """Return the schedule that a hyper-parameter asks for.

    Args:
        argument: The hyper-parameter's name, for the message.
        given: A number or a string, as above.
        zero: Whether 0 is allowed: the range is [0, largest] with it, (0, largest] without.
        largest: The largest value allowed; it may be infinite.

    Raises:
        ValueError: If it is neither, or its values leave the range.
    """
    schedule, extremes = _read(argument, given)
    for extreme in extremes:
        if not (0 <= extreme <= largest and (zero or extreme > 0)):
            got = f"{given!r}" if schedule.kind == CONSTANT else f"{given!r}, which takes the value {extreme}"
            above = f"{'at least' if zero else 'above'} 0"
            rule = f"in {'[' if zero else '('}0, {largest:g}]" if math.isfinite(largest) else above
            raise ValueError(f"{argument} must be {rule}, got {got}")
    return schedule


def _read(argument: str, given: Any) -> tuple[Schedule, tuple[float, ...]]:  # noqa: C901, PLR0911 - one a kind
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
        case "polynomial", [a, b, p] if a > 0 and b > 0 and p > 0:
            return Schedule(POLYNOMIAL, a, b, p), (a / _power(b, p),)
        case "visits", []:
            return Schedule(VISITS, 1.0, 0.0, 1.0), (1.0,)
        case "visits", [a, b] if a > 0 and b >= 0:
            return Schedule(VISITS, a, b, 1.0), (a / (1 + b),)
        case "visits", [a, b, p] if a > 0 and b >= 0 and p > 0:
            return Schedule(VISITS, a, b, p), (a / _power(1 + b, p),)
    raise ValueError(
        f"{argument} must be a number or a schedule like {_FORMS[kind]} with numbers that make sense, got {given!r}"
    )


def _power(x: float, p: float) -> float:
    try:
        return float(x**p)
    except OverflowError:
        return math.inf


def _numbers(words: list[str]) -> list[float] | None:
    return [float(word) for word in words] if all(_is_float(word) for word in words) else None


def _is_float(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False
