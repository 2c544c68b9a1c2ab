"""One step, or one reset, of many copies of a tabular environment: compiled loops over a block of copies.

The copies share the model's tables and differ in their state, their clock and their stream of random numbers. The
kernels work on copies [first, last) only, so that threads can share a step.

What makes them fast: indices are unsigned, so that no access asks whether its index is negative; state and termination
share one integer of the tables; outcomes are counted rather than searched for, without a branch that would be
mispredicted as often as the agent slips; the action masks are copied eight actions at a time, as one 64-bit word; and
no array object is made inside the loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from gridworld_env.common.compiling import cached_njit
from gridworld_env.engine.streams import draw, draws_below

if TYPE_CHECKING:
    from gridworld_env.engine.tabular.world import World

NEXT_STEP, SAME_STEP, DISABLED = range(3)
"""Gymnasium's AutoresetMode as the kernels know it."""

OVER = -1
"""What the clock of a copy shows whose episode has ended and not begun anew."""

MASK_GROUP = 8
"""Actions whose masks share a 64-bit word."""

FEW = 4
"""Thresholds up to which a pair gets this many, so that the loop over them is written out."""

NEVER = np.iinfo(np.int64).max
"""A threshold that no draw reaches."""

_U64 = np.uint64
_0, _1, _2, _3, _4 = _U64(0), _U64(1), _U64(2), _U64(3), _U64(4)


class Tables(NamedTuple):
    """A model as the kernels read it: outcome k of a pair is at ``(s * A + a) * K + k``."""

    successor: Any  # (S * A * K,) int32 or int64: 2 * next_state + terminated
    reward: Any  # (S * A * K,) float64
    thresholds: Any  # (S * A * G,) int64, G a pair: of outcomes 0 to K - 2, then NEVER; empty where K is 1
    masks: Any  # (S, ceil(A / 8)) uint64
    starts: Any  # (n,) int64
    start_thresholds: Any  # (n,) int64


