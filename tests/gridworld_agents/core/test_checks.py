"""Values as files can hold them, and how much of them."""

import numpy as np
import pytest

from gridworld_agents.core import checks
from gridworld_agents.core.checks import DEEPEST, MOST_VALUES, check_names, plain


def test_scalars_of_numpy_become_pythons():
    made = plain({"a": [np.float32(0.5), (np.int64(3),)], "b": np.array([1])})
    assert made["a"] == [0.5, (3,)]
    assert type(made["a"][1][0]) is int
    assert type(made["b"]) is np.ndarray


def test_shared_values_count_in_every_place(monkeypatch):
    assert MOST_VALUES == 1_000_000
    monkeypatch.setattr(checks, "MOST_VALUES", 1000)  # which takes less time
    bomb = ["x"] * 9
    for _ in range(9):
        bomb = [bomb] * 9
    with pytest.raises(ValueError, match="alpha holds more than 1,000 values"):
        plain(bomb, "alpha")


def test_what_holds_itself():
    ring = []
    ring.append({"a": ring})
    with pytest.raises(ValueError, match=f"alpha is nested more than {DEEPEST} deep, or holds itself"):
        plain(ring, "alpha")


@pytest.mark.parametrize("given", [{1: 2}, {"a": {1: 2}}, {"a": [({None: 2},)]}])
def test_names_are_text(given):
    with pytest.raises(ValueError, match="the names in hyper_parameters must be text"):
        check_names("hyper_parameters", given)
    with pytest.raises(ValueError, match="must be names and values, got"):
        check_names("hyper_parameters", [given])
