"""A tree of arrays is named leaf by leaf, written, and put together again only if every leaf is what it should be."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from gridworld_agents.core import checkpoint, files
from gridworld_agents.core.errors import AgentFileError


class Moments(NamedTuple):
    mean: Any
    steps: Any


class Learner(NamedTuple):
    params: Any
    moments: Any


def tree(make=np.asarray):
    moments = Moments(make(np.array([[0.5]], np.float32)), make(np.array([7], np.int64)))
    return Learner(make(np.array([[1.0, 2.0]], np.float32)), moments)


NAMES = ["learner.params", "learner.moments.mean", "learner.moments.steps"]


def written(tmp_path, trees):
    files.write(tmp_path / "agent.zip", {"id": "x"}, checkpoint.flatten(trees))
    return tmp_path / "agent.zip"


def test_leaves_are_named_by_their_way_depth_first():
    assert [name for name, _ in checkpoint.leaves(tree(), "learner")] == NAMES
    assert list(checkpoint.leaves(np.zeros(2), "x")) == [("x", pytest.approx(np.zeros(2)))]


def test_tensors_are_flattened_to_arrays():
    flat = checkpoint.flatten({"learner": tree(torch.from_numpy), "q": np.zeros(3)})
    assert list(flat) == [*NAMES, "q"]
    assert all(isinstance(array, np.ndarray) for array in flat.values())
    assert flat["learner.moments.steps"].tolist() == [7]


def test_an_array_is_not_copied_but_a_file_is_no_view(tmp_path):
    q = np.zeros(3)
    assert checkpoint.array_of(q) is q
    path = written(tmp_path, {"q": q})
    with files.reading(path) as saved:
        found = checkpoint.read(saved, q, "q")
    found[0] = 1
    assert q[0] == 0


@pytest.mark.parametrize("make", [np.asarray, torch.from_numpy])
def test_a_tree_comes_back_as_its_template_is(make, tmp_path):
    path = written(tmp_path, {"learner": tree()})
    with files.reading(path) as saved:
        found = checkpoint.read(saved, tree(make), "learner")
    assert type(found) is Learner
    assert type(found.moments) is Moments
    for (name, ours), (also, theirs) in zip(
        checkpoint.leaves(found, "learner"), checkpoint.leaves(tree(make), "learner"), strict=True
    ):
        assert name == also
        assert type(ours) is type(theirs)
        assert ours.dtype == theirs.dtype
        assert (ours == theirs).all()


def test_a_length_of_0_may_be_any(tmp_path):
    path = written(tmp_path, {"rows": np.arange(6.0).reshape(3, 2)})
    with files.reading(path) as saved:
        assert checkpoint.read(saved, np.zeros((0, 2)), "rows").tolist() == [[0, 1], [2, 3], [4, 5]]
    message = r"rows must be float64 of shape \(None, 3\), got float64 of shape"
    with pytest.raises(AgentFileError, match=message), files.reading(path) as saved:
        checkpoint.read(saved, np.zeros((0, 3)), "rows")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"learner.params": np.zeros((1, 2))}, r"learner\.params must be float32 .* got float64"),
        ({"learner.params": np.zeros((2, 2), np.float32)}, r"learner\.params must be float32 of shape \(1, 2\)"),
        ({"learner.moments.mean": np.full((1, 1), np.nan, np.float32)}, r"learner\.moments\.mean holds numbers that"),
        ({"learner.moments.steps": None}, r"learner\.moments\.steps"),
    ],
)
def test_a_leaf_that_is_not_what_it_should_be_is_named(changed, message, tmp_path):
    arrays = {**checkpoint.flatten({"learner": tree()}), **changed}
    files.write(tmp_path / "a.zip", {"id": "x"}, {name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(AgentFileError, match=message), files.reading(tmp_path / "a.zip") as saved:
        checkpoint.read(saved, tree(), "learner")


def test_counts_below_0_are_refused_and_named():
    checkpoint.check_counts(tree(), "learner")
    wrong = tree()._replace(moments=Moments(np.array([-1.0]), torch.tensor([-1])))
    with pytest.raises(ValueError, match=r"learner\.moments\.steps holds whole numbers below 0"):
        checkpoint.check_counts(wrong, "learner")
