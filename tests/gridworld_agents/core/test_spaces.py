"""Spaces as data, by hand: the numbers of observations, what networks see, the actions of choices, what is refused."""

import itertools
import json

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from gridworld_agents.core.spaces import Actions, Observations

FINITE = [
    spaces.Discrete(5),
    spaces.Discrete(4, start=-2),
    spaces.MultiDiscrete([3, 4]),
    spaces.MultiDiscrete([[2, 3], [2, 1]]),
    spaces.MultiDiscrete([3, 2], start=[1, -1]),
    spaces.MultiBinary((2, 2)),
    spaces.Tuple((spaces.Discrete(3), spaces.Discrete(2, start=5), spaces.Discrete(2))),
    spaces.Dict({"b": spaces.Discrete(2), "a": spaces.Tuple((spaces.MultiBinary(2), spaces.Discrete(3, start=1)))}),
]


def elements(space):
    """Return every element of a space, the last part counting fastest."""
    if isinstance(space, spaces.Discrete):
        return [np.int64(i) for i in range(space.start, space.start + space.n)]
    if isinstance(space, spaces.Tuple):
        return list(itertools.product(*(elements(part) for part in space)))
    if isinstance(space, spaces.Dict):
        parts = itertools.product(*(elements(part) for part in space.values()))
        return [dict(zip(space, one, strict=True)) for one in parts]
    if isinstance(space, spaces.MultiBinary):
        space = spaces.MultiDiscrete(np.full(space.shape, 2, np.int8), dtype=np.int8)
    ranges = [range(a, a + n) for a, n in zip(space.start.reshape(-1), space.nvec.reshape(-1), strict=True)]
    return [np.array(parts, space.dtype).reshape(space.nvec.shape) for parts in itertools.product(*ranges)]


@pytest.mark.parametrize("space", FINITE, ids=str)
def test_every_element_has_its_own_number_in_order(space):
    observations, known = Observations.of(space), elements(space)
    assert all(element in space for element in known)
    assert observations.size == len(known)
    assert [observations.number(element) for element in known] == list(range(len(known)))
    singles = [observations.numbers(element) for element in known]
    assert [int(number) for number in singles] == list(range(len(known)))
    assert all(number.ndim == 0 for number in singles)
    assert observations.numbers(observations.stack(known)).tolist() == list(range(len(known)))
    assert [observations.number(observations.observation(i)) for i in range(len(known))] == list(range(len(known)))


def test_a_tuple_of_numbers_may_be_a_row():
    observations = Observations.of(FINITE[6])
    assert observations.is_row
    rows = np.array([[0, 5, 0], [2, 6, 1]])
    assert observations.numbers(rows).tolist() == [0, 11]
    assert observations.numbers(rows[1]) == observations.number((2, 6, 1)) == 11
    assert (observations.shape, observations.dtype) == ((3,), np.int64)
    assert not Observations.of(FINITE[7]).is_row
    with pytest.raises(ValueError, match="has no shape"):
        _ = Observations.of(FINITE[7]).shape


def test_positions_have_the_numbers_of_their_states():
    env = gym.make("GridWorld-v0", observation="position")
    observations = Observations.of(env.observation_space)
    for state in (0, 7, 22):
        assert observations.number(env.reset(options={"start": state})[0]) == state


WRONG = [-1, 5, 1.0, "a", None, [0, 5], [[0, 1]], [True], True, np.array([1.5]), np.uint64(2**64 - 1), 2**70, {"a": 1}]


@pytest.mark.parametrize("wrong", [*WRONG, [(0, 1), 2]], ids=str)
@pytest.mark.parametrize("method", ["numbers", "encode"])
def test_observations_outside_the_space_are_refused(wrong, method):
    with pytest.raises(ValueError, match=r"an observation must be integers .*from (0|\[0\]) to (4|\[4\]).* got"):
        getattr(Observations.of(FINITE[0]), method)(wrong)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ((3, 5, 0), r"from \[0, 5, 0\] to \[2, 6, 1\], got"),
        ((0, np.int8(4), 0), r"\[1\] must be integers of shape \(\) from 5 to 6,"),
        (([0, 1], [5], [0, 0]), r"\[1\] must be integers .* or \(2,\) of them"),
        ((0, 5), "a tuple of 3 parts"),
        (5, "a tuple of 3 parts"),
    ],
    ids=str,
)
def test_tuples_outside_the_space_are_refused(wrong, rule):
    with pytest.raises(ValueError, match=f"an observation.*{rule}"):
        Observations.of(FINITE[6]).numbers(wrong)


