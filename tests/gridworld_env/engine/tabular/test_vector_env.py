"""The vector environment does what N single environments do, in all three autoreset modes."""

import copy
import functools
import multiprocessing
import os
import pickle
import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import gridworld_env  # noqa: F401 - registers the ids
from gridworld_env.common.parallel import blocks
from gridworld_env.engine import streams
from gridworld_env.registration import TABLE

N = 7
SLIPPERY = {"slip": 0.3}
CASES = [(entry.id, {}) for entry in TABLE] + [
    ("GridWorld-v0", SLIPPERY),
    ("GridWorld-v0", {"slip": 0.5, "slip_mode": "perpendicular", "actions": "king+stay"}),
    ("GridWorld/Windy-v0", {"stochastic_wind": True, "actions": "king"}),
    ("GridWorld/DeepSea-v0", {"stochastic": True, "action_seed": 3}),
    ("GridWorld/Cliff-v0", {"slip": 0.1}),
    ("GridWorld/Random-v0", {"num_layouts": 5, "forbidden_mode": "end"}),
]
TYPICAL = [("GridWorld-v0", SLIPPERY), CASES[-1]]
"""One map, and a bank of them."""


def make(id_, mode=AutoresetMode.NEXT_STEP, num_envs=N, limit=9, **arguments):
    return gym.make_vec(
        id_,
        num_envs=num_envs,
        vectorization_mode="vector_entry_point",
        max_episode_steps=limit,
        autoreset_mode=mode,
        **arguments,
    )


def make_sync(id_, mode=AutoresetMode.NEXT_STEP, num_envs=N, limit=9, **arguments):
    return SyncVectorEnv([copies_of(id_, limit, **arguments)] * num_envs, autoreset_mode=mode)


def copies_of(id_, limit, **arguments):
    """Return a function that makes single environments: copies of one, for banks of maps take long to build."""
    return functools.partial(copy.deepcopy, gym.make(id_, max_episode_steps=limit, **arguments))


