"""Discover the exact deterministic model of an environment that can only be copied and stepped.

1   s_0 <- copy of env, stripped of wrappers that only watch, reset once; queue <- [s_0]
2   while the queue holds a state s:
3       for every action a: step a copy of s, giving r, terminated (or truncated) and s_next
4           refuse, if the step drew a random number
5           number s_next, if its key is new; refuse more than max_states
6           queue s_next, if the episode goes on and s_next was not queued before
7           queue it once more, the first time that something differs which its key leaves out
8       refuse, if a copy of s is no longer s
9       if s comes the second time: refuse results other than those of the first time
10  states that only ever end an episode stay at themselves, reward 0, terminated

What a state is, and what is not seen of it: :mod:`.snapshots`. Not seen either is randomness from outside the
environment (the operating system, a generator made within a step).
"""

from __future__ import annotations

import contextlib
import math
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import gymnasium as gym
import numpy as np

from gridworld_env.common.checks import whole_number
from gridworld_env.tabular.snapshots import (
    Env,
    Snapshot,
    copy_env,
    differences,
    shared_generators,
    strip,
    take_snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable

    from gridworld_env.common.arrays import BoolArray, FloatArray, IntArray


def explore(
    env: Env,
    max_states: int,
    *,
    seed: int | None = 0,
    ignore: Collection[str] = (),
    key: Callable[[Env], Hashable] | None = None,
) -> tuple[IntArray, FloatArray, FloatArray, BoolArray, FloatArray]:
    """Find every state reachable from ``env.reset(seed=seed)`` and return the exact model, as five arrays.

    `env` is neither reset nor stepped nor rendered: all work happens on copies, one a state and action.
    A time limit set by ``gym.make`` is no part of the model. A truncation by the environment itself is: it
    depends on nothing but the state, so in the model it ends the episode (``terminated``): nothing is known
    beyond it.

    State 0 is the start; the others are numbered in order of discovery. States after a terminated outcome are
    numbered too, but their rows are absorbing: back to themselves, reward 0, terminated. Action a is the
    environment's ``action_space.start + a``.

    Args:
        env: A Gymnasium environment with a Discrete action space, deterministic after its reset.
        max_states: The most states to number, >= 1.
        seed: Given to the one reset; it chooses the layout and the start.
        ignore: Names of attributes, at any depth, that do not tell states apart, such as ``("step_count",)``.
            The first time a state is met in a snapshot that differs in them, every action is stepped from it
            too and must agree, and so on with what follows. A difference that shows only in still later
            snapshots, such as a distant time limit, is not found.
        key: Replaces the encoding: maps the environment, stripped of wrappers that only watch, to a hashable
            value, equal for equal states. Checked in the same way.

    Returns:
        next_state (S, A, 1) int32, probability (S, A, 1) float64 of ones, reward (S, A, 1) float64,
        terminated (S, A, 1) bool and initial (S,) float64, which is 1 in state 0.

    Raises:
        ValueError: If an argument is out of range, the environment cannot be copied or read, a step draws
            random numbers, a reward is not a finite number, there are more than `max_states` states, or `ignore` or
            `key` leaves out what changes a reward, an end or a next state. The message names the state and
            the action.
    """
    space = env.action_space
    if not isinstance(space, gym.spaces.Discrete):
        raise ValueError(f"explore tries every action: the space must be Discrete, got {space}")
    max_states = whole_number("max_states", max_states, 1)
    if isinstance(ignore, str):
        raise ValueError(f"ignore must hold attribute names, got {ignore!r}; write ({ignore!r},)")
    if ignore and key is not None:
        raise ValueError(f"key replaces the encoding that ignore is about: give one of them, got ignore={ignore!r} too")
    start = strip(copy_env(env))
    with contextlib.suppress(AttributeError):  # a read-only render_mode stays as it is
        start.unwrapped.render_mode = None
    start.reset(seed=seed)
    search = _Search(range(int(space.start), int(space.start + space.n)), max_states, frozenset(ignore), key)
    search.run(start)
    return search.tables()


class _Outcome(NamedTuple):
    s_next: int
    reward: float
    terminated: bool


class _Search:
    """The search; `number` and `rows` are its result."""

    def __init__(
        self, actions: range, max_states: int, ignore: frozenset[str], key: Callable[[Env], Hashable] | None
    ) -> None:
        self.actions, self.max_states, self.ignore, self.key = actions, max_states, ignore, key
        self.number: dict[Hashable, int] = {}  # key -> s
        self.rows: dict[int, list[_Outcome]] = {}  # s -> outcomes by action
        self.queue: deque[tuple[int, Snapshot]] = deque()
        self.rest: dict[int, str] = {}  # s -> what the key leaves out of the snapshot that was queued first
        self.road: dict[int, tuple[int, int]] = {}  # s -> the state and action that led to that snapshot
        self.met_twice: set[int] = set()

    def run(self, env: Env) -> None:
        self.start = take_snapshot(env, self.ignore, self.key)  # line 1
        self.number[self.start.key] = 0
        self.rest[0] = self.start.rest
        self.queue.append((0, self.start))
        self.check_copy(0, self.start)  # before any step, whose error would mislead
        while self.queue:  # line 2
            s, before = self.queue.popleft()
            if s in self.rows:
                self.compare(s, before)
            else:
                self.expand(s, before)

    def expand(self, s: int, before: Snapshot) -> None:
        row = []
        for a in range(len(self.actions)):
            after, reward, terminated = self.step(s, a, before)
            s_next = self.number.setdefault(after.key, len(self.number))  # line 5
            if s_next >= self.max_states:
                self.refuse_size(after)
            row.append(_Outcome(s_next, reward, terminated))
            if not terminated and s_next not in self.rest:  # line 6
                self.rest[s_next], self.road[s_next] = after.rest, (s, a)
                self.queue.append((s_next, after))
            elif not terminated:
                self.meet_again(s_next, after)
        self.rows[s] = row
        self.check_copy(s, before)

    def step(self, s: int, a: int, before: Snapshot) -> tuple[Snapshot, float, bool]:
        """Step a copy of state s: lines 3 and 4."""
        env = copy_env(before.env)
        shared = shared_generators()
        _, reward, terminated, truncated, _ = env.step(self.actions[a])
        drawn = [] if shared == shared_generators() else ["the shared generator of random or numpy.random"]
        after = take_snapshot(env, self.ignore, self.key)
        drawn += before.drawn(after)
        if drawn:
            raise ValueError(
                f"action {a} in state {s} draws random numbers ({', '.join(drawn)}), and explore returns "
                "deterministic models only. If the environment lists its transitions as `P`, use "
                "TabularMDP.from_env(env); otherwise switch the randomness off, or take the draw out of step"
            )
        try:
            value = float(reward)
        except (TypeError, ValueError):
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(f"reward must be a finite number, got {reward!r} for action {a} in state {s}")
        return after, value, bool(terminated or truncated)

    def meet_again(self, s: int, after: Snapshot) -> None:
        """Queue the first snapshot of state s that differs in what the key leaves out: line 7."""
        if after.rest != self.rest[s] and s not in self.met_twice:
            self.met_twice.add(s)
            self.queue.append((s, after))

    def check_copy(self, s: int, before: Snapshot) -> None:
        """Refuse copies that lose state, and copies that share it, so that steps changed `before`: line 8."""
        again = take_snapshot(copy_env(before.env), self.ignore, self.key)
        if again != before:
            raise ValueError(
                f"a deep copy of state {s} is not in the same state: it differs in "
                f"{differences(before.env, again.env)}. Copies must neither lose state (as EzPickle, which "
                "builds a new environment) nor share it: give the environment a __deepcopy__"
            )

    def compare(self, s: int, again: Snapshot) -> None:
        """Refuse a second snapshot of state s from which an action does something else: line 9."""
        for a, known in enumerate(self.rows[s]):
            after, reward, terminated = self.step(s, a, again)
            found = (self.number.get(after.key, "a new one"), reward, terminated)
            if found != known:
                names = ("next state", "reward", "terminated")
                wrong = [f"{n} {x}, then {y}" for n, x, y in zip(names, known, found, strict=True) if x != y]
                raise ValueError(
                    f"two snapshots of state {s} differ in {differences(self.replay(s), again.env)}, which "
                    f"{'ignore' if self.key is None else 'key'} leaves out, and action {a} tells them apart: "
                    f"{'; '.join(wrong)}. What is left out must not matter: keep it in the state, or wrap "
                    "the environment so that it does not (such as a RewardWrapper returning float(reward > 0) "
                    "where the reward depends on the time)"
                )
            if not terminated:
                self.meet_again(known.s_next, after)  # a difference in time so reaches every state after this one

    def replay(self, s: int) -> Env:
        """Return the first snapshot of state s, by walking there once more: few states are kept."""
        road = []
        while s != 0:
            s, a = self.road[s]
            road.append(a)
        env = copy_env(self.start.env)
        for a in reversed(road):
            env.step(self.actions[a])
        return env

    def refuse_size(self, last: Snapshot) -> None:
        raise ValueError(
            f"found {self.max_states + 1} distinct states, {len(self.rows)} of them expanded, but max_states "
            f"is {self.max_states}. The last differs from the start in {differences(self.start.env, last.env)}. "
            'Raise max_states, or leave out what only counts, with ignore=("step_count",) or a key'
        )

    def tables(self) -> tuple[IntArray, FloatArray, FloatArray, BoolArray, FloatArray]:
        S, A = len(self.number), len(self.actions)
        next_state = np.repeat(np.arange(S, dtype=np.int32), A).reshape(S, A, 1)  # line 10
        reward, terminated = np.zeros((S, A, 1)), np.ones((S, A, 1), np.bool_)
        for s, row in self.rows.items():
            for a, outcome in enumerate(row):
                next_state[s, a], reward[s, a], terminated[s, a] = outcome
        initial = np.zeros(S)
        initial[0] = 1.0
        return next_state, np.ones((S, A, 1)), reward, terminated, initial
