"""What holds in every space, nested ones too: numbers, rows, JSON and batches there and back; all else is refused."""

import contextlib
import copy
import json
import math
import pickle
import re

import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.vector.utils import concatenate, create_empty_array
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld_agents.core.spaces import Actions, Observations

THOROUGH = settings(max_examples=60, deadline=None)  # no deadline: other work may slow the machine down

INTEGERS = (np.int64, np.int32, np.uint8)
SHAPES = st.lists(st.integers(1, 3), min_size=0, max_size=3).map(tuple)


@st.composite
def discrete(draw):
    dtype = draw(st.sampled_from(INTEGERS))
    start = draw(st.integers(0 if dtype is np.uint8 else -5, 5))
    return spaces.Discrete(draw(st.integers(1, 6)), start=start, dtype=dtype)


@st.composite
def multi_discrete(draw):
    dtype = draw(st.sampled_from(INTEGERS))
    shape = draw(st.lists(st.integers(1, 2), min_size=1, max_size=2))
    count = math.prod(shape)
    nvec, start = (
        np.array(draw(st.lists(st.integers(least, 4), min_size=count, max_size=count)), dtype).reshape(shape)
        for least in (1, 0 if dtype is np.uint8 else -3)
    )
    return spaces.MultiDiscrete(nvec, dtype=dtype, start=start)


@st.composite
def box(draw):
    dtype = draw(st.sampled_from((np.float32, np.float64, np.float16, np.uint8, np.int16, np.int64)))
    shape = draw(SHAPES)
    if dtype is np.uint8 and draw(st.booleans()):
        return spaces.Box(0, 255, shape, dtype)
    ends = st.integers(0, 9) if dtype is np.uint8 else st.integers(-9, 9)
    pairs = [sorted(draw(st.tuples(ends, ends))) for _ in range(math.prod(shape))]
    low, high = (np.array(bound, dtype).reshape(shape) for bound in (zip(*pairs, strict=True)))
    if np.dtype(dtype).kind == "f":
        low = np.where(draw(st.booleans()), low, -np.inf).astype(dtype)
        high = np.where(draw(st.booleans()), high, np.inf).astype(dtype)
    return spaces.Box(low, high, shape, dtype)


binary = st.lists(st.integers(1, 2), min_size=1, max_size=2).map(
    lambda n: spaces.MultiBinary(n if len(n) > 1 else n[0])
)
finite_arrays = st.one_of(discrete(), multi_discrete(), binary)


def nested(arrays):
    """Return spaces whose leaves are drawn from others."""

    def wider(parts):
        names = st.dictionaries(st.text(max_size=3), parts, min_size=1, max_size=2)
        return st.one_of(
            st.lists(parts, min_size=1, max_size=2).map(spaces.Tuple),
            names.map(spaces.Dict),
            names.map(lambda named: spaces.Dict(list(named.items())[::-1])),  # whose keys are not in order
        )

    return st.recursive(arrays, wider, max_leaves=4)


FINITE = nested(finite_arrays)
ANY = nested(st.one_of(finite_arrays, box()))
BOXES = nested(box())

JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(-2, 9),
        st.floats(),
        st.text(max_size=3),
        st.sampled_from(
            [np.uint64(2**63), np.array([1.5]), np.array("a"), np.array([None, {}]), np.zeros((2, 3)), object()]
        ),
    ),
    lambda parts: st.one_of(
        st.lists(parts, max_size=3),
        st.lists(parts, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), parts, max_size=2),
    ),
    max_leaves=5,
)
"""Things that are hardly ever elements of a space."""

JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(-2, 5),
        st.sampled_from([1 << 31, 1 << 62, 1 << 63, 1 << 70, -(1 << 70), 1e30, 1e308, math.nan, math.inf]),
        st.sampled_from(["Discrete", "MultiDiscrete", "MultiBinary", "Box", "Tuple", "Dict", "Text", "int8", "object"]),
        st.sampled_from(["float16", "float64", "bool", "uint64", "O", "<f4", "datetime64"]),
    ),
    lambda parts: st.one_of(st.lists(parts, max_size=3), st.dictionaries(st.text(max_size=3), parts, max_size=2)),
    max_leaves=4,
)


def samples(space, seed, n=5):
    space = copy.deepcopy(space)
    space.seed(seed)
    return [space.sample() for _ in range(n)]