@pytest.mark.parametrize("wrong", [{"a": (np.zeros(2, int), 1)}, {"b": 0, "a": 1, "c": 2}, (0, 1)], ids=str)
def test_a_dict_has_its_keys_and_no_others(wrong):
    with pytest.raises(ValueError, match=r"an observation must be a dict with the keys \['a', 'b'\], got"):
        Observations.of(FINITE[7]).encode(wrong)
    nested = {"b": 0, "a": (np.zeros(2, int), 4)}
    with pytest.raises(
        ValueError, match=r"an observation\['a'\]\[1\] must be integers of shape \(\) from 1 to 3.*got 4"
    ):
        Observations.of(FINITE[7]).encode(nested)


OUTSIDE = [(0, 5), (0, -1), (2, np.array([3, 0])), (6, (0, 7, 0)), (4, np.array([0, 0]))]


@pytest.mark.parametrize(("space", "wrong"), OUTSIDE, ids=str)
def test_a_number_is_checked_too(space, wrong):
    """It indexes tables in compiled code."""
    with pytest.raises(ValueError, match=r"an observation must be integers from .* got"):
        Observations.of(FINITE[space]).number(wrong)


def test_an_empty_batch_is_a_batch():
    observations = Observations.of(FINITE[0])
    for empty in (np.zeros(0, np.int64), []):
        assert observations.numbers(empty).shape == (0,)
        assert observations.encode(empty).shape == (0, 5)


def test_a_box_may_be_empty():
    observations = Observations.of(spaces.Box(-1, 1, (0,)))
    assert observations.encode(np.zeros(0)).shape == (0,)
    assert observations.encode(np.zeros((3, 0))).shape == (3, 0)
    assert Observations.from_json(observations.to_json()) == observations
    assert Actions.of(observations.space).scale(np.zeros((3, 0))).shape == (3, 0)


def test_numbers_are_not_what_was_given():
    given = np.arange(5)
    Observations.of(FINITE[0]).numbers(given)[:] = 0
    assert given.tolist() == [0, 1, 2, 3, 4]


ROWS = [
    (spaces.Discrete(3, start=4), 5, [0, 1, 0]),
    (spaces.MultiDiscrete([2, 3], start=[0, 1]), np.array([1, 1]), [0, 1, 1, 0, 0]),
    (spaces.MultiBinary((2, 2)), np.array([[0, 1], [1, 1]], np.int8), [0, 1, 1, 1]),
    (spaces.Box(-2, 2, (2,)), np.array([0.5, -1], np.float32), [0.5, -1]),
    (spaces.Box(0, 9, (2,), np.uint8), np.array([3, 9], np.uint8), [3, 9]),
    (spaces.Box(0, 255, (1, 2, 1), np.uint8), np.array([[[51], [255]]], np.uint8), [0.2, 1]),
    (spaces.Box(-np.inf, np.inf, ()), np.float32(7), [7]),
    (spaces.Dict({"y": spaces.Box(-1, 1, (1,)), "x": spaces.Discrete(2)}), {"x": 1, "y": np.array([0.5])}, [0, 1, 0.5]),
    (spaces.Tuple((spaces.Discrete(2), spaces.MultiBinary(1))), (0, np.array([1])), [1, 0, 1]),
]


@pytest.mark.parametrize(("space", "element", "row"), ROWS, ids=lambda x: str(x)[:40])
def test_what_networks_see(space, element, row):
    observations = Observations.of(space)
    assert observations.width == len(row)
    assert observations.encode(element) == pytest.approx(row, abs=1e-7)
    assert observations.encode(element).dtype == np.float32
    batch = observations.stack([element, element])
    for dtype in (np.float32, np.float64):
        out = np.full((2, len(row)), np.nan, dtype)
        assert observations.encode(batch, out=out) is out
        assert np.allclose(out, [row, row], rtol=0, atol=1e-7)


def test_many_values_are_one_hot_too():
    observations = Observations.of(spaces.Discrete(5000, start=1))
    given = np.array([1, 5000, 77])
    assert np.array_equal(observations.encode(given).argmax(axis=1), given - 1)
    assert (observations.encode(given).sum(axis=1) == 1).all()


def test_a_vector_environment_is_encoded_as_it_is():
    envs = gym.make_vec("Blackjack-v1", 3, vectorization_mode="sync")
    observations = Observations.of(envs.single_observation_space)
    seen, _ = envs.reset(seed=0)
    rows = observations.encode(seen, batch=(3,))
    assert rows.shape == (3, 32 + 11 + 2)
    assert (rows.sum(axis=1) == 3).all()


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e300, [1, 2, 3], [[[1, 2]]], "ab"], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_networks_see_finite_numbers_of_the_right_shape(wrong, dtype):
    given = [wrong, 0] if isinstance(wrong, float) else wrong
    with pytest.raises(ValueError, match=r"an observation must be finite numbers of shape \(2,\).*got"):
        Observations.of(spaces.Box(-1, 1, (2,), dtype)).encode(given)


