"""A model knows the maps that its states lie on, and takes tables of their shape."""

import pickle

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env import Layout, TabularMDP, oracle
from gridworld_env.tabular.places import moves_of, places_of


def model(env_id, **arguments):
    return TabularMDP.from_env(gym.make(env_id, **arguments))


def test_the_model_of_a_grid_world_has_its_map():
    mdp = model("GridWorld-v0")
    assert mdp.layouts == (Layout.named("book"),)
    assert mdp.map_shape == (5, 5)
    assert mdp.action_names == ("up", "right", "down", "left", "stay")
    assert pickle.loads(pickle.dumps(mdp)).layouts == mdp.layouts  # noqa: S301 - it is our own


def test_a_bank_has_all_of_its_maps():
    mdp = model("GridWorld/Random-v0", num_layouts=3)
    assert len(mdp.layouts) == 3
    assert mdp.map_shape == (3, 8, 8)


def test_frozen_lake_is_drawn_as_its_desc():
    mdp = model("FrozenLake-v1", map_name="4x4")
    assert mdp.layouts[0].to_text() == "S...\n.F.F\n...F\nF..T"
    assert mdp.action_names == ("left", "down", "right", "up")


def test_the_cliff_lies_where_gymnasium_has_it():
    env = gym.make("CliffWalking-v1")
    mdp, base = TabularMDP.from_env(env), env.unwrapped
    (layout,) = mdp.layouts
    assert layout.shape == base.shape
    np.testing.assert_array_equal(layout.forbidden.reshape(base.shape), base._cliff)
    assert np.flatnonzero(layout.starts).tolist() == [base.start_state_index]
    for name, (down, right) in zip(mdp.action_names, ((-1, 0), (0, 1), (1, 0), (0, -1)), strict=True):
        assert moves_of([name]) == ((down, right),)
        a = mdp.action_names.index(name)
        assert mdp.next_state[13, a, 0] == 13 + 12 * down + right


def test_the_names_of_frozen_lakes_actions_are_where_they_lead():
    mdp = model("FrozenLake-v1", is_slippery=False, map_name="8x8")
    places = places_of(mdp)
    for a, (down, right) in enumerate(places.moves):
        assert mdp.next_state[9, a, 0] == 9 + 8 * down + right


def test_a_taxi_has_names_of_actions_and_no_map():
    mdp = model("Taxi-v4")
    assert mdp.layouts == ()
    assert mdp.map_shape == ()
    assert mdp.action_names[4] == "pickup"


def test_maps_must_have_a_cell_for_each_state():
    mdp = model("GridWorld-v0")
    with pytest.raises(ValueError, match="25 cells"):
        mdp.on_maps([Layout.parse("S.T")])
    with pytest.raises(ValueError, match="one shape"):
        mdp.on_maps([Layout.parse("S.T"), Layout.parse("S\nT")])
    with pytest.raises(ValueError, match="25 cells"):
        TabularMDP(*(getattr(mdp, n) for n in ("next_state", "probability", "reward", "terminated", "initial")),
                   layouts=[Layout.parse("ST")])  # fmt: skip


def test_another_map_shares_the_tables():
    mdp = model("Tabular-v0")
    placed = mdp.on_maps([Layout.parse("S.")], ["right", "stay", "left"])
    assert placed.map_shape == (1, 2)
    assert mdp.map_shape == ()
    assert placed.probability is mdp.probability
    assert placed.action_names == mdp.action_names  # it has names of its own


def test_a_model_with_a_map_makes_an_environment_with_it():
    env = gym.make("Tabular-v0", mdp=model("FrozenLake-v1"))
    assert env.unwrapped.layouts[0].shape == (4, 4)


def test_tables_of_the_maps_shape_are_taken():
    mdp = model("GridWorld-v0")
    best = oracle.optimal(mdp, gamma=0.9)
    on_map = best.policy.reshape(5, 5, 5)
    np.testing.assert_array_equal(oracle.evaluate(mdp, on_map, gamma=0.9), oracle.evaluate(mdp, best.policy, gamma=0.9))
    assert oracle.bellman_residual(mdp, best.v.reshape(5, 5), 0.9) == best.residual
    with pytest.raises(ValueError, match=r"\(S, A\)"):
        oracle.evaluate(mdp, np.ones((25, 5, 5)) / 5, gamma=0.9)


def test_a_solution_as_a_frame_has_a_row_a_state():
    pytest.importorskip("pandas")
    best = oracle.optimal(model("GridWorld-v0"), gamma=0.9)
    frame = best.to_pandas()
    assert list(frame.columns[:5]) == ["state", "row", "column", "value", "best_action"]
    row = frame[(frame["row"] == 2) & (frame["column"] == 2)].iloc[0]
    assert (row["state"], row["best_action"], row["q_down"]) == (12, "down", best.q[12, 2])
    robot = oracle.optimal(model("Tabular-v0"), gamma=0.9).to_pandas()
    assert robot["name"].tolist() == ["high", "low"]
    bank = oracle.optimal(model("GridWorld/Random-v0", num_layouts=2), gamma=0.9).to_pandas()
    assert bank["map"].tolist() == [0] * 64 + [1] * 64


def test_what_the_oracle_returns_says_what_it_is_in_a_line():
    mdp = model("GridWorld-v0")
    best = oracle.optimal(mdp, gamma=0.9)
    assert repr(best).startswith("<Solution: 25 states, 5 actions, gamma 0.9, start value 0.517623")
    assert best.start_value == pytest.approx(mdp.initial @ best.v)
    assert "epsilon 0.1" in repr(oracle.epsilon_optimal(mdp, gamma=0.9, epsilon=0.1))
    assert "7 steps" in repr(oracle.finite_horizon(mdp, gamma=0.9, horizon=7))