def tables(world: World) -> Tables:
    """Lay a model out as the kernels read it."""
    mdp = world.mdp
    S, A, K = mdp.next_state.shape
    successor = 2 * mdp.next_state.astype(np.int64) + mdp.terminated
    thresholds = np.full((S * A, max(FEW, K - 1) if K > 1 else 0), NEVER)
    if K > 1:
        thresholds[:, : K - 1] = draws_below(mdp.thresholds.reshape(S * A, K)[:, :-1])
    masks = np.zeros((S, -(-A // MASK_GROUP) * MASK_GROUP), np.int8)
    masks[:, :A] = world.masks
    return Tables(
        successor.astype(np.int32 if S < 1 << 30 else np.int64).reshape(-1),
        mdp.reward.reshape(-1),
        thresholds.reshape(-1),
        masks.view(np.uint64),
        world.mdp.starts,
        draws_below(world.mdp.start_thresholds),
    )


@njit(inline="always")  # type: ignore[untyped-decorator]
def _start(starts: Any, start_thresholds: Any, streams: Any, i: Any) -> Any:
    """Draw a start state: the first whose threshold is above the draw; no draw where there is one only."""
    if starts.size == 1:
        return _U64(starts[0])
    drawn = draw(streams, i)
    low, high = 0, starts.size - 1
    while low < high:
        middle = (low + high) // 2
        if drawn < start_thresholds[middle]:
            high = middle
        else:
            low = middle + 1
    return _U64(starts[low])


@cached_njit
def first_refused(first: int, last: int, mode: int, A: int, actions: Any, clock: Any) -> int:
    """Return the first copy whose action does not exist, or whose episode is over and stays so; -1 if there is none."""
    low, high = actions[first], actions[first]
    for i in range(_U64(first), _U64(last)):  # without a way out, so that it is vectorised
        low = min(low, actions[i])
        high = max(high, actions[i])
    if low < 0 or high >= A or mode == DISABLED:
        for i in range(first, last):
            if not 0 <= actions[i] < A or (mode == DISABLED and clock[i] == OVER):
                return i
    return -1


@cached_njit
def reset(
    first: int,
    last: int,
    starts: Any,
    start_thresholds: Any,
    state: Any,
    clock: Any,
    streams: Any,
    chosen: Any,
    selected: Any,
) -> None:
    """Start an episode in the copies selected, (N,) bool, in the state chosen, (N,), or drawn where that is -1."""
    for i in range(first, last):
        if selected[i]:
            state[i] = chosen[i] if chosen[i] >= 0 else _start(starts, start_thresholds, streams, i)
            clock[i] = 0


@cached_njit
def step(  # noqa: C901, PLR0912, PLR0915 - one loop, for speed
    first: int,
    last: int,
    mode: int,
    limit: int,
    A: int,
    K: int,
    successor: Any,
    reward: Any,
    thresholds: Any,
    masks: Any,
    starts: Any,
    start_thresholds: Any,
    state: Any,
    clock: Any,
    streams: Any,
    actions: Any,
    out_state: Any,
    out_reward: Any,
    out_terminated: Any,
    out_truncated: Any,
    out_masks: Any,
    out_final: Any,
) -> None:
    """Take one step in every copy of a block.

    Args:
        first: The first copy.
        last: One past the last copy.
        mode: NEXT_STEP, SAME_STEP or DISABLED.
        limit: Steps after which an episode is truncated.
        A: Number of actions.
        K: Number of outcomes.
        successor: This and the following five as in :class:`Tables`.
        reward: ...
        thresholds: ...
        masks: ...
        starts: ...
        start_thresholds: ...
        state: (N,) the copies' states; read and written.
        clock: (N,) steps taken in the episode, or OVER; read and written.
        streams: (N, 4) the copies' random numbers; read and written.
        actions: (N,) int64 in [0, A); see :func:`first_refused`.
        out_state: (N,) int64, the state after the step and any reset; written, as are the rest.
        out_reward: (N,) float64.
        out_terminated: (N,) bool.
        out_truncated: (N,) bool.
        out_masks: (1, N, ceil(A / 8)) uint64, of the states after the step and any reset; in SAME_STEP (2, N, ...), the
            second those of `out_final`.
        out_final: (N,) int64, the state after the step and before any reset; touched in SAME_STEP only.
    """
    G = _U64(thresholds.size // (successor.size // K))
    words = _U64(masks.shape[1])
    first_word, out_first_word = masks.reshape(-1), out_masks.reshape(-1)  # the only ones, as a rule
    N = _U64(out_masks.shape[1])
    for i in range(_U64(first), _U64(last)):
        s: Any = _U64(state[i])
        t: Any = np.int64(clock[i])
        if mode == NEXT_STEP and t == OVER:
            s = _start(starts, start_thresholds, streams, i)
            t = 0
            r: Any = 0.0
            terminated: Any = False
            truncated: Any = False
        else:
            a = _U64(actions[i])
            if a >= _U64(A):  # checked before, but the array is the caller's, who may have other threads
                a = _0
            pair = s * _U64(A) + a
            j = pair * _U64(K)
            if _0 < G:
                drawn = draw(streams, i)
                g = pair * G
                if _4 == G:  # slips of the cardinal moves, written out
                    j += _U64(drawn >= thresholds[g]) + _U64(drawn >= thresholds[g + _1])
                    j += _U64(drawn >= thresholds[g + _2]) + _U64(drawn >= thresholds[g + _3])
                else:
                    for later in range(g, g + G):
                        j += _U64(drawn >= thresholds[later])
            r = reward[j]
            code = _U64(successor[j])
            s = code >> _1
            terminated = (code & _1) != _0
            t += 1
            truncated = t >= limit
            if terminated or truncated:
                t = OVER
        if mode == SAME_STEP:
            out_final[i] = s
            if words == _1:
                out_first_word[N + i] = first_word[s]
            else:
                for w in range(_0, words):
                    out_masks[1, i, w] = masks[s, w]
            if t == OVER:
                s = _start(starts, start_thresholds, streams, i)
                t = 0
        state[i] = s
        clock[i] = t
        out_state[i] = s
        out_reward[i] = r
        out_terminated[i] = terminated
        out_truncated[i] = truncated
        if words == _1:
            out_first_word[i] = first_word[s]
        else:
            for w in range(_0, words):
                out_masks[0, i, w] = masks[s, w]