def same(ours, theirs):
    """Compare nested infos and arrays for equal keys, dtypes and values."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys()
        for key in theirs:
            same(ours[key], theirs[key])
    elif isinstance(theirs, np.ndarray) and theirs.dtype == object:
        assert ours.dtype == object
        for mine, other in zip(ours, theirs, strict=True):
            assert (mine is None) == (other is None)
            assert other is None or np.array_equal(mine, other)
    else:
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.axes(  # worlds are tables, observations are looked up by state, and resetting knows neither
    {
        "id_, arguments": TYPICAL,
        "observation": ["state"],
        "mode": [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP],
    }
)
@pytest.mark.parametrize("mode", AutoresetMode)
@pytest.mark.parametrize("observation", ["state", "grid"])
@pytest.mark.parametrize(("id_", "arguments"), CASES)
def test_trajectories_equal_those_of_single_environments(id_, arguments, observation, mode):
    ours = make(id_, mode, observation=observation, **arguments)
    theirs = make_sync(id_, mode, observation=observation, **arguments)
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    actions = np.random.default_rng(0)
    obs, infos = ours.reset(seed=5)
    expected_obs, expected_infos = theirs.reset(seed=5)
    same(obs, expected_obs)
    same(infos, expected_infos)
    for _ in range(60):
        action = actions.integers(0, ours.single_action_space.n, N)
        got, expected = ours.step(action), theirs.step(action)
        for mine, other in zip(got, expected, strict=True):
            same(mine, other)
        over = got[2] | got[3]
        if mode is AutoresetMode.DISABLED and over.any():
            obs, infos = ours.reset(options={"reset_mask": over})
            expected_obs, expected_infos = theirs.reset(options={"reset_mask": over.copy()})
            same(obs, expected_obs)
            same(infos, expected_infos)
    np.testing.assert_array_equal(ours.action_masks(), np.stack(theirs.call("action_masks")))


def walked_one_by_one(id_, plans, limit, seed, **arguments):
    """Yield what each step of single environments comes to: final observations, their masks, and where episodes end."""
    single = copies_of(id_, limit, **arguments)
    singles = [single() for _ in range(plans.shape[1])]
    for i, env in enumerate(singles):
        env.reset(seed=seed + i)
    for actions in plans:
        steps = [env.step(a) for env, a in zip(singles, actions, strict=True)]
        ended = np.array([terminated or truncated for _, _, terminated, truncated, _ in steps])
        for env, over in zip(singles, ended, strict=True):
            if over:
                env.reset()
        yield np.stack([step[0] for step in steps]), np.stack([step[4]["action_mask"] for step in steps]), ended


@pytest.mark.axes({"id_, arguments": TYPICAL, "observation": ["grid"]})  # likewise
@pytest.mark.parametrize("observation", ["state", "position", "grid", "local"])
@pytest.mark.parametrize(("id_", "arguments"), CASES)
def test_dense_final_observations_are_the_true_next_ones_of_every_copy(id_, arguments, observation):
    envs = make(id_, AutoresetMode.SAME_STEP, final_obs="dense", observation=observation, **arguments)
    plain = make(id_, AutoresetMode.SAME_STEP, observation=observation, **arguments)
    envs.reset(seed=5)
    plain.reset(seed=5)
    plans, total = np.random.default_rng(0).integers(0, envs.single_action_space.n, (60, N)), 0
    walked = walked_one_by_one(id_, plans, 9, 5, observation=observation, **arguments)
    for actions, (final, masks, ended) in zip(plans, walked, strict=True):
        *got, infos = envs.step(actions)
        *expected, _ = plain.step(actions)
        for mine, other in zip(got, expected, strict=True):
            same(mine, other)
        same(infos["final_obs"], final)
        same(infos["final_info"]["action_mask"], masks)
        for name in ("_final_obs", "_final_info"):
            np.testing.assert_array_equal(infos[name], ended)
        total += ended.sum()
    assert total > N


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.DISABLED])
def test_there_are_no_final_observations_where_nothing_is_reset_in_the_same_step(mode):
    envs = make("GridWorld-v0", mode, limit=1, final_obs="dense")
    envs.reset(seed=0)
    assert envs.step(np.zeros(N, np.int64))[4].keys() == {"action_mask", "_action_mask"}


def test_threads_do_not_change_a_trajectory(monkeypatch):
    copies, runs = 100_000, []
    assert len(blocks(copies)) > 1
    for parallel_from in (1, 1 << 60):
        monkeypatch.setattr("gridworld_env.engine.tabular.vector_env.PARALLEL_FROM", parallel_from)
        envs = make("GridWorld-v0", num_envs=copies, limit=3, **SLIPPERY)
        envs.reset(seed=1)
        actions = np.random.default_rng(2)
        runs.append([envs.step(actions.integers(0, 5, copies))[:4] for _ in range(8)])
    for left, right in zip(*runs, strict=True):
        for a, b in zip(left, right, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_refused_action_among_many_changes_nothing():
    copies = 100_000
    envs = make("GridWorld-v0", num_envs=copies)
    envs.reset(options={"start": 0})
    actions = np.ones(copies, np.int64)
    actions[-1] = 5
    with pytest.raises(ValueError, match="got 5 for copy 99999"):
        envs.step(actions)
    assert not envs.states.any()


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32, 2**64 + 5, 2**127, 2**130])
def test_streams_are_numpys_own(seed):
    theirs = np.random.default_rng(seed)
    ours = streams.seeded([seed])
    assert streams.generator(ours[0]).bit_generator.state == theirs.bit_generator.state


def test_start_of_every_copy():
    envs = make("GridWorld-v0", num_envs=3)
    assert envs.reset(options={"start": (1, 0)})[0].tolist() == [5, 5, 5]
    assert envs.reset(options={"start": 7})[0].tolist() == [7, 7, 7]
    assert envs.reset(options={"start": [1, 0]})[0].tolist() == [5, 5, 5]
    assert envs.reset(options={"starts": np.array([0, 1, 2])})[0].tolist() == [0, 1, 2]
    assert envs.reset(seed=[4, None, 9], options={"starts": [3, 4, 5]})[0].tolist() == [3, 4, 5]
    first, drawn, last = envs.np_random_seed
    assert (first, last) == (4, 9)
    assert drawn >= 0  # by the operating system


def test_what_is_given_for_copies_that_are_not_reset_does_not_matter():
    envs = make("GridWorld-v0", num_envs=2)
    envs.reset(seed=3)
    before = [rng.bit_generator.state for rng in envs.np_random]
    mask = np.array([True, False])
    obs, _ = envs.reset(seed=[7, -1], options={"starts": [5, 17], "reset_mask": mask})
    assert obs[0] == 5
    assert envs.np_random_seed == (7, 4)
    assert envs.np_random[0].bit_generator.state == np.random.default_rng(7).bit_generator.state
    assert envs.np_random[1].bit_generator.state == before[1]


def test_resets_without_a_seed_differ():
    draws = {tuple(make("GridWorld-v0", num_envs=20).reset()[0].tolist()) for _ in range(3)}
    assert len(draws) == 3  # equal by chance with probability below 1e-20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks, which this system cannot")
def test_threads_work_after_a_fork():
    """A forked child has none of its parent's threads, and must not wait for them."""
    copies = 100_000
    envs = make("GridWorld-v0", num_envs=copies)
    envs.reset(seed=0)
    actions = np.ones(copies, np.int64)
    envs.step(actions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads
        context = multiprocessing.get_context("fork")
        queue = context.SimpleQueue()
        child = context.Process(target=lambda: queue.put(envs.step(actions)[0].sum()))
        child.start()
    child.join(30)
    assert child.exitcode == 0
    assert queue.get() == envs.step(actions)[0].sum()


def test_no_limit_truncates_nothing():
    for limit in (None, -1, 10**30):
        envs = make("GridWorld-v0", num_envs=2, limit=limit, layout="S#T", actions="cardinal")
        envs.reset()
        envs.unwrapped._clock[:] = 2**31 - 10  # as after many hours
        for _ in range(20):
            *_, truncations, _ = envs.step(np.array([0, 1]))
            assert not truncations.any()


def test_a_seed_of_none_leaves_a_copy_its_random_numbers():
    envs = make("GridWorld-v0", num_envs=3)
    envs.reset(seed=0)
    before = [rng.bit_generator.state for rng in envs.np_random]
    envs.reset(seed=[1, None, 2], options={"start": 0})
    after = [rng.bit_generator.state for rng in envs.np_random]
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, True, False]


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda envs: pickle.loads(pickle.dumps(envs))])  # noqa: S301
def test_a_copy_goes_on_alike(clone):
    envs = make("GridWorld-v0", **SLIPPERY)
    envs.reset(seed=0)
    actions = np.random.default_rng(0).integers(0, 5, (20, N))
    for action in actions[:10]:
        envs.step(action)
    other = clone(envs)
    for action in actions[10:]:
        for a, b in zip(envs.step(action)[:4], other.step(action)[:4], strict=True):
            np.testing.assert_array_equal(a, b)


