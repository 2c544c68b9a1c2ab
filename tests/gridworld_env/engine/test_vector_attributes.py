"""Our vector environments can be asked what Gymnasium's own can be asked, and answer as N single environments do."""

import copy
import functools
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv

from gridworld_env.authoring import TabularEnv, TabularVectorEnv, grid_world
from gridworld_env.registration import CONTINUOUS, MODELS, TABLE

KINDS = {"GridWorld-v0", "GridWorld/Random-v0", "Tabular-v0", "ContinuousGridWorld-v0", "LinearQuadratic-v0"}


def fast_or_slow(entries):
    """Return ids as parameters: one of each kind is fast, the others are of the same classes."""
    return [pytest.param(one.id, marks=[] if one.id in KINDS else pytest.mark.slow) for one in entries]


TABULAR = fast_or_slow((*TABLE, *MODELS))
IDS = TABULAR + fast_or_slow(CONTINUOUS)
SMALL = {"GridWorld/Random-v0": {"num_layouts": 3}}
N = 3


def make(id_, **arguments):
    arguments = {"max_episode_steps": 6, **SMALL.get(id_, {}), **arguments}
    return gym.make_vec(id_, num_envs=N, vectorization_mode="vector_entry_point", **arguments)


def make_sync(id_, mode=AutoresetMode.NEXT_STEP, **arguments):
    arguments = {"max_episode_steps": 6, **SMALL.get(id_, {}), **arguments}
    return SyncVectorEnv([functools.partial(gym.make, id_, **arguments)] * N, autoreset_mode=mode)


def walk(*pairs, steps=4, seed=5):
    """Reset vector environments alike and take the same actions in each."""
    for envs in pairs:
        envs.reset(seed=seed)
    pairs[0].action_space.seed(0)
    for _ in range(steps):
        actions = pairs[0].action_space.sample()
        for envs in pairs:
            envs.step(actions)


@pytest.mark.parametrize("id_", IDS)
def test_each_copy_has_a_generator_and_a_seed_before_the_first_reset(id_):
    envs = make(id_)
    seeds = envs.np_random_seed
    assert len(set(seeds)) == N
    for rng, seed in zip(envs.np_random, seeds, strict=True):
        assert rng.bit_generator.state == np.random.default_rng(seed).bit_generator.state
    first = envs.reset()[0]
    np.testing.assert_array_equal(first, make(id_).reset(seed=list(seeds))[0])
    assert envs.np_random_seed == seeds


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize("seed", [0, 2**63 - 1, 2**63, 2**90])
def test_seeds_are_those_that_were_given(id_, seed):
    envs, sync = make(id_), make_sync(id_)
    for each in (envs, sync):
        each.reset(seed=[seed, 7, None])
    assert envs.np_random_seed[:2] == sync.np_random_seed[:2] == (seed, 7)
    envs.reset(seed=4)
    assert envs.np_random_seed == (4, 5, 6)


@pytest.mark.parametrize("id_", IDS)
def test_generators_that_are_set_are_drawn_from(id_):
    envs, others = make(id_), make(id_)
    envs.np_random = [np.random.default_rng(5 + i) for i in range(N)]
    assert envs.np_random_seed == (-1,) * N
    np.testing.assert_array_equal(envs.reset()[0], others.reset(seed=5)[0])
    for wrong in (np.random.default_rng(0), [3] * N, None):
        with pytest.raises(ValueError, match="generator"):
            envs.np_random = wrong


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize(
    "name", ["np_random_seed", "render_mode", "observation_space", "action_space", "state", "get_state"]
)
def test_attributes_are_those_of_single_environments(id_, name):
    envs, sync = make(id_), make_sync(id_)
    walk(envs, sync)
    ours, theirs = envs.get_attr(name), sync.get_attr(name)
    assert isinstance(ours, tuple)
    assert len(ours) == N
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_equal(mine, other)


@pytest.mark.parametrize("id_", TABULAR)
@pytest.mark.parametrize("name", ["s", "P", "action_masks", "state_names", "initial_state_distrib", "layouts"])
def test_attributes_of_tabular_environments_too(id_, name):
    envs, sync = make(id_), make_sync(id_)
    walk(envs, sync)
    for mine, other in zip(envs.call(name), sync.call(name), strict=True):
        np.testing.assert_equal(mine, other)


@pytest.mark.parametrize("id_", IDS)
def test_a_method_that_moves_copies_moves_them_and_their_generators(id_):
    envs, sync = make(id_, max_episode_steps=50), make_sync(id_, max_episode_steps=50)
    walk(envs, sync, steps=2)
    before = envs.np_random
    drawn = envs.visit(lambda env: env.np_random.random())
    assert drawn == tuple(rng.random() for rng in before)
    assert drawn == tuple(env.unwrapped.np_random.random() for env in sync.envs)
    state = envs.get_attr("get_state")[0]
    for each in (envs, sync):
        each.call("set_state", state)
    np.testing.assert_equal(envs.get_attr("state"), (envs.get_attr("state")[0],) * N)
    action = envs.action_space.sample()
    for mine, other in zip(envs.step(action)[:4], sync.step(action)[:4], strict=True):
        np.testing.assert_array_equal(mine, other)