@pytest.mark.parametrize("out", [np.zeros(4, np.float32), np.zeros(5, int), np.zeros((5, 2), np.float32).T[0]], ids=str)
def test_rows_are_written_where_they_fit(out):
    with pytest.raises(ValueError, match=r"out must be a contiguous array of floats of shape \(\.\.\., 5\)"):
        Observations.of(FINITE[0]).encode(3, out=out)


def test_bounds_of_rows():
    space = spaces.Dict(
        a=spaces.Discrete(2),
        b=spaces.Box(np.array([-1, -np.inf]), np.array([2.0, np.inf]), dtype=np.float64),
        c=spaces.Box(0, 255, (1,), np.uint8),
    )
    observations = Observations.of(space)
    assert observations.low.tolist() == [0, 0, -1, -np.inf, 0]
    assert observations.high.tolist() == [1, 1, 2, np.inf, 1]


@pytest.mark.parametrize(
    ("space", "numbers", "expected"),
    [
        (spaces.Discrete(3, start=5, dtype=np.int32), 1, np.int32(6)),
        (spaces.Discrete(3, start=5), np.array([[0, 2]]), np.array([[5, 7]])),
        (spaces.MultiDiscrete([2, 3]), 4, np.array([1, 1])),
        (spaces.MultiBinary(2), np.array([0, 2]), np.array([[0, 0], [1, 0]], np.int8)),
    ],
    ids=str,
)
def test_actions_by_number(space, numbers, expected):
    action = Actions.of(space).choose(numbers)
    assert np.array_equal(action, expected)
    assert action.dtype == expected.dtype
    assert type(action) is type(expected)


def test_actions_by_their_choices():
    actions = Actions.of(spaces.Dict(a=spaces.Discrete(3, start=1), b=spaces.MultiDiscrete([2, 4])))
    assert actions.nvec == (3, 2, 4)
    assert actions.width == 3
    made = actions.assemble(np.array([[2, 0, 3], [0, 1, 0]]))
    assert made["a"].tolist() == [3, 1]
    assert made["b"].tolist() == [[0, 3], [1, 0]]
    assert actions.choices(made).tolist() == [[2, 0, 3], [0, 1, 0]]
    with pytest.raises(ValueError, match=r"an action\['a'\] must be integers of shape \(\) from 1 to 3"):
        actions.choices({"a": 0, "b": np.array([0, 0])})


def test_actions_are_scaled_to_their_bounds():
    low, high = np.array([-2, 0, -np.inf, 1, -3e38], np.float32), np.array([1, 4, np.inf, 1, 3e38], np.float32)
    actions = Actions.of(spaces.Box(low, high))
    assert actions.bounded.tolist() == [True, True, False, True, False]
    made = actions.scale(np.array([[-1, 0, 7, 0.5, 9], [2, 1, -7, -1, -9]]))
    assert made.dtype == np.float32
    assert made.tolist() == [[-2, 2, 7, 1, 9], [1, 4, -7, 1, -9]]
    assert actions.unscale(made).tolist() == [[-1, 0, 7, 0, 9], [1, 1, -7, 0, -9]]
    whole = Actions.of(spaces.Box(-(2**63), 2**63 - 1, (1,), np.int64))
    assert [int(whole.scale(np.array([x]))[0]) for x in (9, -9, 0)] == [2**63 - 1024, -(2**63), 0]


def test_kinds_of_actions_are_not_mixed_up():
    discrete, box = Actions.of(spaces.Discrete(3, start=1)), Actions.of(spaces.Box(-1, 1, (2,)))
    both = Actions.of(spaces.Tuple((discrete.space, box.space)))
    assert (discrete.kind, box.kind, both.kind) == ("Discrete", "Box", "Tuple")
    assert (discrete.start, discrete.nvec, box.nvec, both.nvec) == (1, (3,), (), ())
    assert (discrete.only_boxes, box.only_boxes, both.only_boxes) == (False, True, False)
    for actions in (discrete, both):
        with pytest.raises(ValueError, match=r"only actions in a Box .*Discrete\(3, start=1\)"):
            actions.scale(np.zeros(3))
    for actions in (box, both):
        with pytest.raises(ValueError, match="Box"):
            actions.choose(0)
        with pytest.raises(ValueError, match="finite"):
            actions.number(0)
        with pytest.raises(ValueError, match=r"only Discrete actions have a start, got .*Box"):
            _ = actions.start


@pytest.mark.parametrize(
    "space",
    [
        spaces.Text(4),
        spaces.Tuple(()),
        spaces.Dict({}),
        spaces.Dict({1: spaces.Discrete(2)}),
        spaces.Tuple([spaces.Discrete(2), spaces.Sequence(spaces.Discrete(2))]),
        3,
        None,
    ],
    ids=str,
)
def test_other_spaces_are_refused_by_name(space):
    with pytest.raises(ValueError, match="is not supported") as refusal:
        Observations.of(space)
    assert str(space) in str(refusal.value)


