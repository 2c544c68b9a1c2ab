"""The quick way into encoded rows accepts only what is right, and writes what the careful way does."""

import numpy as np
import pytest
from gymnasium import spaces

from gridworld_agents.core.spaces import Observations
from gridworld_agents.core.spaces.writing import writer

LARGE = float(np.finfo(np.float32).max)
SINGLE, DOUBLE = spaces.Box(-np.inf, np.inf, (2,)), spaces.Box(-np.inf, np.inf, (2,), np.float64)
SQUARE, LATE = spaces.Box(-1, 1, (2, 2)), spaces.Discrete(3, start=-1)


class Array(np.ndarray):
    """An array of another class."""


def write(space, element):
    """Return whether an element was written, and the row."""
    observations = Observations.of(space)
    row = np.full(observations.width, 7, np.float32)
    return writer(observations.tree)(element, row), row


@pytest.mark.parametrize(
    ("space", "element"),
    [
        (SINGLE, np.array([1.5, -0.0], np.float32)),
        (SINGLE, np.array([1e18, 1e-45], np.float32)),
        (SINGLE, np.arange(4, dtype=np.float32)[::2]),
        (DOUBLE, np.array([0.1, -LARGE / 2])),
        (DOUBLE, np.array([1e-300, 1 / 3])),
        (SQUARE, np.array([[1, 2], [3, 4]], np.float32).T),
        (spaces.Box(-1, 1, (0,)), np.zeros(0, np.float32)),
        (LATE, -1),
        (LATE, np.int64(1)),
    ],
)
def test_what_is_written_is_what_the_careful_way_writes(space, element):
    written, row = write(space, element)
    assert written
    np.testing.assert_array_equal(row, Observations.of(space).encode(element, batch=()))


@pytest.mark.parametrize(
    ("space", "element"),
    [
        (SINGLE, np.array([0, np.nan], np.float32)),
        (SINGLE, np.array([-np.inf, 0], np.float32)),
        (SINGLE, np.array([np.inf, -np.inf], np.float32)),
        (SINGLE, np.zeros(2)),
        (SINGLE, np.zeros(2, ">f4")),
        (SINGLE, np.zeros(3, np.float32)),
        (SINGLE, np.zeros(1, np.float32)),  # which would fill the row
        (SINGLE, np.zeros((1, 2), np.float32)),
        (SINGLE, np.zeros(2, np.float32).view(Array)),
        (SINGLE, [0.0, 0.0]),
        (SINGLE, (np.zeros(2, np.float32), {})),
        (DOUBLE, np.array([0, 2 * LARGE])),
        (DOUBLE, np.array([1e200, 0])),
        (DOUBLE, np.array([0, np.nan])),
        (DOUBLE, np.zeros(2, np.float32)),
        (SQUARE, np.zeros(4, np.float32)),
        (LATE, -2),
        (LATE, np.int64(2)),
        (LATE, True),
        (LATE, 0.0),
        (LATE, np.array(0)),
        (LATE, np.uint64(2**63)),
    ],
)
def test_everything_else_is_left_alone(space, element):
    written, row = write(space, element)
    assert not written
    assert (row == 7).all()


@pytest.mark.parametrize(
    "space",
    [
        spaces.MultiDiscrete([2, 3]),
        spaces.MultiBinary(2),
        spaces.Box(0, 255, (2, 2, 1), np.uint8),
        spaces.Box(-1, 1, (2,), np.float16),
        spaces.Box(-1, 1, ()),
        spaces.Tuple([spaces.Discrete(2)]),
        spaces.Dict({"a": SINGLE}),
    ],
    ids=str,
)
def test_other_spaces_have_no_quick_way(space):
    assert writer(Observations.of(space).tree) is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("space", [SINGLE, DOUBLE, SQUARE, LATE], ids=str)
def test_a_list_is_encoded_as_the_same_elements_stacked(space, dtype):
    space.seed(3)
    observations, given = Observations.of(space), [space.sample() for _ in range(5)]
    out = np.empty((5, observations.width), dtype)
    assert observations.encode(given, out=out) is out
    np.testing.assert_array_equal(out, observations.encode(np.stack(given), out=np.empty_like(out)))


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize(
    ("space", "wrong"),
    [
        (SINGLE, np.array([0, np.nan], np.float32)),
        (DOUBLE, np.array([0, 2 * LARGE])),
        (SINGLE, np.zeros(3, np.float32)),
        (SQUARE, np.zeros(4, np.float32)),
        (LATE, 2),
        (LATE, 0.0),
    ],
)
def test_one_that_is_wrong_is_refused_among_right_ones(space, wrong, at):
    observations, given = Observations.of(space), [space.sample() for _ in range(3)]
    given[at] = wrong
    with pytest.raises(ValueError, match="an observation must be"):
        observations.encode(given, batch=(3,), out=np.empty((3, observations.width), np.float32))


def test_a_list_of_another_length_is_refused():
    observations, out = Observations.of(SINGLE), np.empty((3, 2), np.float32)
    with pytest.raises(ValueError, match="an observation must be"):
        observations.encode([np.zeros(2, np.float32)] * 2, out=out)


def test_what_is_right_and_not_known_to_the_quick_way_is_taken():
    observations, out = Observations.of(SINGLE), np.empty((3, 2), np.float32)
    rows = [np.array([1e30, 3e38], np.float32), [0.5, 1], np.array([1, 2])]
    np.testing.assert_array_equal(observations.encode(rows, out=out), np.array(rows, np.float32))
