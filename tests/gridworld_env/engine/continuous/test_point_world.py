"""The rules and the dynamics of a continuous grid world, by hand."""

import numpy as np
import pytest

from gridworld_env import Layout
from gridworld_env.engine.continuous.point_dynamics import moved
from gridworld_env.engine.continuous.point_rules import PointRules
from gridworld_env.engine.continuous.point_world import PointWorld


def world(*rows, **rules):
    return PointWorld(Layout.parse(rows), PointRules(**rules))


def stepped(made, state, action, noise=(0.0, 0.0)):
    """Return (x, y, vx, vy), reward and end of one step."""
    *s_next, r, ends = moved(made.physics, *map(float, state), *map(float, action), *map(float, noise))
    return s_next, r, ends


def test_an_action_sets_the_velocity():
    s, r, ends = stepped(world("S...T"), (0.5, 0.5, 0, 0), (1.0, -0.5))
    assert s == [0.75, 0.375, 1.0, -0.5]
    assert r == -0.1
    assert not ends


def test_an_action_changes_the_velocity_under_drag_up_to_the_greatest():
    made = world("S...T", control="acceleration", drag=0.4, max_acceleration=2.0)
    s, _, _ = stepped(made, (0.5, 0.5, 0.5, 0.0), (0.5, 0.0))
    assert s == pytest.approx([0.5 + 0.25 * 0.7, 0.5, 0.9 * 0.5 + 0.25, 0.0])
    assert stepped(made, (0.5, 0.5, 0.9, 0.0), (1.0, 0.0))[0][2] == 1.0


def test_a_wall_takes_the_velocity_towards_it():
    made = world("S...T", "....#", control="acceleration")
    s, _, _ = stepped(made, (0.5, 1.9, 0.5, 0.75), (0.0, 0.0))
    assert s == [0.625, float(np.nextafter(2.0, 0)), 0.5, 0.0]


def test_noise_is_a_walk_whose_variance_grows_with_time():
    made = world("S...T", "....#", noise=0.2)
    s, _, _ = stepped(made, (2.0, 1.0, 0, 0), (0.0, 0.0), (1.0, -2.0))
    assert s[:2] == pytest.approx([2.0 + 0.2 * 0.5, 1.0 - 0.2 * 0.5 * 2.0])


def test_rewards_count_the_time_spent():
    made = world("S.F.T", reward_target=2.0, reward_forbidden=-1.0, reward_boundary=-0.3, reward_step=-0.2)
    assert stepped(made, (1.875, 0.5, 0, 0), (1.0, 0.0))[1] == pytest.approx(-0.2 / 2 - 1.0 / 2)
    assert stepped(made, (2.5, 0.5, 0, 0), (0.0, 0.0))[1] == pytest.approx(-1.0)
    assert stepped(made, (0.125, 0.5, 0, 0), (-1.0, 0.0))[1] == pytest.approx(-0.2 - 0.3 / 2)
    s, r, ends = stepped(made, (3.9, 0.5, 0, 0), (1.0, 0.0))
    assert s[0] == 4.0
    assert r == pytest.approx(-0.2 * 0.4 + 2.0)
    assert ends


def test_observations_are_scaled_and_read_back():
    for control, D in (("velocity", 2), ("acceleration", 4)):
        made = world("S.F.T", "..#..", control=control, max_speed=2.0)
        states = np.array([[0.0, 0.0, 0.0, 0.0], [2.5, 1.0 - 1e-9, -2.0, 1.0], [4.75, 1.5, 0.5, 0.0]])
        seen = made.observations_of(states)
        assert seen.shape == (3, D)
        assert seen.dtype == np.float32
        assert np.abs(seen).max() <= 1
        np.testing.assert_allclose(made.states_of(seen)[:, :D], states[:, :D], atol=2e-5)
        np.testing.assert_array_equal(made.states_of(seen[1]), made.states_of(seen[1:2]))
    assert made.observations_of(np.array([[2.5, 1.5, -2.0, 1.0]]))[0].tolist() == [0.0, 0.5, -1.0, 0.5]


def test_an_observation_is_never_read_as_a_place_in_a_wall_or_a_target():
    """The places next to walls and targets, to which rounding to float32 does the most harm."""
    made = world("...........", ".#.#T#.#T#.", "T..........")
    edges = np.array([np.nextafter(k, side) for k in range(1, 11) for side in (0, 11)])
    x, y = (grid.ravel() for grid in np.meshgrid(edges, np.array([0.5, np.nextafter(1, 0), 1.0, 1.5, 2.0])))
    states = np.stack([x, y, 0 * x, 0 * x], axis=1)
    states = states[made.goes_on(states)]
    read = made.states_of(made.observations_of(states))
    assert made.goes_on(read).all()
    np.testing.assert_allclose(read, states, atol=2e-5)
    inside = np.array([[4.5, 1.5, 0, 0], [8.01, 1.99, 0, 0]])  # no rounding brings a place so far into a target
    np.testing.assert_allclose(made.states_of(made.observations_of(inside)), inside, atol=1e-6)
    wide = world("." * 2000 + "T")
    assert wide.goes_on(wide.states_of(wide.observations_of(np.array([[np.nextafter(2000, 0), 0.5, 0, 0]])))).all()
    with pytest.raises(ValueError, match=r"an observation has shape \(2,\), several \(n, 2\), got \(3,\)"):
        made.states_of(np.zeros(3))


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"control": "speed"}, "control must be one of 'velocity', 'acceleration', got 'speed'"),
        ({"max_speed": 0}, "max_speed must be > 0, got 0"),
        ({"max_acceleration": -1}, "max_acceleration must be > 0, got -1"),
        ({"dt": float("nan")}, "dt must be a finite number, got nan"),
        ({"dt": 0.0}, "dt must be > 0"),
        ({"noise": -0.1}, "noise must be >= 0, got -0.1"),
        ({"drag": 0.1}, "drag needs control='acceleration'"),
        ({"max_acceleration": 2.0}, "max_acceleration needs control='acceleration': .* changes at once, got 2.0"),
        ({"noise": 1e308, "dt": 1e10}, r"noise must be at most 1e\+100 in size, got 1e\+308: choose other units"),
        ({"max_speed": 1e-320}, "1 / max_speed must be at most"),
        ({"reward_step": -1e308}, "reward_step must be at most"),
        ({"drag": 5, "control": "acceleration"}, r"drag must be in \[0, 1 / dt\] = \[0, 4\], got 5"),
        ({"reward_step": "much"}, "reward_step must be a finite number"),
    ],
)
def test_refused_rules(rules, message):
    with pytest.raises(ValueError, match=message):
        PointRules(**rules)


def test_the_greatest_numbers_stay_finite():
    largest = dict.fromkeys(("max_speed", "max_acceleration", "dt", "noise", "reward_boundary"), 1e100)
    made = world("S...T", "....#", control="acceleration", **largest)
    for action, noise in (((-1, 1), (-8, 8)), ((1, -1), (-8, 8)), ((0, 0), (0, 0))):
        s, r, _ = stepped(made, (0.5, 0.5, 1e100, -1e100), action, noise)
        assert np.isfinite([*s, r]).all()
        assert np.isfinite(made.observations_of(np.array([s]))).all()


def test_refused_maps():
    with pytest.raises(ValueError, match="nowhere to start"):
        world("T#")
    with pytest.raises(ValueError, match="no target 'T'"):
        world("S.")
