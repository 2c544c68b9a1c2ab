"""Environments that return what they should not, from their third step on, or from their first reset."""

import gymnasium as gym
import numpy as np
from gymnasium import spaces

FIRST_FAULT = 3

NUMBERS = spaces.Discrete(10)
LATE = spaces.Discrete(4, start=2)
PAIR = spaces.Tuple((spaces.Discrete(3), spaces.Discrete(2)))
GRID = spaces.MultiDiscrete([3, 2])
BITS = spaces.MultiBinary(2)
NAMED = spaces.Dict(a=spaces.Discrete(3), b=spaces.MultiDiscrete([2, 2]))
REALS = spaces.Box(-1, 1, (2,))

ONE_ARRAY = (np.array([1]), np.array([[1]]), [1], (1,))
"""One number in too many axes, for Discrete."""
INTEGRAL = (1.0, np.float64(3), np.float32(0), "3")
"""Numbers in another type, for Discrete."""

OUTSIDE = [
    *((NUMBERS, x) for x in (10, 11, -1, np.int64(-1), np.int32(10), np.uint8(200), 10**30, -(10**30))),
    *((NUMBERS, x) for x in (0.6, float("nan"), float("inf"), "up", b"1", None, object, 1j, np.str_("1"))),
    *((NUMBERS, x) for x in (*ONE_ARRAY, *INTEGRAL, np.array([1, 2]), [], (1, {}), {"state": 1}, {}, np.array("1"))),
    *((LATE, x) for x in (0, 1, 6, -2, 2.5)),
    *((PAIR, x) for x in ((3, 0), (0, -1), (0,), (0, 1, 0), (0.5, 0), ("0", 0), 1, None, "01", {0: 0, 1: 1})),
    *((GRID, np.array(x)) for x in ([3, 0], [0, -1], [0], [0, 1, 0], [0.5, 0.0], [[0, 1]], ["0", "0"], 0)),
    *((GRID, x) for x in (None, "01", (0.5, 0), 7)),
    *((BITS, np.array(x)) for x in ([2, 0], [0, -1], [1], [0.5, 1.0], [0, 1, 0])),
    *((NAMED, {"a": a, "b": np.array([0, 0])}) for a in (3, -1, 0.5, "0")),
    *((NAMED, {"a": 0, "b": np.array(b)}) for b in ([2, 0], [0], [0.5, 0])),
    *((NAMED, x) for x in ({"a": 0}, {"a": 0, "b": np.zeros(2, int), "c": 0}, (0, np.zeros(2, int)), 0, None)),
]
"""Finite spaces, and what is not in them."""

OUTSIDE_BOXES = [
    *((REALS, np.array(x)) for x in ([0, np.nan], [0, np.inf], [0.0], [0.0, 0, 0], [[0.0, 0]], ["0", "0"], 0.0)),
    *((REALS, x) for x in (None, "up", {"x": 0})),
]
"""Boxes, and what is none of their elements; their bounds are not asked for."""

REWARDS = [
    np.array([1.0]),
    np.zeros(2),
    [1.0],
    (1.0,),
    {"r": 1.0},
    "1.0",
    None,
    1j,
    float("nan"),
    float("inf"),
    -np.inf,
]
FLAGS = ["False", "", None, 2, -1, 0.0, np.array([True]), [False], (), {}]
INFOS = [None, 1, "info", [], ({},)]


class Returning(gym.Env):
    """A random walk among the elements of a space.

    Args:
        observation_space: Declared, and shown but for what is told.
        first: What `reset` shows instead, in a list; empty for an element.
        **returned: What `step` returns instead from its third call on: its five values, by their names.
    """

    def __init__(self, observation_space=NUMBERS, *, first=(), **returned):
        self.observation_space, self.action_space = observation_space, spaces.Discrete(2)
        self.first, self.returned, self.steps = first, returned, 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        if seed is not None:
            self.observation_space.seed(seed)
        return (self.first[0] if self.first else self.observation_space.sample()), {}

    def step(self, action):  # noqa: ARG002 - Gymnasium's signature
        self.steps += 1
        parts = {"observation": self.observation_space.sample(), "reward": 1.0, "terminated": False}
        parts |= {"truncated": self.steps % 7 == 0, "info": {}}
        return tuple((parts | (self.returned if self.steps >= FIRST_FAULT else {})).values())


class FourValues(Returning):
    """Steps as before Gym 0.26."""

    def step(self, action):
        observation, r, terminated, truncated, info = super().step(action)
        return observation, r, terminated or truncated, info


class BareReset(Returning):
    """Resets as before Gym 0.26, seeds aside."""

    def reset(self, *, seed=None, options=None):
        return super().reset(seed=seed, options=options)[0]