def as_batch(space, elements):
    """Return elements as Gymnasium's vector environments stack them."""
    return concatenate(space, elements, create_empty_array(space, len(elements)))


def reshaped(space, batch, shape):
    """Return a batch with other leading axes."""
    if isinstance(space, spaces.Tuple):
        return tuple(reshaped(part, one, shape) for part, one in zip(space, batch, strict=True))
    if isinstance(space, spaces.Dict):
        return {name: reshaped(part, batch[name], shape) for name, part in space.items()}
    return batch.reshape(*shape, *space.shape)


def same(space, one, other):
    """Return whether two elements or batches are the same, dtypes included."""
    if isinstance(space, spaces.Tuple):
        return all(same(part, x, y) for part, x, y in zip(space, one, other, strict=True))
    if isinstance(space, spaces.Dict):
        return list(one) == list(other) and all(same(part, one[k], other[k]) for k, part in space.items())
    return np.asarray(one).dtype == np.asarray(other).dtype and np.array_equal(one, other)


def row(space, element):
    """Return what networks see, written another way."""
    if isinstance(space, spaces.Discrete):
        return np.eye(int(space.n))[int(element) - int(space.start)]
    if isinstance(space, spaces.MultiDiscrete):
        digits = (element.astype(int) - space.start.astype(int)).reshape(-1)
        return np.concatenate([np.eye(n)[i] for i, n in zip(digits, space.nvec.reshape(-1).astype(int), strict=True)])
    if isinstance(space, spaces.Tuple):
        return np.concatenate([row(part, one) for part, one in zip(space, element, strict=True)])
    if isinstance(space, spaces.Dict):
        return np.concatenate([row(part, element[name]) for name, part in space.items()])
    flat = np.asarray(element, np.float64).reshape(-1)
    is_image = isinstance(space, spaces.Box) and space.dtype == np.uint8 and (space.low == 0).all()
    return flat / 255 if is_image and (space.high == 255).all() else flat


@THOROUGH
@given(ANY)
def test_a_space_is_data_and_back(space):
    for kind in (Observations, Actions):
        known = kind.of(space)
        assert known.space == space
        assert kind.from_json(json.loads(json.dumps(known.to_json(), allow_nan=False))) == known
        for again in (pickle.loads(pickle.dumps(known)), copy.deepcopy(known), kind.of(known.space)):  # noqa: S301 - its own
            assert again == known
            assert hash(again) == hash(known)
        assert repr(known) == f"{kind.__name__}({known.space})"


@THOROUGH
@given(ANY, st.integers(0, 99))
def test_a_batch_is_its_elements_one_by_one(space, seed):
    known, elements = Observations.of(space), samples(space, seed)
    batch = as_batch(space, elements)
    assert same(space, known.stack(elements), batch)
    rows = known.encode(batch)
    assert rows.dtype == np.float32
    assert rows.shape == (5, known.width)
    assert np.array_equal(rows, np.stack([known.encode(one) for one in elements]))
    assert np.allclose(rows, np.stack([row(space, one) for one in elements]), rtol=1e-6, atol=0)
    assert (known.low <= rows).all()
    assert (rows <= known.high).all()
    assert known.batch_shape(batch) == (5,)
    assert known.batch_shape(elements[0]) == ()


@THOROUGH
@given(ANY, st.integers(0, 99))
def test_a_batch_of_any_rank_where_it_is_asked_for(space, seed):
    known, elements = Observations.of(space), samples(space, seed, 6)
    batch = as_batch(space, elements)
    grid = reshaped(space, batch, (2, 3))
    rows = known.encode(batch)
    assert np.array_equal(known.encode(grid, batch=(2, 3)).reshape(6, -1), rows)
    out = np.full((2, 3, known.width), np.nan, np.float32)
    assert known.encode(grid, out=out) is out
    assert np.array_equal(out.reshape(6, -1), rows)
    for wrong in ((3, 2), (6,), (2, 3, 1)):
        with pytest.raises(ValueError, match=re.escape(str(wrong))):
            known.encode(grid, batch=wrong)
    with pytest.raises(ValueError, match="a batch of them"):
        known.encode(grid)


