"""One step, or one reset, of many copies of a continuous world: compiled loops, made for each world's two functions.

1  in NEXT_STEP a copy whose episode is over starts anew, and its action is ignored
2  any other draws its numbers, advances, and is truncated after `limit` steps
3  in SAME_STEP a copy whose episode has ended starts anew at once; `arrived` keeps where it came to
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NamedTuple

from numba import njit

from gridworld_env.common.compiling import cached_njit, with_names
from gridworld_env.engine.streams import draw
from gridworld_env.engine.tabular.vector_kernels import NEXT_STEP, OVER, SAME_STEP

if TYPE_CHECKING:
    from gridworld_env.engine.continuous.world import Dynamics


class Loops(NamedTuple):
    """The compiled loops of a world."""

    reset: Any
    step: Any
    start_one: Any
    advance_one: Any


start: Any = None  # a world's own: `_loops` fills the two in
advance: Any = None


@njit(inline="always")  # type: ignore[untyped-decorator]
def _draw(streams: Any, i: Any, draws: Any) -> None:
    """Draw the numbers of a copy, each as `Generator.random` makes it."""
    for k in range(draws.shape[1]):
        draws[i, k] = draw(streams, i) * 2.0**-53


def _start_one(parameters: Any, draws: Any, states: Any) -> None:
    start(parameters, draws, 0, states)


def _advance_one(parameters: Any, states: Any, actions: Any, draws: Any, arrived: Any) -> tuple[float, bool]:
    r, terminated = advance(parameters, states, actions, draws, 0, arrived)
    for d in range(states.shape[1]):
        states[0, d] = arrived[0, d]
    return r, terminated


def _reset(
    first: int, last: int, parameters: Any, draws: Any, states: Any, clock: Any, streams: Any, selected: Any
) -> None:
    for i in range(first, last):
        if selected[i]:
            _draw(streams, i, draws)
            start(parameters, draws, i, states)
            clock[i] = 0


def _step(
    first: int,
    last: int,
    mode: int,
    limit: int,
    parameters: Any,
    start_draws: Any,
    step_draws: Any,
    states: Any,
    clock: Any,
    streams: Any,
    actions: Any,
    arrived: Any,
    rewards: Any,
    terminated: Any,
    truncated: Any,
) -> None:
    for i in range(first, last):
        if mode == NEXT_STEP and clock[i] == OVER:  # 1
            _draw(streams, i, start_draws)
            start(parameters, start_draws, i, states)
            clock[i] = 0
            rewards[i], terminated[i], truncated[i] = 0.0, False, False
            continue
        _draw(streams, i, step_draws)  # 2
        rewards[i], terminated[i] = advance(parameters, states, actions, step_draws, i, arrived)
        for d in range(states.shape[1]):
            states[i, d] = arrived[i, d]
        clock[i] += 1
        truncated[i] = clock[i] >= limit
        if terminated[i] or truncated[i]:
            clock[i] = OVER
            if mode == SAME_STEP:  # 3
                _draw(streams, i, start_draws)
                start(parameters, start_draws, i, states)
                clock[i] = 0


def loops(dynamics: Dynamics) -> Loops:
    """Compile the loops of a world; they are kept on disk, and made anew when something that they call changes."""
    return _loops(dynamics.start, dynamics.advance)


@functools.cache
def _loops(start: Any, advance: Any) -> Loops:
    templates = (_reset, _step, _start_one, _advance_one)
    return Loops(*(cached_njit(with_names(template, start=start, advance=advance)) for template in templates))
