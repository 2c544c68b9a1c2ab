"""The tables of grid worlds, against moves worked out by hand and against sampled transitions."""

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gridworld_env import Layout, TabularMDP
from gridworld_env.registration import TABLE
from gridworld_env.tabular.dynamics import grid_model
from gridworld_env.tabular.rules import MOVES, GridRules

UP, RIGHT, DOWN, LEFT, STAY = range(5)


def outcomes(text, s, a, **rules):
    """Return the outcomes of a pair as {(next_state, reward, terminated): probability}."""
    mdp, _ = grid_model(Layout.parse(text), GridRules(**rules))
    ways = zip(mdp.next_state[s, a], mdp.reward[s, a], mdp.terminated[s, a], mdp.probability[s, a], strict=True)
    return {(int(n), float(r), bool(end)): pytest.approx(p) for n, r, end, p in ways if p > 0}


def test_moves_of_the_cardinal_actions():
    text = ["...", ".S.", "..T"]
    landings = [next(iter(outcomes(text, 4, a)))[0] for a in range(5)]
    assert landings == [1, 5, 7, 3, 4]


def test_moves_of_the_king():
    text = ["...", ".S.", "..T"]
    landings = [next(iter(outcomes(text, 4, a, actions="king+stay")))[0] for a in range(9)]
    assert landings == [1, 5, 7, 3, 2, 8, 6, 0, 4]


@pytest.mark.parametrize(
    ("s", "a", "expected"),
    [
        (0, UP, (0, -2.0, False)),  # the edge
        (0, RIGHT, (0, -2.0, False)),  # a wall
        (0, DOWN, (3, -3.0, False)),  # entering a forbidden cell
        (3, STAY, (3, -3.0, False)),  # staying on one
        (3, LEFT, (3, -2.0, False)),  # a bump on one
        (3, RIGHT, (4, 0.5, False)),
        (4, RIGHT, (5, 7.0, True)),  # the target
        (5, LEFT, (5, 0.0, True)),  # nothing happens where the episode is over
        (1, LEFT, (1, 0.0, True)),  # nor in a wall
    ],
)
def test_rewards(s, a, expected):
    rules = {"reward_target": 7, "reward_forbidden": -3, "reward_boundary": -2, "reward_step": 0.5}
    assert outcomes(["S#.", "F.T"], s, a, **rules) == {expected: 1}


def test_a_bump_on_a_forbidden_cell_may_pay_for_both():
    rules = {"reward_forbidden": -3, "reward_boundary": -2, "bump_reward": "additive"}
    assert outcomes("FST", 0, LEFT, **rules) == {(0, -5.0, False): 1}
    assert outcomes("FST", 1, UP, **rules) == {(1, -2.0, False): 1}


def test_a_continuing_target_pays_on_every_stay_and_bounces_at_the_edge():
    assert outcomes("ST", 0, RIGHT, continuing=True) == {(1, 1.0, False): 1}
    assert outcomes("ST", 1, STAY, continuing=True) == {(1, 1.0, False): 1}
    assert outcomes("ST", 1, RIGHT, continuing=True) == {(1, -1.0, False): 1}
    assert outcomes("ST", 1, LEFT, continuing=True) == {(0, 0.0, False): 1}


def test_forbidden_cells_may_restart_or_end():
    assert outcomes("S.FT", 1, RIGHT, forbidden_mode="restart") == {(0, -1.0, False): 1}
    assert outcomes("S.FT", 1, RIGHT, forbidden_mode="end") == {(2, -1.0, True): 1}
    assert outcomes("S.FT", 2, RIGHT, forbidden_mode="end") == {(2, 0.0, True): 1}


def test_a_uniform_slip_replaces_the_action_by_any():
    got = outcomes(["...", ".S.", "..T"], 4, UP, slip=0.5)
    assert got == {(1, 0.0, False): 0.6, (5, 0.0, False): 0.1, (7, 0.0, False): 0.1, (3, 0.0, False): 0.1} | {
        (4, 0.0, False): 0.1
    }


def test_a_perpendicular_slip_turns_by_a_right_angle():
    text = ["...", ".S.", "..T"]
    slip = {"slip": 0.4, "slip_mode": "perpendicular"}
    assert outcomes(text, 4, UP, **slip) == {(1, 0.0, False): 0.6, (3, 0.0, False): 0.2, (5, 0.0, False): 0.2}
    assert outcomes(text, 4, STAY, **slip) == {(4, 0.0, False): 1}
    assert outcomes(text, 4, 4, actions="king", **slip) == {
        (2, 0.0, False): 0.6,
        (8, 1.0, True): 0.2,
        (0, 0.0, False): 0.2,
    }