@THOROUGH
@given(FINITE, st.integers(0, 99))
def test_numbers_there_and_back(space, seed):
    known, elements = Observations.of(space), samples(space, seed)
    numbers = known.numbers(as_batch(space, elements))
    assert numbers.dtype == np.int64
    assert ((numbers >= 0) & (numbers < known.size)).all()
    assert numbers.tolist() == [known.number(one) for one in elements]
    assert numbers.tolist() == [known.numbers(one).item() for one in elements]
    assert same(space, known.observation(numbers), as_batch(space, elements))
    assert all(same(space, known.observation(i), one) for i, one in zip(numbers, elements, strict=True))
    some = np.unique(np.linspace(0, known.size - 1, 50).astype(np.int64))
    assert known.numbers(known.observation(some)).tolist() == some.tolist()
    assert all(known.observation(i) in space for i in some)


@THOROUGH
@given(FINITE, st.integers(0, 99))
def test_actions_are_choices_and_numbers(space, seed):
    known, elements = Actions.of(space), samples(space, seed)
    batch = as_batch(space, elements)
    choices = known.choices(batch)
    assert choices.shape == (5, known.width)
    assert len(known.nvec) == known.width
    assert ((choices >= 0) & (choices < known.nvec)).all()
    assert math.prod(known.nvec) == known.size
    assert same(space, known.assemble(choices), batch)
    assert all(known.assemble(one) in space for one in choices)
    assert same(space, known.choose(known.numbers(batch)), batch)
    assert all(known.choose(one) in space for one in known.numbers(batch))


@THOROUGH
@given(BOXES, st.integers(0, 99))
def test_boxes_are_scaled_there_and_back(space, seed):
    known, elements = Actions.of(space), samples(space, seed)
    batch = as_batch(space, elements)
    rows = known.unscale(batch)
    assert rows.shape == (5, known.width)
    assert (np.abs(rows)[:, known.bounded] <= 1 + 1e-6).all()
    again = known.unscale(known.scale(rows))
    assert np.allclose(again, rows, rtol=1e-2, atol=1e-2)  # float16 among them
    assert all(known.scale(one) in space for one in rows)
    ends = (known.scale(np.where(known.bounded, end, 0)) for end in (-2, -1, 1, 2))
    beyond, low, high, above = (known.unscale(one) for one in ends)
    assert np.array_equal(beyond, low)
    assert np.array_equal(high, above)
    assert not known.nvec
    for act in (lambda: known.choose(0), lambda: known.assemble(rows), lambda: known.choices(batch)):
        with pytest.raises(ValueError, match=re.escape(str(known.space))):
            act()


@settings(max_examples=250, deadline=None)
@given(st.one_of(ANY, FINITE), JUNK)
def test_what_is_no_element_is_a_value_error_and_nothing_else(space, junk):
    known = Observations.of(space)
    for read in (known.encode, known.numbers, known.batch_shape, lambda one: known.stack([one])):
        with contextlib.suppress(ValueError):
            read(junk)


@THOROUGH
@given(ANY, st.integers(0, 99), JUNK)
def test_one_wrong_part_is_found(space, seed, junk):
    """A part of an element is replaced by junk: it is refused, or it was in that part's space."""
    known, element = Observations.of(space), samples(space, seed, 1)[0]
    parts = dict(space.items()) if isinstance(space, spaces.Dict) else dict(enumerate(getattr(space, "spaces", ())))
    for name, part in parts.items():
        items = dict(element) if isinstance(element, dict) else dict(enumerate(element))
        changed = {**items, name: junk}
        given_ = changed if isinstance(space, spaces.Dict) else tuple(changed.values())
        try:
            rows = known.encode(given_)
        except ValueError:
            continue
        assert Observations.of(part).encode(junk).shape[:-1] == rows.shape[:-1]


@settings(max_examples=250, deadline=None)
@given(ANY, st.data())
def test_what_describes_no_space_is_a_value_error_and_nothing_else(space, data):
    """Any value in a description is replaced by another."""
    kept = Observations.of(space).to_json()
    inner, chosen = kept, data.draw(st.sampled_from(sorted(kept)))
    while chosen == "parts" and data.draw(st.booleans()):
        inner = inner["parts"][0]
        chosen = data.draw(st.sampled_from(sorted(inner)))
    inner[chosen] = data.draw(JSON)
    try:
        known = Observations.from_json(json.loads(json.dumps(kept)))
    except ValueError:
        return
    assert Observations.from_json(known.to_json()) == known
