"""`TabularMDP`: its checks, its sources and its forms."""

import pickle

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env import Layout, TabularMDP, oracle
from gridworld_env.tabular.dynamics import grid_model
from gridworld_env.tabular.rules import GridRules

TOY_TEXT = [
    ("FrozenLake-v1", {}),
    ("FrozenLake-v1", {"is_slippery": False}),
    ("FrozenLake8x8-v1", {}),
    ("CliffWalking-v1", {}),
    ("CliffWalkingSlippery-v1", {}),
    ("Taxi-v4", {}),
    ("Taxi-v4", {"is_rainy": True}),
]


def tables(S=3, A=2, K=2):
    """Return valid tables: every action goes to state 0 or stays, half and half."""
    next_state = np.zeros((S, A, K), np.int32)
    next_state[..., 1] = np.arange(S)[:, None]
    return {
        "next_state": next_state,
        "probability": np.full((S, A, K), 0.5),
        "reward": np.ones((S, A, K)),
        "terminated": np.zeros((S, A, K), bool),
        "initial": np.full(S, 1 / S),
    }


def broken(name, index, value):
    changed = tables()
    changed[name][index] = value
    return changed


def test_valid_tables_are_kept_and_frozen():
    mdp = TabularMDP(**tables())
    assert (mdp.num_states, mdp.num_actions, mdp.num_outcomes) == (3, 2, 2)
    assert mdp.next_state.dtype == np.int32
    for name in tables():
        with pytest.raises(ValueError, match="read-only"):
            getattr(mdp, name)[0] = 0
    assert repr(mdp) == "TabularMDP(states=3, actions=2, outcomes=2)"


def test_the_callers_arrays_are_neither_changed_nor_shared():
    given = tables()
    mdp = TabularMDP(**given)
    given["next_state"][:] = 10**6
    assert mdp.next_state.max() == 2
    again = pickle.loads(pickle.dumps(mdp))  # noqa: S301
    for name in given:
        np.testing.assert_array_equal(getattr(again, name), getattr(mdp, name))
        assert not getattr(again, name).flags.writeable


def test_read_only_views_of_what_can_be_written_to_are_copied():
    """Compiled code indexes with next states unchecked: 10**9, written after the check, was a segmentation fault."""
    given = tables()
    shown = {name: array.view() for name, array in given.items()}
    for view in shown.values():
        view.flags.writeable = False
    mdp = TabularMDP(**shown)
    given["next_state"][...] = 10**9
    given["initial"][...] = 0
    given["probability"][...] = np.nan
    assert mdp.next_state.max() == 2
    best = oracle.optimal(mdp, gamma=0.5)
    np.testing.assert_allclose(best.v, 2.0)
    assert mdp.sample_start(np.random.default_rng(0)) in range(3)


def test_constant_tables_are_kept_without_a_copy():
    given = tables()
    for array in given.values():
        array.flags.writeable = False
    mdp = TabularMDP(**given)
    for name, array in given.items():
        assert np.shares_memory(getattr(mdp, name), array), name


def test_the_last_threshold_of_a_pair_is_1():
    """Rounding must not leave a draw without an outcome: ten tenths add up to less than 1."""
    probability = np.full((1, 1, 12), 0.1)
    probability[..., 10:] = 0.0
    zeros = np.zeros((1, 1, 12))
    mdp = TabularMDP(zeros.astype(int), probability, zeros, zeros.astype(bool), np.ones(1))
    assert np.cumsum(probability)[9] < 1
    assert (mdp.thresholds[0, 0, 9:] == 1.0).all()
    assert mdp.thresholds[0, 0, 8] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (broken("next_state", (1, 0, 1), 3), r"next_state must be in \[0, 3\), got 3 in state 1, action 0, outcome 1"),
        (broken("next_state", (1, 0, 1), -1), "got -1 in state 1, action 0, outcome 1"),
        (broken("probability", (2, 1, 0), 0.4), "sum to 1, got 0.9 in state 2, action 1"),
        (broken("probability", (2, 1), [-0.5, 1.5]), r"in \[0, 1\], got -0.5 in state 2, action 1, outcome 0"),
        (broken("probability", (2, 1, 0), np.nan), "got nan in state 2, action 1, outcome 0"),
        (broken("reward", (0, 1, 1), np.inf), "finite, got inf in state 0, action 1, outcome 1"),
        (broken("initial", 0, 0.5), "initial must sum to 1"),
        (broken("initial", 0, -1.0), "got -1.0 in state 0"),
        (broken("initial", 0, np.nan), "got nan in state 0"),
        ({**tables(), "initial": np.ones(2)}, r"initial must have shape \(3,\)"),
        ({**tables(), "reward": np.ones((3, 2, 1))}, r"reward must have the shape of next_state, \(3, 2, 2\)"),
        ({**tables(), "next_state": np.zeros((3, 2), int)}, r"shape \(S, A, K\)"),
        ({**tables(), "next_state": np.zeros((3, 2, 2))}, "integers, got dtype float64"),
    ],
)
def test_broken_tables_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        TabularMDP(**changed)


