"""A trial: some steps of a copy of an environment, compared with what its model says can come of them.

1  copy the environment without its wrappers; B <- the starts of the model that show what the first reset shows
2  take an action a, each with equal chance;  B <- the states that an outcome of a in a state of B leads to, with this
   reward, this end and this observation
3  if B is empty, the model is not that of the environment

So what can never happen is found, soon if it happens often. Another chance of what can happen is not found.
"""

from __future__ import annotations

import contextlib
import copy
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gridworld_env.protocol.shown import observe_states
from gridworld_env.protocol.traits import different, traits

if TYPE_CHECKING:
    from gridworld_env.common.arrays import BoolArray, IntArray
    from gridworld_env.tabular import TabularMDP

STEPS = 100
DECLARED = 20
"""Steps where the environment says of itself that it samples its tables."""
LOOKED_AT = 10
"""Steps at the beginning, and of how many one later, after which it is looked at what they have changed."""
BATCH = 4096
"""States whose observations are looked at together."""
REWARD_TOLERANCE = 1e-6
"""By how much a reward may differ, relative to 1 and to itself: some are kept in float32."""


def disagreement(base: Any, mdp: TabularMDP) -> str | None:
    """Return how steps of an environment differ from its model, in words; None where some steps agree.

    An environment is tried once with a model, and again where the model, a method or an attribute is another one since:
    a cost that was set on it, say. Attributes that its steps change do not count, nor what other objects hold.

    Args:
        base: The environment without wrappers; it stays as it is.
        mdp: Its model.
    """
    with contextlib.suppress(TypeError):  # one that cannot be hashed, or not be referred to weakly
        agreed = _agreed.get(base)
        if agreed is not None and agreed.model() is mdp and agreed.traits == traits(base, agreed.moving):
            return None
    try:
        trial = _copy(base)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's attribute raises
        return f"it cannot be copied to try some steps ({type(error).__name__}: {error}); give it a __deepcopy__"
    moving: set[str] = set()
    try:
        found = _tried(trial, mdp, moving)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's step raises
        return f"steps were tried in a copy of it, and {type(error).__name__} was raised: {error}"
    if found is None:
        with contextlib.suppress(TypeError):
            _agreed[base] = _Agreed(weakref.ref(mdp), traits(base, moving), moving)
    return found


class _Agreed(NamedTuple):
    """What an environment was tried with when its steps agreed with a model."""

    model: weakref.ref[TabularMDP]
    traits: dict[str, Any]
    moving: set[str]
    """Attributes that steps change."""


_agreed: weakref.WeakKeyDictionary[Any, _Agreed] = weakref.WeakKeyDictionary()


def _tried(trial: Any, mdp: TabularMDP, moving: set[str]) -> str | None:
    """Return how steps differ from the model, None where they agree; add to `moving` what they change."""
    before = traits(trial)
    rng, first, starts = np.random.default_rng(0), int(getattr(trial.action_space, "start", 0)), mdp.starts
    states: IntArray | None = None
    for t in range(DECLARED if getattr(trial, "samples_tables", False) is True else STEPS):
        if states is None:
            observation, _ = trial.reset(seed=0 if t == 0 else None)
            states = _showing(trial, starts, observation)
            if not states.size:
                return f"a reset shows {observation!r}, in which no episode of the model starts"
        a = int(rng.integers(mdp.num_actions))
        observation, r, terminated, truncated, _ = trial.step(first + a)
        if t < LOOKED_AT or t % LOOKED_AT == 0:
            moving |= different(before, traits(trial))
        follows = mdp.probability[states, a] > 0
        follows &= np.abs(mdp.reward[states, a] - float(r)) <= REWARD_TOLERANCE * (1 + abs(float(r)))
        follows &= mdp.terminated[states, a] == bool(terminated)
        after = np.unique(mdp.next_state[states, a][follows])
        if not terminated:  # of what is terminated the next state does not count
            after = _showing(trial, after, observation)
        if not after.size:
            came = f"({observation!r}, {r!r}, {bool(terminated)})"
            return f"action {a} in state {int(states[0])} was tried, and {came} came of it, which the model rules out"
        states = None if terminated or truncated else after
    return None


def _copy(base: Any) -> Any:
    """Return a copy that draws nothing on a screen: windows and the like are left out."""
    drawn = [x for x in vars(base).values() if type(x).__module__.partition(".")[0] == "pygame"]
    trial = copy.deepcopy(base, {id(x): None for x in drawn})
    with contextlib.suppress(AttributeError):  # a read-only render_mode stays as it is
        trial.render_mode = None
    return trial


def _showing(trial: Any, states: IntArray, observation: Any) -> IntArray:
    """Return those of the states (N,) that show an observation."""
    if hasattr(trial, "get_state") and len(states) > 1:
        now = trial.get_state()
        states = states[states == now] if isinstance(now, int | np.integer) else states
    if not states.size:
        return states
    parts = np.split(states, range(BATCH, len(states), BATCH))
    return np.concatenate([part[_equal(observe_states(trial, part), observation, len(part))] for part in parts])


def _equal(shown: Any, observation: Any, count: int) -> BoolArray:
    """Return which of a batch of observations are one observation: (N,) bool."""
    if isinstance(shown, dict) and isinstance(observation, dict):
        each = [_equal(shown[key], observation[key], count) for key in shown]
        alike = shown.keys() == observation.keys()
    elif isinstance(shown, tuple) and isinstance(observation, tuple):
        each = [_equal(part, one, count) for part, one in zip(shown, observation, strict=True)]
        alike = True
    else:
        many, one = np.asarray(shown), np.asarray(observation)
        alike, each = many.shape == (count, *one.shape), []
        if alike:
            same = np.isclose(many, one) if np.issubdtype(many.dtype, np.floating) else many == one
            each = [same.reshape(count, -1).all(axis=1)]
    found: BoolArray = np.logical_and.reduce([np.full(count, alike), *each])
    return found
