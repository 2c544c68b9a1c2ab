"""`ContinuousGridWorld-v0` as Gymnasium's users meet it."""

import copy
import inspect
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import gridworld_env
from gridworld_env import oracle
from gridworld_env.envs.continuous_grid_world import ContinuousGridWorldEnv

ID = "ContinuousGridWorld-v0"
N = 5
CASES = [
    {},
    {"noise": 0.3},
    {"control": "acceleration", "drag": 0.2, "noise": 0.1, "layout": ["..F", "#.T"]},
    {"layout": "four-rooms", "max_speed": 40.0, "noise": 1.0},
]


def make(**arguments):
    return gym.make(ID, **arguments)


def make_vec(mode=AutoresetMode.NEXT_STEP, num_envs=N, limit=9, **arguments):
    return gym.make_vec(
        ID,
        num_envs=num_envs,
        vectorization_mode="vector_entry_point",
        max_episode_steps=limit,
        autoreset_mode=mode,
        **arguments,
    )


@pytest.mark.parametrize("arguments", CASES)
def test_gymnasiums_checker_passes_without_a_warning(arguments):
    check_env(make(**arguments).unwrapped)


@pytest.mark.parametrize("render_mode", [None, "rgb_array", "ansi"])
@pytest.mark.parametrize("arguments", CASES)
def test_stable_baselines3s_checker_passes_without_a_warning(arguments, render_mode):
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    checker.check_env(make(render_mode=render_mode, **arguments), skip_render_check=False)


@pytest.mark.parametrize("mode", AutoresetMode)
@pytest.mark.parametrize("arguments", CASES)
def test_trajectories_equal_those_of_single_environments(arguments, mode):
    ours = make_vec(mode, **arguments)
    theirs = SyncVectorEnv([lambda: make(max_episode_steps=9, **arguments)] * N, autoreset_mode=mode)
    np.testing.assert_array_equal(ours.reset(seed=5)[0], theirs.reset(seed=5)[0])
    actions, ended = np.random.default_rng(0), 0
    for _ in range(60):
        action = actions.uniform(-1, 1, (N, 2)).astype(np.float32)
        got, expected = ours.step(action), theirs.step(action)
        for mine, other in zip(got[:4], expected[:4], strict=True):
            assert mine.dtype == other.dtype
            np.testing.assert_array_equal(mine, other)
        assert got[4].keys() == expected[4].keys()
        for mine, other in zip(got[4].get("final_obs", ()), expected[4].get("final_obs", ()), strict=True):
            np.testing.assert_array_equal(mine, other)
        done = got[2] | got[3]
        ended += done.sum()
        if mode == AutoresetMode.DISABLED and done.any():
            options = {"reset_mask": done}
            np.testing.assert_array_equal(ours.reset(options=options)[0], theirs.reset(options=dict(options))[0])
    assert ended > N


@pytest.mark.parametrize("arguments", CASES)
def test_dense_final_observations_are_the_true_next_ones_of_every_copy(arguments):
    envs = make_vec(AutoresetMode.SAME_STEP, final_obs="dense", **arguments)
    singles = [make(max_episode_steps=9, **arguments) for _ in range(N)]
    envs.reset(seed=5)
    for i, env in enumerate(singles):
        env.reset(seed=5 + i)
    actions, total, kept = np.random.default_rng(0), 0, []
    for _ in range(60):
        action = actions.uniform(-1, 1, (N, 2)).astype(np.float32)
        seen, _, terminated, truncated, infos = envs.step(action)
        steps = [env.step(a) for env, a in zip(singles, action, strict=True)]
        ended = np.array([step[2] or step[3] for step in steps])
        np.testing.assert_array_equal(infos["final_obs"], np.stack([step[0] for step in steps]))
        np.testing.assert_array_equal(infos["_final_obs"], terminated | truncated)
        np.testing.assert_array_equal(infos["_final_obs"], ended)
        for env in np.array(singles, object)[ended]:
            env.reset()
        total += ended.sum()
        assert not any(np.shares_memory(infos["final_obs"], other) for other in [seen, *kept])
        kept.append(infos["final_obs"])
    assert total > N


@pytest.mark.parametrize("arguments", CASES)
def test_a_seed_alone_fixes_everything(arguments):
    def log(env, seed):
        seen = [env.reset(seed=seed)[0]]
        actions = np.random.default_rng(1)
        for _ in range(50):
            observation, r, terminated, _, _ = env.step(actions.uniform(-1, 1, 2))
            seen += [observation, [r, terminated]]
            if terminated:
                seen.append(env.reset()[0])
        return np.concatenate(seen)

    env, watched = make(**arguments).unwrapped, make(render_mode="ansi", **arguments).unwrapped
    np.testing.assert_array_equal(log(env, 3), log(watched, 3))
    np.testing.assert_array_equal(log(env, 3), log(env, 3))
    assert not np.array_equal(log(env, 3)[:2], log(env, 4)[:2])


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])  # noqa: S301
def test_a_copy_goes_on_alike(clone):
    env = make(noise=0.2)
    env.reset(seed=0)
    other = clone(env)
    for _ in range(5):
        np.testing.assert_array_equal(env.step([0.5, 0.2])[0], other.step([0.5, 0.2])[0])


