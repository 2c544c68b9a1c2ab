"""Transitions `P` in the form of Gymnasium's toy-text environments, and in forms that are none."""

import collections

import gymnasium as gym
import numpy as np
import odd_environments as odd
import pytest

from gridworld_env import TabularMDP

INITIAL = np.array([1.0, 0, 0, 0])
EXACT = TabularMDP.from_transitions(odd.CELLS, INITIAL)


@pytest.mark.parametrize("form", odd.MALFORMED)
def test_another_form_is_named(form):
    P, told = odd.MALFORMED[form]
    with pytest.raises(ValueError, match=told) as error:
        TabularMDP.from_transitions(P, INITIAL)
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match=f"`P` of .*Cells.*{told}"):
        TabularMDP.from_env(odd.Cells(P))


@pytest.mark.parametrize("form", odd.STARTS)
def test_another_distribution_of_the_first_state_is_named(form):
    initial, told = odd.STARTS[form]
    with pytest.raises(ValueError, match=f"Cells.*{told}"):
        TabularMDP.from_env(odd.Cells(initial=initial))


def rows(kind):
    return [[kind(row[a]) for a in row] for row in odd.CELLS.values()]


def objects():
    P = np.empty((4, 2), object)
    for s, row in odd.CELLS.items():
        for a, outcomes in row.items():
            P[s, a] = outcomes
    return P


HARMLESS = {
    "lists": rows(list),
    "tuples": tuple(map(tuple, rows(tuple))),
    "an array of lists": objects(),
    "rows of arrays": rows(lambda outcomes: np.array(outcomes, float)),
    "one array": np.array(rows(list), float),
    "a defaultdict": collections.defaultdict(dict, odd.CELLS),
    "keys of NumPy's": {np.int64(s): {np.int32(a): row[a] for a in row} for s, row in odd.CELLS.items()},
    "keys in another order": dict(reversed(odd.CELLS.items())),
    "numbers of NumPy's": odd.changed(lambda p, s, r, end: (np.float64(p), np.int32(s), np.float32(r), np.bool_(end))),
    "ends as numbers": odd.changed(lambda p, s, r, end: (p, s, int(r), int(end))),
    "lists for tuples": odd.changed(lambda *outcome: list(outcome)),
    "arrays without axes": odd.changed(lambda p, s, r, end: (np.array(p), np.array(s), np.array(r), np.array(end))),
}


@pytest.mark.parametrize("form", HARMLESS)
def test_the_same_in_another_guise_is_the_same_model(form):
    mdp = TabularMDP.from_transitions(HARMLESS[form], list(INITIAL))
    for name in ("next_state", "probability", "reward", "terminated", "initial"):
        np.testing.assert_array_equal(getattr(mdp, name), getattr(EXACT, name))


def test_what_gymnasium_lists_is_read():
    env = gym.make("FrozenLake-v1")
    assert TabularMDP.from_env(env).num_states == 16
