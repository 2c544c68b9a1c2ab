"""The Riccati optimum and the value of any gain, against closed forms, backward induction and simulation."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_env  # noqa: F401 - registers the ids
from gridworld_env import oracle
from gridworld_env.registration import CONTINUOUS

NOISELESS = {"noise": 0.0}


def system(**arguments):
    return gym.make("LinearQuadratic-v0", **arguments)


def scalar(a, b, q, r, **more):
    return system(A=[[a]], B=[[b]], Q=[[q]], R=[[r]], **more)


@pytest.mark.parametrize(
    ("a", "b", "q", "r", "gamma"), [(1, 1, 1, 1, 1.0), (1.2, 0.5, 2, 3, 0.9), (0.5, 2, 1, 0.1, 0.99)]
)
def test_one_number_in_closed_form(a, b, q, r, gamma):
    """P solves b^2 g P^2 + (r (1 - g a^2) - q b^2 g) P - q r = 0; with ones everywhere it is the golden ratio."""
    best = oracle.linear_quadratic(scalar(a, b, q, r, **NOISELESS), gamma)
    roots = np.roots([b * b * gamma, r * (1 - gamma * a * a) - q * b * b * gamma, -q * r])
    P = roots.max()
    assert best.P[0, 0] == pytest.approx(P, rel=1e-12)
    assert best.gain[0, 0] == pytest.approx(gamma * a * b * P / (r + gamma * b * b * P), rel=1e-12)
    if (a, b, q, r, gamma) == (1, 1, 1, 1, 1.0):
        assert best.P[0, 0] == pytest.approx((1 + 5**0.5) / 2, rel=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.95, 0.99])
def test_backward_induction_comes_to_the_same(gamma):
    env = system()
    world = env.unwrapped.world
    P, c = np.zeros((2, 2)), 0.0
    for _ in range(4000):
        M = world.R + gamma * world.B.T @ P @ world.B
        K = np.linalg.solve(M, gamma * world.B.T @ P @ world.A)
        c = gamma * (np.trace(P @ world.covariance) + c)
        P = world.Q + K.T @ world.R @ K + gamma * (world.A - world.B @ K).T @ P @ (world.A - world.B @ K)
    best = oracle.linear_quadratic(env, gamma)
    assert np.abs(best.P - P).max() < 1e-9
    assert best.c == pytest.approx(c, abs=1e-9)
    assert best.residual < 1e-10
    x = np.array([0.3, -0.7])
    assert best.value(x) == pytest.approx(-(x @ P @ x + c), abs=1e-9)
    assert np.allclose(best.value(np.stack([x, -x])), best.value(x))


@pytest.mark.parametrize("cost", [1e-30, 1e-10, 1e20])
def test_the_unit_of_the_costs_changes_no_gain(cost):
    Q, R = np.diag([1, 0.1]), np.array([[5.0]])
    one, other = (oracle.linear_quadratic(system(Q=c * Q, R=c * R, **NOISELESS), 1.0) for c in (1.0, cost))
    np.testing.assert_allclose(other.gain, one.gain, rtol=1e-10)
    np.testing.assert_allclose(other.P, cost * one.P, rtol=1e-10)
    with pytest.raises(ValueError, match="a part of the state costs nothing"):
        oracle.linear_quadratic(system(Q=cost * np.diag([0, 1]), R=cost * R, **NOISELESS), 1.0)


def test_no_other_gain_is_better():
    env, rng = system(), np.random.default_rng(0)
    best = oracle.linear_quadratic(env, 0.99)
    assert oracle.evaluate_gain(env, best.gain, 0.99).start_value == pytest.approx(best.start_value, rel=1e-12)
    for _ in range(50):
        other = oracle.evaluate_gain(env, best.gain + rng.normal(0, 0.05, best.gain.shape), 0.99)
        assert other.start_value < best.start_value
        assert other.residual < 1e-9


def test_a_gain_over_a_horizon():
    env, gain = system(), [[0.3, 0.5]]
    assert oracle.evaluate_gain(env, gain, 0.9, horizon=0).start_value == 0
    one = oracle.evaluate_gain(env, gain, 0.9, horizon=1)
    world = env.unwrapped.world
    K = np.array(gain)
    assert np.allclose(one.P, world.Q + K.T @ world.R @ K)
    long = oracle.evaluate_gain(env, gain, 0.9, horizon=500)
    assert long.start_value == pytest.approx(oracle.evaluate_gain(env, gain, 0.9).start_value, rel=1e-10)
    wild = oracle.evaluate_gain(env, [[-1.0, -1.0]], 1.0, horizon=10)
    assert np.isfinite(wild.start_value)


@pytest.mark.parametrize("gain", ["best", [[0.2, 0.6]]])
def test_the_value_of_a_gain_is_what_episodes_return(gain):
    """Mean return of 4096 episodes of 100 steps, within 5 standard errors: 6 false alarms in 10 million."""
    env = system()
    K = oracle.linear_quadratic(env, 0.99).gain if gain == "best" else np.array(gain)
    exact = oracle.evaluate_gain(env, K, 1.0, horizon=100)
    envs = gym.make_vec("LinearQuadratic-v0", num_envs=4096, vectorization_mode="vector_entry_point")
    x, total = envs.reset(seed=0)[0], np.zeros(4096)
    for _ in range(100):
        x, r, terminated, _, _ = envs.step((-x @ K.T).astype(np.float32))
        total += r
        assert not terminated.any()
    assert abs(total.mean() - exact.start_value) < 5 * total.std() / 64


def test_the_best_action_stays_within_the_bounds():
    """Without noise from every corner of the starts, hence from every start: the action is linear in it.

    With noise the extreme of 100 steps is five standard deviations further at most, but for one in a million.
    """
    env = system(**NOISELESS)
    world, best = env.unwrapped.world, oracle.linear_quadratic(env, 0.99)
    held = world.A - world.B @ best.gain
    corners = np.array([[a, b] for a in (-1.0, 1.0) for b in (-1.0, 1.0)])
    largest, spread, x = 0.0, np.zeros((2, 2)), corners.T
    noise = system().unwrapped.world.covariance
    for _ in range(100):
        deviation = float(np.sqrt(best.gain @ spread @ best.gain.T)[0, 0])
        largest = max(largest, float(np.abs(best.gain @ x).max()) + 5 * deviation)
        x, spread = held @ x, held @ spread @ held.T + noise
    assert largest < world.bound[0]


def test_the_threshold_is_the_exact_best_return_less_five_per_cent():
    (entry,) = [entry for entry in CONTINUOUS if entry.id == "LinearQuadratic-v0"]
    env = system()
    world, P, c = env.unwrapped.world, np.zeros((2, 2)), 0.0
    for _ in range(entry.max_episode_steps):  # the best gain of each step
        K = np.linalg.solve(world.R + world.B.T @ P @ world.B, world.B.T @ P @ world.A)
        c += np.trace(P @ world.covariance)
        P = world.Q + K.T @ world.R @ K + (world.A - world.B @ K).T @ P @ (world.A - world.B @ K)
    best = -(np.diag(P) @ (world.high - world.low) ** 2 / 12 + c)
    assert entry.reward_threshold == pytest.approx(1.05 * best, abs=0.001)


@pytest.mark.parametrize(
    ("arguments", "gamma", "error"),
    [
        ({}, 1.0, "at gamma 1 noise costs for ever: set noise=0"),
        ({}, 1.5, r"gamma must be a number in \[0, 1\], got 1.5"),
        (
            {"B": [[0.0], [0.0]], **NOISELESS},
            1.0,
            "no gain holds this system: .* and no action reaches that part of it",
        ),
        ({"A": [[1.1, 0], [0, 0.5]], "B": [[0], [1]], "Q": [[1, 0], [0, 1]]}, 0.95, "no gain holds this system"),
        ({"Q": [[0, 0], [0, 0.1]], **NOISELESS}, 1.0, "a part of the state costs nothing and does not die away"),
    ],
)
def test_systems_without_an_optimum_are_refused(arguments, gamma, error):
    with pytest.raises(ValueError, match=error):
        oracle.linear_quadratic(system(**arguments), gamma)


def test_bad_gains_and_environments_are_refused():
    with pytest.raises(ValueError, match=r"the gain lets the cost grow for ever: .* spectral radius 1\.607"):
        oracle.evaluate_gain(system(), [[-1.0, -1.0]], 0.99)
    with pytest.raises(ValueError, match=r"gain must be a matrix of shape \(1, 2\), got shape \(2, 1\)"):
        oracle.evaluate_gain(system(), [[1.0], [1.0]], 0.99)
    with pytest.raises(TypeError, match="env must be a linear system such as LinearQuadratic-v0, got GridWorldEnv"):
        oracle.linear_quadratic(gym.make("GridWorld-v0"), 0.9)