def arrays_in(given):
    """Return the arrays of a step's outputs, those in nested infos too."""
    if isinstance(given, np.ndarray):
        return [given]
    return [array for one in (given.values() if isinstance(given, dict) else given) for array in arrays_in(one)]


@pytest.mark.parametrize("final_obs", ["object", "dense"])
@pytest.mark.parametrize("observation", ["state", "grid"])
def test_every_step_returns_fresh_arrays(observation, final_obs):
    envs = make("GridWorld-v0", AutoresetMode.SAME_STEP, limit=2, observation=observation, final_obs=final_obs)
    envs.reset(seed=0)
    kept = [array for _ in range(4) for array in arrays_in(envs.step(np.zeros(N, np.int64)))]
    assert len(kept) > 4 * 6
    for i, one in enumerate(kept):
        for other in kept[:i]:
            assert not np.shares_memory(one, other)


def test_generators_can_be_put_back():
    envs, others = (make("GridWorld-v0", **SLIPPERY) for _ in range(2))
    envs.np_random = [np.random.default_rng(i) for i in range(N)]
    np.testing.assert_array_equal(envs.reset()[0], others.reset(seed=0)[0])
    envs.reset(seed=0)
    others.reset(seed=99)
    others.np_random = envs.np_random
    assert others.np_random_seed == (-1,) * N
    for _ in range(3):
        np.testing.assert_array_equal(envs.reset()[0], others.reset()[0])
    for wrong, message in (([np.random.default_rng(0)], "7 generators.*got 1"), ([3] * N, "PCG64, got 3")):
        with pytest.raises(ValueError, match=message):
            others.np_random = wrong
    np.testing.assert_array_equal(envs.reset()[0], others.reset()[0])


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        (np.array([0, 1, 5]), r"\[0, 5\), got 5 for copy 2"),
        (np.array([0, -1, 0]), r"\[0, 5\), got -1 for copy 1"),
        (np.array([0, 1]), "3 integers"),
        (np.array([0.0, 1.0, 2.0]), "float64"),
        (np.array([0, 2**64 - 1, 0], np.uint64), "got 9223372036854775807 for copy 1"),
        ("up", "3 integers"),
    ],
)
def test_refused_actions_change_nothing(actions, message):
    envs = make("GridWorld-v0", num_envs=3)
    envs.reset(seed=0, options={"start": 0})
    with pytest.raises(ValueError, match=message):
        envs.step(actions)
    assert envs.states.tolist() == [0, 0, 0]
    obs, *_ = envs.step([1, 1, 1])
    assert obs.tolist() == [1, 1, 1]