def test_spaces_beyond_int64_have_no_numbers():
    assert Observations.of(spaces.MultiBinary(62)).size == 2**62
    for space in (spaces.MultiBinary(63), spaces.MultiDiscrete([2**31, 2**31, 2]), spaces.MultiBinary((2000, 1000))):
        observations = Observations.of(space)
        assert observations.size is None
        with pytest.raises(ValueError, match="must be of a finite space to have a number"):
            observations.numbers(space.sample())


def test_a_small_file_cannot_name_what_takes_much_memory():
    for kept in (
        {"type": "MultiBinary", "shape": [1 << 30]},
        {"type": "Box", "low": 0.0, "high": None, "shape": [1 << 30], "dtype": "float64"},
    ):
        observations = Observations.from_json(kept)
        assert observations.width == 1 << 30
        assert observations == Observations.from_json(json.loads(json.dumps(observations.to_json())))


BAD = [
    3,
    [],
    {},
    {"type": "Text"},
    {"type": "Discrete", "n": True, "start": 0, "dtype": "int64"},
    {"type": "Discrete", "n": 0, "start": 0, "dtype": "int64"},
    {"type": "Discrete", "n": 3, "start": 0, "dtype": "float64"},
    {"type": "Discrete", "n": 300, "start": 0, "dtype": "int8"},
    {"type": "Discrete", "n": 3, "start": -1, "dtype": "uint8"},
    {"type": "Discrete", "n": 1 << 70, "start": 0, "dtype": "int64"},
    {"type": "Discrete", "n": 3, "start": 0, "dtype": ["int64"]},
    {"type": "MultiDiscrete", "nvec": [2], "start": [0, 0], "shape": [2], "dtype": "int64"},
    {"type": "MultiDiscrete", "nvec": [2, 0], "start": [0, 0], "shape": [2], "dtype": "int64"},
    {"type": "MultiBinary", "shape": [0]},
    {"type": "MultiBinary", "shape": [-1]},
    {"type": "MultiBinary", "shape": [1 << 31, 1 << 31]},
    {"type": "MultiBinary", "shape": [1] * 99},
    {"type": "Box", "low": [0], "high": [1, 1], "shape": [2], "dtype": "float32"},
    {"type": "Box", "low": "0", "high": 1, "shape": [2], "dtype": "float32"},
    {"type": "Box", "low": 0, "high": 1, "shape": [2], "dtype": "object"},
    {"type": "Box", "low": 0, "high": 1, "shape": None, "dtype": "float32"},
    {"type": "Box", "low": 2, "high": 1, "shape": [2], "dtype": "float32"},
    {"type": "Box", "low": float("nan"), "high": 1, "shape": [2], "dtype": "float32"},
    {"type": "Box", "low": 0, "high": 1e39, "shape": [2], "dtype": "float32"},
    {"type": "Box", "low": 0, "high": 256, "shape": [2], "dtype": "uint8"},
    {"type": "Box", "low": None, "high": 9, "shape": [2], "dtype": "int16"},
    {"type": "Tuple", "parts": []},
    {"type": "Tuple", "parts": [3]},
    {"type": "Dict", "keys": ["a", "a"], "parts": [{"type": "MultiBinary", "shape": [1]}] * 2},
    {"type": "Dict", "keys": ["a"], "parts": [{"type": "MultiBinary", "shape": [1]}] * 2},
    {"type": "Dict", "keys": [0], "parts": [{"type": "MultiBinary", "shape": [1]}]},
    {"type": "Dict", "parts": [{"type": "MultiBinary", "shape": [1]}]},
]


@pytest.mark.parametrize("kept", BAD, ids=str)
@pytest.mark.parametrize("kind", [Observations, Actions])
def test_what_describes_no_space(kept, kind):
    with pytest.raises(ValueError, match="there is no such space as "):
        kind.from_json(kept)


def test_spaces_within_spaces_have_an_end():
    kept = {"type": "MultiBinary", "shape": [1]}
    for _ in range(200):
        kept = {"type": "Tuple", "parts": [kept]}
    with pytest.raises(ValueError, match="there is no such space as "):
        Observations.from_json(kept)


def test_rows_that_no_memory_holds_are_refused():
    observations = Observations.of(spaces.Discrete(2**40))
    for given in (5, np.array([5])):
        with pytest.raises(ValueError, match=r"a.* row of Discrete\(1099511627776\) would have 1099511627776 numbers"):
            observations.encode(given)
    assert observations.numbers(2**40 - 1) == 2**40 - 1