@pytest.mark.parametrize(("id_", "arguments"), TOY_TEXT)
def test_toy_text_models_equal_their_transitions(id_, arguments):
    env = gym.make(id_, **arguments).unwrapped
    mdp = TabularMDP.from_env(env)
    np.testing.assert_array_equal(mdp.initial, env.initial_state_distrib)
    for s, actions in env.P.items():
        for a, ways in actions.items():
            expected = {}
            for p, s_next, r, end in ways:
                expected[s_next, r, bool(end)] = expected.get((s_next, r, bool(end)), 0) + p
            used = mdp.probability[s, a] > 0
            keys = zip(mdp.next_state[s, a, used], mdp.reward[s, a, used], mdp.terminated[s, a, used], strict=True)
            got = dict(zip(keys, mdp.probability[s, a, used], strict=True))
            assert got == pytest.approx(expected)


def test_the_model_is_built_once():
    env = gym.make("GridWorld-v0")
    assert TabularMDP.from_env(env) is TabularMDP.from_env(env) is env.unwrapped.mdp
    assert TabularMDP.from_env(gym.make_vec("GridWorld-v0", num_envs=2)).num_states == 25


def test_environments_without_a_model_are_told_the_way_out():
    with pytest.raises(ValueError, match=r"no exact model.*explore"):
        TabularMDP.from_env(gym.make("CartPole-v1"))
    with pytest.raises(ValueError, match="fickle_passenger=False"):
        TabularMDP.from_env(gym.make("Taxi-v4", fickle_passenger=True))
    env = gym.make("FrozenLake-v1").unwrapped
    del env.initial_state_distrib
    with pytest.raises(ValueError, match="from_transitions"):
        TabularMDP.from_env(env)


@pytest.mark.parametrize(
    ("P", "message"),
    [
        ({}, "at least one state"),
        ({0: {0: [(1.0, 0, 0, False)], 1: [(1.0, 0, 0, False)]}, 1: {0: [(1.0, 0, 0, False)]}}, "state 1 has 1"),
        ({0: {0: [(0.5, 0, 0, False)]}}, "sum to 1, got 0.5 in state 0, action 0"),
        ({0: {0: [(1.0, 2, 0, False)]}}, "got 2 in state 0, action 0, outcome 0"),
        ({0: {0: []}}, "sum to 1, got 0.0 in state 0, action 0"),
    ],
)
def test_broken_transitions_are_refused(P, message):
    with pytest.raises(ValueError, match=message):
        TabularMDP.from_transitions(P, np.ones(len(P)) / max(1, len(P)))


@pytest.mark.parametrize(("id_", "arguments"), TOY_TEXT)
def test_sparse_forms_agree_with_the_tables(id_, arguments):
    mdp = TabularMDP.from_env(gym.make(id_, **arguments))
    v = np.random.default_rng(0).normal(size=mdp.num_states)
    follow = (mdp.probability * ~mdp.terminated * v[mdp.next_state]).sum(axis=2)
    P, r = mdp.to_sparse()
    np.testing.assert_allclose((P @ v).reshape(mdp.num_states, -1), follow)
    np.testing.assert_allclose(r, (mdp.probability * mdp.reward).sum(axis=2))
    P, r = mdp.to_sparse(absorbing=True)
    S, A = mdp.num_states, mdp.num_actions
    assert P.shape == ((S + 1) * A, S + 1)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    np.testing.assert_allclose((P @ np.append(v, 0.0)).reshape(S + 1, A)[:S], follow)
    assert r.shape == (S + 1, A)
    assert not r[S].any()


def test_a_bank_is_block_diagonal():
    small, _ = grid_model(Layout.parse("S.T"), GridRules())
    slippery, _ = grid_model(Layout.parse(["S.T", "..."]), GridRules(slip=0.5))
    bank = TabularMDP.block_diagonal([small, slippery])
    assert bank.num_states == 9
    assert bank.initial.tolist() == [0.5, 0, 0, 0.5, 0, 0, 0, 0, 0]
    used = bank.probability > 0
    first = np.broadcast_to((np.arange(9) < 3)[:, None, None], used.shape)
    assert (bank.next_state[first & used] < 3).all()
    assert (bank.next_state[~first & used] >= 3).all()
    np.testing.assert_array_equal(bank.expected_reward[:3], small.expected_reward)
    with pytest.raises(ValueError, match=r"got \[5, 4\]"):
        TabularMDP.block_diagonal([small, grid_model(Layout.parse("ST"), GridRules(actions="cardinal"))[0]])
    with pytest.raises(ValueError, match="at least one"):
        TabularMDP.block_diagonal([])