def test_disabled_refuses_to_step_an_episode_that_is_over():
    envs = make("GridWorld-v0", AutoresetMode.DISABLED, num_envs=2, limit=1)
    envs.reset(seed=0)
    _, _, _, truncations, _ = envs.step(np.array([0, 0]))
    assert truncations.all()
    with pytest.raises(ValueError, match="copy 0 is over and autoreset is disabled"):
        envs.step(np.array([0, 0]))
    envs.reset(options={"reset_mask": np.array([True, False])})
    with pytest.raises(ValueError, match="copy 1 is over"):
        envs.step(np.array([0, 0]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "integer >= 0, got -1"),
        ({"seed": [1, 2]}, "3 of them, one a copy, got 2"),
        ({"seed": [1, "x", 2]}, "got 'x'"),
        ({"seed": 1.5}, "got 1.5"),
        ({"options": {"start": 25}}, r"\[0, 25\)"),
        ({"options": {"starts": [1, 2]}}, "3 states, one a copy"),
        ({"options": {"starts": [1, 2, 17]}}, "a wall or an end"),
        ({"options": {"start": 1, "starts": [1, 2, 3]}}, "got both"),
        ({"options": [1]}, "options must be a dict"),
        ({"options": {"start": (4, 5)}}, "position"),
        ({"options": {"start": 17}}, "a wall or an end"),
        ({"options": {"reset_mask": np.zeros(3, bool)}}, "at least one True"),
        ({"options": {"reset_mask": [1, 0, 1]}}, "bool array"),
        ({"options": {"reset_mask": np.array([True, False, False])}}, "first reset must reset every copy"),
    ],
)
def test_refused_resets(arguments, message):
    envs = make("GridWorld-v0", num_envs=3)
    with pytest.raises(ValueError, match=message):
        envs.reset(**arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_envs": 0}, "num_envs must be an integer >= 1, got 0"),
        ({"autoreset_mode": "Nextstep"}, "did you mean 'NextStep'"),
        ({"max_episode_steps": 0}, "None for no limit.*integer >= 1, got 0"),
        ({"render_mode": "ansii"}, "must be None or one of"),
        ({"final_obs": "Dense"}, "did you mean 'dense'"),
    ],
)
def test_refused_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        gym.make_vec("GridWorld-v0", **{"num_envs": 2, **arguments})


def test_step_before_reset_is_refused():
    with pytest.raises(gym.error.ResetNeeded):
        make("GridWorld-v0").step(np.zeros(N, np.int64))


def test_render_shows_every_copy():
    envs = make("GridWorld-v0", num_envs=2, render_mode="ansi")
    envs.reset(options={"starts": [0, 6]})
    first, second = envs.render()
    assert first.split("\n")[0] == "@...."
    assert second.split("\n")[1] == ".@F.."