def test_bumps_to_several_sides_are_one_outcome():
    got = outcomes(["S#", "#T"], 0, UP, slip=1.0, actions="cardinal")
    assert got == {(0, -1.0, False): 1}


def test_the_wind_is_that_of_the_column_left():
    text = ["...T", "....", "S..."]
    assert outcomes(text, 8, RIGHT, wind=[0, 1, 1, 0]) == {(9, 0.0, False): 1}
    assert outcomes(text, 9, RIGHT, wind=[0, 1, 1, 0]) == {(6, 0.0, False): 1}
    assert outcomes(text, 9, RIGHT, wind=[0, 9, 1, 0]) == {(2, 0.0, False): 1}


def test_a_step_down_holds_against_the_wind_at_the_bottom():
    text = ["...T", "....", "S..."]
    assert outcomes(text, 9, DOWN, wind=[0, 1, 0, 0]) == {(9, -1.0, False): 1}
    assert outcomes(text, 9, STAY, wind=[0, 1, 0, 0]) == {(5, 0.0, False): 1}
    assert outcomes(text, 9, DOWN, wind=[0, 2, 0, 0]) == {(5, -1.0, False): 1}


def test_the_wind_stops_at_walls_and_may_carry_onto_the_target():
    assert outcomes(["T.", "#.", "S."], 4, STAY, wind=[2, 0]) == {(4, 0.0, False): 1}
    assert outcomes(["T.", "..", "S."], 4, LEFT, wind=[2, 0]) == {(0, 1.0, True): 1}


def test_a_stochastic_wind_varies_by_one_where_it_blows():
    text = ["...T", "....", "....", "S..."]
    rules = {"wind": [0, 1, 0, 0], "stochastic_wind": True}
    third = {(14, 0.0, False): 1 / 3, (10, 0.0, False): 1 / 3, (6, 0.0, False): 1 / 3}
    assert outcomes(text, 13, RIGHT, **rules) == third
    assert outcomes(text, 12, RIGHT, **rules) == {(13, 0.0, False): 1}


def test_starts():
    assert grid_model(Layout.parse("S.ST"), GridRules())[0].initial.tolist() == [0.5, 0, 0.5, 0]
    assert grid_model(Layout.parse("..FT#"), GridRules())[0].initial.tolist() == [0.5, 0.5, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "rules", "message"),
    [
        ("FT", {}, "nowhere to start"),
        ("..", {}, "no target 'T'"),
        ("S.T", {"wind": [1]}, "one number a column, 3, got 1"),
        ("..FT", {"forbidden_mode": "restart"}, "exactly one start"),
    ],
)
def test_layouts_and_rules_that_do_not_fit(text, rules, message):
    with pytest.raises(ValueError, match=message):
        grid_model(Layout.parse(text), GridRules(**rules))


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"slip": 1.5}, r"slip must be in \[0, 1\], got 1.5"),
        ({"slip": float("nan")}, "got nan"),
        ({"slip": "much"}, "got 'much'"),
        ({"reward_step": float("inf")}, "reward_step must be a finite number, got inf"),
        ({"reward_target": None}, "reward_target must be a finite number, got None"),
        ({"actions": "kings"}, "did you mean 'king'"),
        ({"slip_mode": "sideways"}, "slip_mode must be one of 'uniform', 'perpendicular'"),
        ({"bump_reward": 1}, "bump_reward must be one of"),
        ({"forbidden_mode": "stop"}, "forbidden_mode must be one of"),
        ({"wind": 3}, "sequence of integers"),
        ({"wind": "012"}, "sequence of integers"),
        ({"wind": [0, -1]}, "column 1 must be an integer >= 0, got -1"),
        ({"wind": [0, 0.5]}, "column 1 must be an integer >= 0, got 0.5"),
        ({"stochastic_wind": True}, "needs a wind"),
        ({"continuing": 1}, "continuing must be True or False, got 1"),
    ],
)
def test_refused_rules(rules, message):
    with pytest.raises(ValueError, match=message):
        GridRules(**rules)