class Unseeded(Returning):
    """Takes no seed, as before Gym 0.26."""

    def reset(self):
        return super().reset()


class Bare(Returning):
    """Returns an observation alone."""

    def step(self, action):
        return super().step(action)[0]


class Six(Returning):
    """Returns one thing too many."""

    def step(self, action):
        return *super().step(action), {}


OTHER_INTERFACES = (FourValues, BareReset, Unseeded, Bare, Six)

CELLS = {
    s: {a: [(0.8, min(s + a, 3), float(s + a >= 3), s + a >= 3), (0.2, s, 0.0, False)] for a in range(2)}
    for s in range(4)
}
"""Transitions of a corridor of four cells."""


def changed(change):
    """Return CELLS with every outcome changed."""
    return {s: {a: [change(*outcome) for outcome in row[a]] for a in row} for s, row in CELLS.items()}


MALFORMED = {
    "states from 1": ({s + 1: row for s, row in CELLS.items()}, r"states of P .* got the keys \[1, 2, 3, 4\]"),
    "states that skip": ({s * 2: row for s, row in CELLS.items()}, r"states of P .* got the keys \[0, 2, 4, 6\]"),
    "tuples for states": ({(s, 0): row for s, row in CELLS.items()}, r"states of P .* got the keys \[\(0, 0\)"),
    "texts for states": ({str(s): row for s, row in CELLS.items()}, r"states of P .*'0', '1'.*from_names"),
    "floats for states": ({float(s): row for s, row in CELLS.items()}, r"states of P .* got the keys \[0.0"),
    "texts for actions": ({s: {"up": row[0], "on": row[1]} for s, row in CELLS.items()}, r"actions of P\[0\] .*'up'"),
    "actions from 1": ({s: {1: row[0], 2: row[1]} for s, row in CELLS.items()}, r"actions of P\[0\] .*\[1, 2\]"),
    "an action too few": (CELLS | {2: {0: CELLS[2][0]}}, "state 2 has 1"),
    "a state without actions": (CELLS | {2: {}}, r"no actions in P\[2\]"),
    "no outcomes": (CELLS | {1: {0: [], 1: []}}, "sum to 1, got 0.0 in state 1, action 0"),
    "an array of probabilities": (np.full((4, 2, 4), 0.25), r"P\[0\]\[0\]\[0\] is .*0.25.*arrays"),
    "lists of probabilities": (np.full((4, 2, 4), 0.25).tolist(), r"P\[0\]\[0\]\[0\] is 0.25.*arrays"),
    "an array of next states": (np.zeros((4, 2), int), r"P\[0\]\[0\] is no list"),
    "a matrix": (np.eye(4), r"P\[0\]\[0\] is no list"),
    "a number": (0.5, "P is no dict or list of states"),
    "a function": (len, "P is no dict or list of states"),
    "a text": ("0123", "P is no dict or list of states"),
    "nothing": ({}, "at least one state"),
    "single outcomes": ({s: {a: row[a][0] for a in row} for s, row in CELLS.items()}, r"P\[0\]\[0\]\[0\] is 0.8"),
    "3-tuples": (changed(lambda p, s, r, _: (p, s, r)), r"P\[0\]\[0\]\[0\] has 3 values"),
    "5-tuples": (changed(lambda p, s, r, end: (p, s, r, end, {})), r"P\[0\]\[0\]\[0\] has 5 values"),
    "texts for outcomes": (changed(lambda *_: "0.8,"), r"P\[0\]\[0\]\[0\] is '0.8,'"),
    "next states between": (changed(lambda p, s, r, end: (p, s + 0.9, r, end)), "next_state in .* integer, got 0.9"),
    "texts for next states": (changed(lambda p, s, r, end: (p, str(s), r, end)), r"next_state in .* integer, got '0'"),
    "no next state": (changed(lambda p, _, r, end: (p, None, r, end)), r"next_state in .* integer, got None"),
    "tuples for next states": (changed(lambda p, s, r, end: (p, (s, 0), r, end)), r"next_state in .*got \(0, 0\)"),
    "nan for next states": (changed(lambda p, _, r, end: (p, float("nan"), r, end)), r"next_state in .* got nan"),
    "huge next states": (changed(lambda p, _, r, end: (p, 10**30, r, end)), r"next_state in .* got 1000"),
    "next states beyond": (changed(lambda p, s, r, end: (p, s + 4, r, end)), r"must be in \[0, 4\), got 4 in state 0"),
    "next states below": (changed(lambda p, s, r, end: (p, s - 1, r, end)), r"must be in \[0, 4\), got -1 in state 0"),
    "texts for ends": (changed(lambda p, s, r, end: (p, s, r, str(end))), "terminated in .* False, got 'False'"),
    "numbers for ends": (changed(lambda p, s, r, _: (p, s, r, 2)), r"terminated in .* True or False, got 2"),
    "no end": (changed(lambda p, s, r, _: (p, s, r, None)), r"terminated in .* True or False, got None"),
    "infos for ends": (changed(lambda p, s, r, _: (p, s, r, {})), r"terminated in .* True or False, got {}"),
    "nan for probabilities": (changed(lambda _, s, r, end: (float("nan"), s, r, end)), r"\[0, 1\], got nan in state 0"),
    "texts for probabilities": (changed(lambda p, s, r, end: (str(p), s, r, end)), "probability in .* got '0.8'"),
    "negative probabilities": (
        changed(lambda p, s, r, end: (1.2 if p > 0.5 else -0.2, s, r, end)),
        "in .0, 1., got 1.2",
    ),
    "percentages": (changed(lambda p, s, r, end: (100 * p, s, r, end)), r"must be in \[0, 1\], got 80.0"),
    "too little": (changed(lambda p, s, r, end: (p / 2, s, r, end)), "sum to 1, got 0.5"),
    "nan for rewards": (changed(lambda p, s, _, end: (p, s, float("nan"), end)), "reward must be finite, got nan"),
    "texts for rewards": (changed(lambda p, s, r, end: (p, s, str(r), end)), r"reward in .* number, got '0.0'"),
    "arrays for rewards": (changed(lambda p, s, r, end: (p, s, np.array([r]), end)), r"reward in .* number, got array"),
    "no rewards": (changed(lambda p, s, _, end: (p, s, None, end)), r"reward in .* number, got None"),
}
"""What P is, and what is said of it."""