def test_only_the_copies_that_are_named_are_visited():
    envs = make("GridWorld-v0")
    envs.reset(seed=0, options={"start": 0})
    assert envs.visit(lambda env: env.s, [2, 0]) == (0, 0)
    envs.set_attr("s", [3, 4], copies=[2, 1])
    assert envs.states.tolist() == [0, 4, 3]
    envs.set_attr("s", 7)
    assert envs.states.tolist() == [7, 7, 7]
    with pytest.raises(ValueError, match=r"a copy's number must be in \[0, 3\), got 3"):
        envs.visit(lambda env: env.s, [3])


def test_a_seed_given_within_a_visit_is_told():
    envs = make("GridWorld-v0", slip=0.5)
    envs.reset(seed=0)
    envs.visit(lambda env: env.reset(seed=2**70 + 1), [1])
    assert envs.np_random_seed == (0, 2**70 + 1, 2)
    single = gym.make("GridWorld-v0", slip=0.5)
    single.reset(seed=2**70 + 1)
    assert envs.states[1] == single.unwrapped.state
    assert envs.np_random[1].bit_generator.state == single.unwrapped.np_random.bit_generator.state


@pytest.mark.parametrize("id_", IDS)
def test_attributes_that_nobody_knows_are_kept(id_):
    envs = make(id_)
    envs.set_attr("task", ["a", "b", "c"])
    envs.set_attr("level", 2)
    envs.reset(seed=0)
    assert envs.get_attr("task") == ("a", "b", "c")
    assert copy.deepcopy(envs).get_attr("level") == pickle.loads(pickle.dumps(envs)).get_attr("level") == (2, 2, 2)  # noqa: S301
    with pytest.raises(ValueError, match="one for each of 3 copies, got 2"):
        envs.set_attr("task", ["a", "b"])


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize("name", ["world", "render_mode", "observation_space", "state", "step"])
def test_what_would_change_nothing_cannot_be_set(id_, name):
    envs = make(id_)
    envs.reset(seed=0)
    with pytest.raises(AttributeError):
        envs.set_attr(name, 1)


@pytest.mark.parametrize("id_", IDS)
def test_what_is_wrongly_asked_is_refused(id_):
    envs = make(id_)
    for name in ("reset", "step", "close"):
        with pytest.raises(ValueError, match=rf"{name} together: envs\.{name}\("):
            envs.call(name)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        envs.get_attr("nothing")


@pytest.mark.parametrize("id_", IDS)
@pytest.mark.parametrize("mode", list(AutoresetMode)[:2])
def test_frames_are_collected_as_single_environments_collect_them(id_, mode):
    arguments = {"render_mode": "rgb_array_list", "max_episode_steps": 3}
    envs, sync = (
        make(id_, autoreset_mode=mode, render_size=32, **arguments),
        make_sync(id_, mode, render_size=32, **arguments),
    )
    assert envs.render_mode == "rgb_array_list"
    walk(envs, sync, steps=2)
    for steps in (0, 1, 4, 3):
        for _ in range(steps):
            actions = envs.action_space.sample()
            envs.step(actions)
            sync.step(actions)
        ours, theirs = envs.render(), sync.render()
        assert [len(frames) for frames in ours] == [len(frames) for frames in theirs]
        assert all(frame.shape == other.shape for frame, other in zip(ours[0], theirs[0], strict=True))


def test_frames_of_copies_that_are_not_reset_are_kept():
    envs = make("GridWorld-v0", autoreset_mode="Disabled", render_mode="rgb_array_list", render_size=32)
    envs.reset(options={"start": 0})
    envs.step(np.array([1, 1, 1]))
    envs.reset(options={"start": 0, "reset_mask": np.array([False, True, False])})
    frames = envs.render()
    assert [len(each) for each in frames] == [2, 1, 2]
    np.testing.assert_array_equal(frames[0][0], frames[1][0])
    assert (frames[0][1] != frames[0][0]).any()
    assert [len(each) for each in envs.render()] == [0, 0, 0]


@pytest.mark.parametrize("id_", IDS)
def test_gymnasiums_base_class_is_a_direct_one(id_):
    assert VectorEnv in type(make(id_).unwrapped).__bases__
    assert gym.Env in type(gym.make(id_).unwrapped).__bases__


def test_the_same_holds_for_environments_of_others():
    class CorridorEnv(TabularEnv, world=lambda **rules: grid_world("S..T", **rules)):
        pass

    class CorridorVectorEnv(TabularVectorEnv, world=lambda **rules: grid_world("S..T", **rules)):
        pass

    class LongerVectorEnv(CorridorVectorEnv):
        pass

    assert gym.Env in CorridorEnv.__bases__
    assert VectorEnv in LongerVectorEnv.__bases__
    envs = LongerVectorEnv(num_envs=2)
    envs.reset(seed=0)
    assert envs.get_attr("nrow") == (1, 1)
