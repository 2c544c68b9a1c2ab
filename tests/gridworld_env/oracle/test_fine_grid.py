"""The fine grid against exact answers, and against what its own policy earns."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_env  # noqa: F401 - registers the ids
from gridworld_env import oracle
from gridworld_env.oracle.fine_nodes import actions_of, noises_of

ROOM = ["........", "........", ".....T..", "........"]
"""An empty room. Its target is the square from (5, 2) to (6, 3), x first."""

WALL = ["S...#...", "S...#...", "S......T"]


def make(layout=ROOM, **arguments):
    return gym.make("ContinuousGridWorld-v0", layout=layout, **arguments)


def steps_to_target(states, stride=0.25):
    """Return the least time to the target of the room, in steps: full speed is full speed in both axes at once."""
    x, y = states[:, 0], states[:, 1]
    far = [np.maximum.reduce([low - at, at - low - 1, np.zeros(at.size)]) for at, low in ((x, 5.0), (y, 2.0))]
    return np.maximum(*far) / stride


@pytest.mark.parametrize("arguments", [{}, {"max_speed": 2.0, "dt": 0.4}])
def test_an_empty_room_takes_the_time_of_its_greatest_distance(arguments):
    solution = oracle.fine_grid(make(**arguments), 1.0, 8)
    stride = arguments.get("max_speed", 1.0) * arguments.get("dt", 0.25)
    exact = -0.1 * steps_to_target(solution.states, stride)
    np.testing.assert_allclose(solution.v, exact, atol=max(solution.error, 1e-9))
    assert solution.error < 0.05
    assert solution.residual < 1e-7


@pytest.mark.parametrize("reward_target", [0.0, 1.0])
def test_discounted_values_of_an_empty_room(reward_target):
    """n whole steps, and the part f of one more: -0.1 (1 + gamma + ... + gamma^(n - 1) + gamma^n f) + gamma^n."""
    gamma = 0.9
    solution = oracle.fine_grid(make(reward_target=reward_target), gamma, 16)
    time = steps_to_target(solution.states)
    n = np.maximum(np.ceil(time - 1e-9) - 1, 0)
    exact = -0.1 * ((1 - gamma**n) / (1 - gamma) + gamma**n * (time - n)) + gamma**n * reward_target
    assert np.abs(solution.v - exact).max() <= solution.error + 1e-9
    assert solution.error < (0.02 if reward_target == 0 else 0.15)  # a target's reward is a step later all at once


def test_values_converge_under_refinement():
    env = make(dt=0.3)  # a step is no whole number of intervals, at any resolution
    wrong, errors = [], []
    for resolution in (2, 4, 8, 16):
        solution = oracle.fine_grid(env, 0.95, resolution)
        time = steps_to_target(solution.states, 0.3)
        n = np.maximum(np.ceil(time - 1e-9) - 1, 0)
        exact = -0.1 * ((1 - 0.95**n) / 0.05 + 0.95**n * (time - n))
        wrong.append(np.abs(solution.v - exact).max())
        errors.append(solution.error)
    assert np.all(np.diff(wrong) < 0)
    assert np.all(np.diff(errors) < 0)
    assert np.all(np.array(wrong[1:]) <= errors[1:])
    assert wrong[-1] < 0.01


def test_nothing_leaks_through_a_wall_or_a_corner():
    """The shortest ways through the gap, walked by hand: 2.5 to the right, 1 down, 2 to the left; 0.5 to the left."""
    solution = oracle.fine_grid(make(["....", "###.", "T..."]), 1.0, 8)
    before = float(np.nextafter(1.0, 0.0))
    above, below = solution.values([[0.5, before, 0, 0], [1.5, 2.0, 0, 0]])
    assert below == pytest.approx(-0.1 * 0.5 / 0.25, abs=1e-9)
    assert above == pytest.approx(-0.1 * (2.5 + 1 + 2) / 0.25, abs=1e-9)
    closed = oracle.fine_grid(make(["..#", ".#T", "..."]), 0.99, 4)
    near, far = closed.values([[1.99, 0.5, 0, 0], [1.99, 2.5, 0, 0]])
    assert far > near + 0.5  # the corner between the two walls is closed: it is a long way round


def test_where_no_target_can_be_reached_the_value_is_that_of_waiting_for_ever():
    env = make(["S.T", "###", "..."])
    there = [[1.5, 2.5, 0, 0]]
    assert oracle.fine_grid(env, 0.9, 2).values(there)[0] == pytest.approx(-0.1 / 0.1, abs=1e-5)
    assert oracle.fine_grid(env, 1.0, 2).values(there)[0] == -np.inf
    assert oracle.fine_grid(env, 1.0, 2).value(env.reset(seed=0)[0]) > -1


def test_forbidden_zones_are_crossed_as_long_as_that_is_cheaper():
    rows = ["SFFT", ".FF.", "...."]
    costs = (-0.1, -0.15, -1.0, -5.0)
    values = [oracle.fine_grid(make(rows, reward_forbidden=cost), 1.0, 8).start_value for cost in costs]
    assert values[:2] == pytest.approx([-0.4 * 2.5, -0.4 * 0.5 - 0.6 * 2.0], abs=0.05)
    # Around: down to the last row, and right and up again, from the middle of the start 1.5 + 2 + 1.
    assert values[2:] == pytest.approx([-0.4 * 4.5] * 2, abs=0.05)


@pytest.mark.parametrize(
    ("arguments", "resolution", "episodes"),
    [
        ({}, 16, 2000),
        ({"noise": 0.15}, 4, 250),
        pytest.param({"noise": 0.15}, 8, 2000, marks=pytest.mark.slow),
        pytest.param({"noise": 0.3, "layout": WALL}, 8, 2000, marks=pytest.mark.slow),
    ],
)
def test_the_greedy_policy_earns_what_the_grid_says(arguments, resolution, episodes):
    """Each episode has its own start. The interval is the stated error and 4 standard errors of the mean.

    The false-alarm rate is below 1e-4 a case.
    """
    arguments = {"layout": WALL, **arguments}
    solution = oracle.fine_grid(make(**arguments), 0.98, resolution, directions=32)
    returns, starts = played(solution, episodes, arguments)
    for found, expected, error in (
        (returns - starts, 0.0, solution.error),
        (returns, solution.start_value, solution.start_error + solution.error),
    ):
        allowed = error + 4 * found.std(ddof=1) / np.sqrt(episodes)
        assert abs(found.mean() - expected) <= allowed
    assert solution.error < 0.15 * abs(solution.start_value)


def played(solution, N, arguments, limit=400):
    """Return the discounted returns of N episodes, and the values of their starts."""
    envs = gym.make_vec(
        "ContinuousGridWorld-v0",
        num_envs=N,
        vectorization_mode="vector_entry_point",
        max_episode_steps=limit,
        **arguments,
    )
    observations, _ = envs.reset(seed=7)
    starts, returns, going = solution.value(observations), np.zeros(N), np.ones(N, bool)
    for t in range(limit):
        observations, r, terminated, _, _ = envs.step(solution.predict(observations)[0])
        returns += np.where(going, solution.gamma**t * r, 0.0)
        going &= ~terminated
        if not going.any():
            break
    assert not going.any()
    return returns, starts


def test_acceleration_brakes_where_speed_would_cost():
    """A lone lane, started at rest: with a = 1 the time to a target at distance d is sqrt(2 d), or a little more."""
    env = make(["S...T"], control="acceleration", max_speed=3.0, dt=0.1)
    solution = oracle.fine_grid(env, 1.0, 8)
    exact = -np.sqrt(2 * 3.5)  # reward_step is -0.1 a step of 0.1
    assert solution.values([[0.5, 0.5, 0, 0]])[0] == pytest.approx(exact, rel=0.05)
    assert solution.values([[0.5, 0.5, 3.0, 0]])[0] == pytest.approx(-3.5 / 3, rel=0.05)
    observation, _ = env.reset(seed=0)
    assert solution.predict(observation)[0][0] == 1.0


@pytest.mark.parametrize("before", [7e-15, 1e-9, 1e-7])
def test_the_policy_does_not_stop_before_a_target(before):
    """In float32 such a place looks like one on the target, from either side."""
    env = make(["........T", "........."], reward_target=0.5)
    solution = oracle.fine_grid(env, 1.0, 2)
    for start, action in (((8 - before, 0.5), (1, 0)), ((8.5, 1 + before), (0, -1))):
        seen, _ = env.reset(options={"start": start})
        assert solution.value(seen) == pytest.approx(0.5, abs=1e-4)
        assert np.dot(solution.predict(seen)[0], action) > 0
        assert env.step(solution.predict(seen)[0])[2]


def test_predict_is_an_agents():
    env = make(WALL)
    solution = oracle.fine_grid(env, 0.98, 4)
    observation, _ = env.reset(seed=3)
    action, state = solution.predict(observation, deterministic=True)
    assert action.shape == (2,)
    assert action.dtype == np.float32
    assert env.action_space.contains(action)
    assert state is None
    batch, _ = solution.predict(np.stack([observation] * 3), state="kept")
    np.testing.assert_array_equal(batch, np.stack([action] * 3))
    assert isinstance(solution.value(observation), float)
    assert solution.value(np.stack([observation] * 3)).shape == (3,)


def test_the_same_question_has_the_same_answer():
    one, two = (oracle.fine_grid(make(WALL, noise=0.2), 0.95, 4) for _ in range(2))
    np.testing.assert_array_equal(one.v, two.v)
    assert one.error == two.error


def test_actions_cover_the_square():
    actions = actions_of(32)
    assert actions.shape == (32 + 16 + 8 + 1, 2)
    assert np.abs(actions).max() == 1
    for wanted in ([1, 1], [-1, 1], [1, -1], [-1, -1], [1, 0], [0, -1], [0, 0], [0.5, 0.5]):
        assert (actions == wanted).all(axis=1).any()
    assert len(np.unique(actions, axis=0)) == len(actions)


def test_noises_have_the_moments_of_the_normal_distribution():
    noises, weights = noises_of(5)
    assert weights.sum() == pytest.approx(1)
    for power, moment in enumerate([1, 0, 1, 0, 3, 0, 15, 0, 105]):
        assert weights @ noises[:, 0] ** power == pytest.approx(moment, abs=1e-9)
    assert weights @ (noises[:, 0] ** 2 * noises[:, 1] ** 4) == pytest.approx(3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gamma": 1.1}, r"gamma must be a number in \[0, 1\], got 1.1"),
        ({"resolution": 3}, "resolution must be a multiple of 2, got 3"),
        ({"resolution": 0}, "resolution must be an integer >= 2, got 0"),
        ({"directions": 12}, "directions must be"),
        ({"tolerance": 0}, "tolerance must be"),
        ({"resolution": 100_000}, "lower it"),
    ],
)
def test_refused_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        oracle.fine_grid(make(), **{"gamma": 0.9, **arguments})


def test_other_worlds_are_refused():
    with pytest.raises(TypeError, match="continuous grid world"):
        oracle.fine_grid(gym.make("GridWorld-v0"), 0.9)
    for rewards in ({"reward_step": 0.0}, {"reward_forbidden": 0.1}, {"reward_boundary": 0.1}):
        with pytest.raises(ValueError, match="at gamma 1 every step must cost"):
            oracle.fine_grid(make(**rewards), 1.0, 2)
