"""Models written down by the names of their states and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_env.common.suggesting import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray


class Named(NamedTuple):
    """The tables of a model, of which nothing has been checked or merged, and its names."""

    next_state: IntArray
    probability: FloatArray
    reward: FloatArray
    terminated: BoolArray
    initial: FloatArray
    state_names: tuple[str, ...]
    action_names: tuple[str, ...]


def named(transitions: Mapping[str, Mapping[str, Any]], start: str | Mapping[str, float]) -> Named:
    """Return the tables of a model; see `TabularMDP.from_names`."""
    actions = _actions(transitions)
    rows = {(s, a): list(_outcomes_of(s, a, outcomes)) for s, row in transitions.items() for a, outcomes in row.items()}
    ends = [s_next for row in rows.values() for _, s_next, _ in row if s_next not in transitions]
    states = tuple(dict.fromkeys([*transitions, *ends]))
    number = {s: i for i, s in enumerate(states)}
    S, A, M = len(states), len(actions), max(1, *map(len, rows.values()))
    next_state = np.repeat(np.arange(S), A * M).reshape(S, A, M)
    probability, reward = np.zeros((S, A, M)), np.zeros((S, A, M))
    terminated = np.zeros((S, A, M), np.bool_)
    first_end = len(transitions)
    probability[first_end:, :, 0], terminated[first_end:, :, 0] = 1.0, True  # an end stays where it is
    for (s, a), row in rows.items():
        for k, (p, s_next, r) in enumerate(row):
            place = number[s], actions.index(a), k
            next_state[place], probability[place], reward[place] = number[s_next], p, r
            terminated[place] = number[s_next] >= first_end
    return Named(next_state, probability, reward, terminated, _initial(start, number), states, actions)


def _actions(transitions: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    if not transitions or not all(transitions.values()):
        raise ValueError("transitions must have at least one state, and an action in each: {state: {action: outcomes}}")
    (first, row), *others = transitions.items()
    for s, other in others:
        if other.keys() != row.keys():
            raise ValueError(
                f"every state must have the same actions: {first!r} has {', '.join(row)}, {s!r} has {', '.join(other)}"
            )
    return tuple(row)


def _outcomes_of(s: str, a: str, outcomes: Any) -> Iterator[tuple[float, str, float]]:
    """Yield probability, next state and reward of what can come of an action."""
    certain = isinstance(outcomes, tuple) and len(outcomes) == 2 and isinstance(outcomes[0], str)
    for outcome in [(1.0, *outcomes)] if certain else outcomes:
        try:
            p, s_next, r = outcome
            if isinstance(s_next, str):
                yield float(p), s_next, float(r)
                continue
        except (TypeError, ValueError):
            pass
        raise ValueError(
            f"an outcome is (probability, name of the next state, reward), or what is certain (name, reward); got "
            f"{outcome!r} for {a!r} in {s!r}"
        )


def _initial(start: str | Mapping[str, float], number: Mapping[str, int]) -> FloatArray:
    initial = np.zeros(len(number))
    for s, p in ({start: 1.0} if isinstance(start, str) else start).items():
        if s not in number:
            raise ValueError(f"start must be a state, got {s!r}{suggest(s, number)}; states are {', '.join(number)}")
        initial[number[s]] = p
    return initial