def test_starts_are_uniform_in_the_starting_cells():
    """Kolmogorov and Smirnov's distance of 10,000 starts is below 2.3 / 100 but with probability 5e-5, each of two."""
    envs = make_vec(num_envs=10_000, layout=["#S.S", "T.S."])
    seen = np.sort(envs.reset(seed=0)[0].astype(np.float64), axis=0)
    x, y = 2 * (seen[:, 0] + 1), seen[:, 1] + 1
    expected = np.interp(x, [1, 2, 3, 4], np.array([0, 1, 2, 3]) / 3), np.interp(y, [0, 1, 2], np.array([0, 2, 3]) / 3)
    for found in expected:
        assert np.abs(found - np.arange(10_000) / 10_000).max() < 0.023


def test_noise_is_normal():
    """100,000 steps in a wide room: means within 4.5 standard errors, spread within 1.5%; false alarms below 1e-4."""
    envs = make_vec(num_envs=100_000, layout=["." * 21 + "T"] * 21, noise=0.2, dt=1.0)
    envs.reset(seed=0, options={"start": (10.5, 10.5)})
    moved = (envs.step(np.zeros((100_000, 2), np.float32))[0].astype(np.float64) + 1) / 2 * [22, 21] - 10.5
    assert np.abs(moved.mean(axis=0)).max() < 4.5 * 0.2 / np.sqrt(100_000)
    assert moved.std(axis=0) == pytest.approx([0.2, 0.2], rel=0.015)
    assert np.abs(np.corrcoef(moved.T)[0, 1]) < 4.5 / np.sqrt(100_000)
    assert (moved**4).mean(axis=0) / 0.2**4 == pytest.approx([3, 3], abs=0.15)


def test_a_start_is_a_place_in_which_the_episode_goes_on():
    env = make()
    observation, _ = env.reset(options={"start": (4.5, 2.25)})
    np.testing.assert_allclose(observation, [0.0, -0.1], atol=1e-7)
    assert env.unwrapped.state.tolist() == [4.5, 2.25, 0.0, 0.0]
    moving = make(control="acceleration")
    assert moving.reset(options={"start": (1.0, 1.0, -0.5, 1.0)})[0][2:].tolist() == [-0.5, 1.0]


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ((4.5, 0.5), "in a wall or a target"),
        ((8.5, 2.5), "in a wall or a target"),
        ((9.0, 0.5), r"a place \(x, y\) within \[0, 9\) x \[0, 5\), got"),
        ((-0.1, 0.5), r"a place \(x, y\)"),
        ((0.5, float("nan")), r"a place \(x, y\)"),
        ((1, 1, 0, 0), r"a place \(x, y\)"),
        ("S", r"a place \(x, y\)"),
    ],
)
def test_refused_starts(start, message):
    with pytest.raises(ValueError, match=message):
        make().reset(options={"start": start})


def test_arguments_are_shown_and_checked():
    parameters = inspect.signature(ContinuousGridWorldEnv).parameters
    assert parameters["control"].default == "velocity"
    assert parameters["noise"].default == 0.0
    assert "render_mode" in parameters
    with pytest.raises(ValueError, match="did you mean 'noise'"):
        make(nois=0.1)
    with pytest.raises(ValueError, match="no target"):
        make(layout="S.")
    assert gridworld_env.Layout.coerce(parameters["layout"].default).solvable


def test_the_threshold_is_the_best_mean_return_less_5_percent():
    spec = gym.spec(ID)
    best = oracle.fine_grid(make(), 1.0, 16)
    assert best.start_error < 0.001
    assert spec.reward_threshold == pytest.approx(best.start_value - 0.05 * abs(best.start_value), abs=0.002)
    assert spec.max_episode_steps == 200  # far more than the best takes: its return is that of the time without limit


def test_the_greedy_policy_earns_the_best_values_from_either_side_of_the_wall():
    """200 episodes without noise: each return is compared with its own start's value, so nothing is left to chance."""
    best = oracle.fine_grid(make(), 1.0, 16)
    envs = make_vec(num_envs=200, limit=200)
    observation, _ = envs.reset(seed=1)
    starts, left = best.value(observation), observation[:, 0] < -1 / 9
    assert 50 < left.sum() < 150
    returns, going = np.zeros(200), np.ones(200, bool)
    while going.any():
        observation, r, terminated, truncated, _ = envs.step(best.predict(observation)[0])
        returns += going * r
        assert not (going & truncated).any()
        going &= ~terminated
    for side in (left, ~left):
        assert returns[side].mean() > 1.05 * starts[side].mean()
        assert abs(returns[side].mean() - starts[side].mean()) <= best.error
