"""`LinearQuadratic-v0`: its steps, copies, checks and errors."""

import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import gridworld_env  # noqa: F401 - registers the ids
from gridworld_env import oracle

PLANT = {"A": [[0.9, 0.2, 0], [0, 0.8, 0.1], [0.1, 0, 0.7]], "B": np.eye(3)[:, :2], "Q": np.eye(3), "R": np.eye(2)}


def make(**arguments):
    return gym.make("LinearQuadratic-v0", **arguments)


def test_a_step_is_the_formula():
    env = make(noise=0.0)
    x, _ = env.reset(seed=0, options={"start": [0.5, -0.25]})
    assert x.tolist() == [0.5, -0.25]
    x, r, terminated, truncated, _ = env.step(np.array([0.4], np.float32))
    u = float(np.float32(0.4))
    assert r == pytest.approx(-(0.5**2 + 0.1 * 0.25**2 + 5 * u * u))
    assert np.allclose(x, [0.5 - 0.025 + 0.025 * u, -0.25 + 0.5 * u])
    assert (terminated, truncated) == (False, False)


def test_noise_has_the_covariance_that_was_asked_for():
    """Of 200,000 steps, every entry within 5 standard errors: at most 3 false alarms in a million."""
    W = np.array([[0.04, 0.01], [0.01, 0.09]])
    envs = gym.make_vec(
        "LinearQuadratic-v0", num_envs=200_000, vectorization_mode="vector_entry_point", noise=W, start=0.0
    )
    envs.reset(seed=0)
    x = envs.step(np.zeros((200_000, 1), np.float32))[0].astype(np.float64)
    errors = np.sqrt((W**2 + np.outer(np.diag(W), np.diag(W))) / 200_000)
    assert (np.abs(x.T @ x / 200_000 - W) < 5 * errors).all()
    assert (np.abs(x.mean(0)) < 5 * np.sqrt(np.diag(W) / 200_000)).all()


@pytest.mark.parametrize("arguments", [{}, {"noise": 0.0}, PLANT])
def test_copies_step_as_single_environments_do(arguments):
    rng, N = np.random.default_rng(0), 3
    envs = gym.make_vec("LinearQuadratic-v0", num_envs=N, vectorization_mode="vector_entry_point", **arguments)
    singles = [make(**arguments) for _ in range(N)]
    together, _ = envs.reset(seed=[5, 6, 7])
    assert (together == np.stack([env.reset(seed=5 + i)[0] for i, env in enumerate(singles)])).all()
    for _ in range(40):
        actions = rng.uniform(-1, 1, envs.action_space.shape).astype(np.float32)
        x, r, *_ = envs.step(actions)
        for i, env in enumerate(singles):
            alone = env.step(actions[i])
            assert (alone[0] == x[i]).all()
            assert alone[1] == r[i]


def test_a_system_that_grows_is_cut_off_alike_alone_and_in_copies():
    widest = float(np.finfo(np.float32).max)
    growing = {"A": [[1e5, -1e5], [1e5, 1e5]], "Q": [[1.0, 0.5], [0.5, widest]], "noise": widest}
    growing |= {"max_episode_steps": 200}
    envs = gym.make_vec("LinearQuadratic-v0", num_envs=2, vectorization_mode="vector_entry_point", **growing)
    singles = [make(**growing) for _ in range(2)]
    envs.reset(seed=5), [env.reset(seed=5 + i) for i, env in enumerate(singles)]
    for _ in range(120):
        x, r, *_ = envs.step(np.ones((2, 1), np.float32))
        alone = [env.step(np.ones(1, np.float32)) for env in singles]
        assert np.isfinite(x).all()
        assert np.isfinite(envs.states).all()
        assert ((r <= 0) & (r >= -widest)).all()
        assert (x == [one[0] for one in alone]).all()
        assert (r == [one[1] for one in alone]).all()
    assert np.abs(x).max() == np.float32(widest)
    assert (r == -widest).all()


@pytest.mark.parametrize("arguments", [{}, PLANT, {"render_mode": "rgb_array"}])
def test_the_checkers_have_nothing_to_say(arguments):
    """But that infinity is "probably too low" a bound: here, as in CartPole-v1, it is the true one."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", ".*Box observation space (minimum|maximum) value is -?infinity")
        check_env(make(**arguments).unwrapped, skip_render_check=True)


def test_stable_baselines3_has_nothing_to_say():
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checker.check_env(make().unwrapped)


@pytest.mark.shown
@pytest.mark.parametrize("arguments", [{}, PLANT])
def test_it_can_be_seen(arguments):
    env = make(render_mode="rgb_array", **arguments)
    env.reset(seed=0)
    plain = env.render()
    best = oracle.linear_quadratic(env, 0.99)
    env.unwrapped.overlay(values=best.value, policy=best)
    shown = env.render()
    assert plain.dtype == np.uint8
    assert plain.ndim == shown.ndim == 3
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) > len(np.unique(plain.reshape(-1, 3), axis=0)) + 20
    text = make(render_mode="ansi", **arguments)
    text.reset(seed=0)
    assert text.render().strip()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"A": [[1, 0]]}, r"A must be square, got shape \(1, 2\)"),
        ({"A": [[1, np.nan], [0, 1]]}, "A must hold finite numbers"),
        ({"B": [[1.0]]}, r"B must be a matrix of shape \(2, m\), got shape \(1, 1\)"),
        ({"Q": [[1, 0], [1, 1]]}, "Q must be symmetric"),
        ({"Q": [[1, 0], [0, -1]]}, "Q must be positive semidefinite, got one whose least eigenvalue is -1"),
        ({"R": [[0.0]]}, "R must be positive definite, got one whose least eigenvalue is 0"),
        ({"noise": -0.1}, "noise must be >= 0, a standard deviation, or a covariance matrix, got -0.1"),
        ({"start": "x"}, "start must be a finite number or 2 of them, got 'x'"),
        ({"start": [[1, 1], [0, 0]]}, "the least start must be <= the greatest"),
        ({"action_bound": 0}, "action_bound must be > 0, got 0"),
        ({"action_bound": 1e-50}, "action_bound must be > 0 in float32 too, got 1e-50: scale B and R instead"),
        ({"action_bound": 1e40}, r"action_bound must be within the greatest float32, 3.403e\+38, got 1e\+40"),
        ({"A": [[1e40, 0], [0, 1]]}, "A must be within the greatest float32"),
        ({"noise": 1e200}, "noise must be within the greatest float32"),
    ],
)
def test_bad_arguments_are_refused(arguments, error):
    with pytest.raises(ValueError, match=error):
        make(**arguments)
