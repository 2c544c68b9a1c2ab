"""Iterates of stochastic approximation: reading the start, the step sizes and the projection, and calling functions."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from gridworld_agents.core.checks import whole_number
from gridworld_agents.core.public import export
from gridworld_agents.core.schedules import Schedule, at, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    Function = Callable[[Any, np.random.Generator], Any]
    Projection = tuple[Any, Any] | Callable[[Any], Any] | None

LIMIT = 1e100
"""An iterate that is farther from 0 has diverged: what follows would only overflow."""


class Iterates:
    """The iterates of one run.

    Args:
        w: Where they start, a number or (d,).
        iterations: The most there will be.
        step_size: A schedule as :mod:`schedules` has it, its values above 0 and of any size.
        projection: (low, high), numbers or (d,), into which every iterate is clipped; or a callable that returns the
            projection of what it is given; or None.

    Raises:
        ValueError: If an argument is not one of these.
    """

    def __init__(
        self, w: Any, iterations: int, step_size: float | str | Schedule, projection: Projection = None
    ) -> None:
        start = _numbers("w", w)
        if start.ndim > 1 or start.size == 0:
            raise ValueError(f"w must be a number or a vector, got an array of shape {start.shape}")
        self.shape = start.shape
        self.schedule = step_size if isinstance(step_size, Schedule) else positive_schedule("step_size", step_size)
        K = whole_number("iterations", iterations)
        self._steps = np.array([at(self.schedule, k, k + 1) for k in range(K)])
        self._rows = np.empty((K + 1, start.size))
        self._project = _projector(projection, start.shape)
        self._rows[0] = self._project(start).reshape(-1)
        self.done = 0
        self.diverged = False

    @property
    def w(self) -> Any:
        """The latest iterate: a float, or (d,) float64."""
        return self.shaped(self._rows[self.done])

    @property
    def trajectory(self) -> FloatArray:
        """All of them, the start first: (K + 1, d) float64, K being the iterations done."""
        return self._rows[: self.done + 1]

    @property
    def step_sizes(self) -> FloatArray:
        """(K,) float64."""
        return self._steps[: self.done]

    @property
    def averaged(self) -> Any:
        """The mean of all iterates but the start (Polyak and Juditsky 1992); the start where there is no other."""
        rows = self._rows[1 : self.done + 1]
        return self.shaped(rows.mean(axis=0) if len(rows) else self._rows[0])

    def shaped(self, row: FloatArray) -> Any:
        """Return a row as the caller's functions take it."""
        return row.copy() if self.shape else float(row[0])

    def move(self, step: FloatArray) -> bool:
        """Take w <- w - step, projected. Return whether the iterates go on: False once they have diverged."""
        with np.errstate(all="ignore"):
            row = self._rows[self.done] - step.reshape(-1)
            if np.isfinite(row).all():
                row = self._project(row.reshape(self.shape)).reshape(-1)
        self.diverged = not (np.abs(row) <= LIMIT).all()
        if not self.diverged:
            self.done += 1
            self._rows[self.done] = row
        return not self.diverged

    def tells_apart(self, c: float) -> bool:
        """Return whether w + c is another number than w in every coordinate. If not, w has run away."""
        row = self._rows[self.done]
        self.diverged |= bool((row + c == row).any())
        return not self.diverged

    def steps(self) -> list[tuple[int, float]]:
        """Return k and a_k for every iteration asked for."""
        return list(enumerate(self._steps.tolist()))


@export("gridworld_agents.stochastic_approximation.Minimum")
@dataclasses.dataclass(frozen=True)
class Minimum:
    """What the minimisers return."""

    w: Any
    """The last iterate: a float, or (d,) float64."""
    averaged: Any
    """The mean of all iterates but the start."""
    trajectory: FloatArray
    """All iterates, the start first: (K + 1, d) float64. It ends early where they diverge."""
    step_sizes: FloatArray
    """(K,) float64."""
    diverged: bool
    """Whether the iterates ran away."""
    values: int
    """How often the function was asked for a value."""

    @classmethod
    def of(cls, iterates: Iterates, values: int) -> Minimum:
        """Return the result of a run: of its `iterates`, with how many `values` of the function it took."""
        return cls(iterates.w, iterates.averaged, iterates.trajectory, iterates.step_sizes, iterates.diverged, values)


def positive_schedule(argument: str, given: float | str) -> Schedule:
    """Return a schedule of values that are never negative and begin above 0.

    Raises:
        ValueError: If it is invalid, or is 0 at first.
    """
    schedule = parse(argument, given, zero=True, largest=np.inf)
    if not at(schedule, 0, 1) > 0:
        raise ValueError(f"{argument} must begin above 0, got {given!r}")
    return schedule


def call(function: Function, w: Any, rng: np.random.Generator) -> FloatArray:
    """Return what a function says of w, in w's shape; numbers too large for a float become infinite.

    Raises:
        ValueError: If it returns something of another shape.
    """
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(function(w, rng), np.float64)
    except OverflowError:
        return np.full(np.shape(w), np.inf)
    if value.shape != np.shape(w) and not (np.ndim(w) == 0 and value.size == 1):
        raise ValueError(f"the function must return the shape of w, {np.shape(w)}, got {value.shape}")
    return value.reshape(np.shape(w))


def call_number(function: Function, w: Any, rng: np.random.Generator) -> float:
    """Return what a function that is to be minimised says of w.

    Raises:
        ValueError: If it returns no single number.
    """
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(function(w, rng), np.float64)
    except OverflowError:
        return np.inf
    if value.size != 1:
        raise ValueError(f"the function must return a number, got an array of shape {value.shape}")
    return float(value.reshape(())[()])


def generator(rng: np.random.Generator | None) -> np.random.Generator:
    """Return the generator that was given, or a fresh one.

    Raises:
        ValueError: If it is something else.
    """
    if rng is None:
        return np.random.default_rng()
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}: pass numpy.random.default_rng(seed)")
    return rng


def _numbers(argument: str, given: Any) -> FloatArray:
    try:
        array = np.array(given, np.float64)
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if not np.isfinite(array).all():
        raise ValueError(f"{argument} must be finite numbers, got {given!r}")
    return array


def samples(argument: str, given: Any) -> FloatArray:
    """Return samples: (N,) or (N, d) float64, N >= 1.

    Raises:
        ValueError: If they are none.
    """
    array = _numbers(argument, given)
    if array.ndim not in {1, 2} or array.size == 0:
        raise ValueError(f"{argument} must have shape (N,) or (N, d) with N, d >= 1, got {array.shape}")
    return array


def _projector(projection: Projection, shape: tuple[int, ...]) -> Callable[[FloatArray], FloatArray]:
    if projection is None:
        return lambda w: w
    if callable(projection):
        return lambda w: call(lambda x, _: projection(x), w if shape else float(w), np.random.default_rng(0))
    rule = f"projection must be None, a callable or (low, high) with low <= high, got {projection!r}"
    try:
        low, high = (np.broadcast_to(np.asarray(bound, np.float64), shape) for bound in projection)
    except (TypeError, ValueError):
        raise ValueError(rule) from None
    if not (low <= high).all():
        raise ValueError(rule)
    return lambda w: np.clip(w, low, high)