STARTS = {
    "too short": (np.ones(1), r"initial must have shape \(4,\)"),
    "texts": (["a", "b", "c", "d"], "distribution of the first state must be S numbers, got"),
    "a dict": ({0: 1.0}, "distribution of the first state must be S numbers, got"),
    "rows of many lengths": ([[1.0], [0.0, 1.0]], "distribution of the first state must be S numbers, got"),
    "a number": (0.25, r"initial must have shape \(4,\)"),
    "nan": (np.full(4, np.nan), "initial must hold probabilities"),
    "negative": ([1.5, -0.5, 0, 0], "initial must hold probabilities"),
    "too much": (np.ones(4), "initial must sum to 1"),
}


class Cells(gym.Env):
    """A corridor of four cells that shows `shown(cell)`.

    Args:
        P: The transitions that it says it has.
        initial: The distribution of the first state that it says it has.
        space: Of observations.
        shown: From a cell to the observation.
    """

    def __init__(self, P=CELLS, initial=(1, 0, 0, 0), space=None, shown=int):
        self.P, self.initial_state_distrib, self.shown = P, initial, shown
        self.observation_space = spaces.Discrete(4) if space is None else space
        self.action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.cell, self.steps = 0, 0
        return self.shown(0), {}

    def step(self, action):
        outcomes = CELLS[self.cell][int(action)]
        _, self.cell, r, terminated = outcomes[self.np_random.random() >= outcomes[0][0]]
        self.steps += 1
        return self.shown(self.cell), r, terminated, self.steps >= 30, {}


MORE_THAN_THE_STATE = {
    "another size": (spaces.Discrete(8), lambda s: 2 * s),
    "another start": (spaces.Discrete(4, start=1), lambda s: s + 1),
    "one less": (spaces.Discrete(3), lambda s: min(s, 2)),
    "MultiDiscrete": (spaces.MultiDiscrete([4, 3]), lambda s: np.array([s, 1])),
    "MultiBinary": (spaces.MultiBinary(2), lambda s: np.array([s // 2, s % 2], np.int8)),
    "Tuple": (spaces.Tuple((spaces.Discrete(4), spaces.Discrete(2))), lambda s: (s, 1)),
    "Dict": (spaces.Dict(cell=spaces.Discrete(4), key=spaces.Discrete(2)), lambda s: {"cell": s, "key": 0}),
    "Box": (spaces.Box(0, 3, (1,)), lambda s: np.array([s], np.float32)),
    "image": (spaces.Box(0, 255, (2, 2, 3), np.uint8), lambda s: np.full((2, 2, 3), s, np.uint8)),
    "Dict of Boxes": (spaces.Dict(x=spaces.Box(0, 3, (2,))), lambda s: {"x": np.array([s, 0], np.float32)}),
    "Text": (spaces.Text(1), str),
}
"""Spaces of observations that are not the state of P, and what is shown in each."""