texts = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.text("..#FST", min_size=width, max_size=width), min_size=1, max_size=4)
)
values = st.one_of(st.floats(), st.integers(-3, 3), st.none(), st.text(max_size=2), st.booleans())
anything = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("reward_target", "reward_forbidden", "reward_boundary", "reward_step"), values),
        "bump_reward": st.sampled_from(["boundary", "additive", "both", None]),
        "forbidden_mode": st.sampled_from(["enter", "restart", "end", 0]),
        "actions": st.sampled_from([*MOVES, "queen"]),
        "slip": st.one_of(st.floats(0, 1), values),
        "slip_mode": st.sampled_from(["uniform", "perpendicular", ""]),
        "wind": st.one_of(st.none(), st.lists(st.integers(-1, 5), max_size=4), values),
        "stochastic_wind": st.booleans(),
        "continuing": st.booleans(),
        "observation": st.sampled_from(["state", "position", "grid", "local", "pixels"]),
        "view_size": st.one_of(st.integers(-1, 9), values),
    },
)


@settings(max_examples=400, deadline=None)
@given(texts, anything)
def test_any_argument_gives_an_environment_or_a_value_error(rows, arguments):
    try:
        env = gym.make("GridWorld-v0", layout=rows, **arguments)
    except ValueError as error:
        if len(str(error)) < 20:
            raise AssertionError("the error says too little") from error
        return
    mdp = TabularMDP.from_env(env)
    np.testing.assert_allclose(mdp.probability.sum(axis=2), 1)
    assert env.reset(seed=0)[0] in env.observation_space
    masks = env.unwrapped.world.masks
    assert masks.any(axis=1).all()
    for a in range(env.action_space.n):
        obs, r, _, _, info = env.step(a)
        assert obs in env.observation_space
        assert isinstance(r, float)
        assert info["action_mask"].any()
    layout = env.unwrapped.world.layouts[0]
    assert not layout.walls[env.unwrapped.state]


SAMPLES = 2000
FALSE_ALARM = 1e-6
STOCHASTIC = [
    ("GridWorld-v0", {"slip": 0.4}),
    ("GridWorld-v0", {"slip": 0.7, "slip_mode": "perpendicular", "actions": "king"}),
    ("GridWorld/FourRooms-v0", {}),
    ("GridWorld/Windy-v0", {"stochastic_wind": True, "slip": 0.2}),
    ("GridWorld/DeepSea-v0", {"stochastic": True, "size": 4}),
]


@pytest.mark.parametrize(("id_", "arguments"), STOCHASTIC)
def test_sampled_transitions_agree_with_the_model(id_, arguments):
    """Chi-squared over every outcome of six pairs, 2000 samples each; a right model fails with probability 6e-6."""
    envs = gym.make_vec(id_, num_envs=SAMPLES, autoreset_mode="Disabled", max_episode_steps=None, **arguments)
    mdp, world = envs.unwrapped.mdp, envs.unwrapped.world
    single = gym.make(id_, **arguments)
    pick = np.random.default_rng(0)
    for i, s in enumerate(pick.choice(np.flatnonzero(~world.over), 6)):
        a = int(pick.integers(mdp.num_actions))
        envs.reset(seed=10_000 * i, options={"start": int(s)})
        s_next, r, end, _, _ = envs.step(np.full(SAMPLES, a))
        single.reset(seed=10_000 * i + 1, options={"start": int(s)})
        assert single.step(a)[:3] == (s_next[1], r[1], end[1])
        ways = [k for k in range(mdp.num_outcomes) if mdp.probability[s, a, k] > 0]
        hits = [
            (s_next == mdp.next_state[s, a, k]) & (r == mdp.reward[s, a, k]) & (end == mdp.terminated[s, a, k])
            for k in ways
        ]
        counts = np.sum(hits, axis=1)
        assert counts.sum() == SAMPLES
        if len(ways) > 1:
            assert stats.chisquare(counts, mdp.probability[s, a, ways] * SAMPLES).pvalue > FALSE_ALARM


@pytest.mark.parametrize("id_", [entry.id for entry in TABLE])
def test_no_step_enters_a_wall(id_):
    env = gym.make(id_)
    mdp, world = TabularMDP.from_env(env), env.unwrapped.world
    walls = np.concatenate([layout.walls for layout in world.layouts])
    reached = mdp.next_state[(mdp.probability > 0) & ~walls[:, None, None]]
    assert not walls[reached].any()
    assert not (mdp.initial[walls]).any()
