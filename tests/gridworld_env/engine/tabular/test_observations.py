"""Observations that are a Box, for networks and wrappers that compute: images, and rows of numbers."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import FrameStackObservation, NormalizeObservation, RescaleObservation

from gridworld_env import Layout
from gridworld_env.registration import TABLE

VIEWS = {
    "image": {"observation": "image"},
    **{f"{kind} in a row": {"observation": kind, "dtype": "float32"} for kind in ("position", "grid", "local")},
}
FAST = {"GridWorld-v0", "GridWorld/Cliff-v0", "GridWorld/DeepSea-v0", "GridWorld/RandomWalk-v0"}
IDS = [pytest.param(one.id, marks=[] if one.id in FAST else pytest.mark.slow) for one in TABLE]
SMALL = {"GridWorld/Random-v0": {"num_layouts": 3}}


@pytest.fixture(params=sorted(VIEWS))
def view(request):
    """Return the arguments of each view in turn."""
    return VIEWS[request.param]


def make(id_, **arguments):
    return gym.make(id_, **SMALL.get(id_, {}), **arguments)


def make_vec(id_, count, **arguments):
    return gym.make_vec(id_, num_envs=count, vectorization_mode="vector_entry_point", **SMALL.get(id_, {}), **arguments)


@pytest.mark.axes({"id_": ["GridWorld-v0"], "view": ["image"]})  # what is seen is made of the map alone
@pytest.mark.parametrize("id_", IDS)
def test_checkers_pass_without_a_warning(id_, view):
    checker = pytest.importorskip("stable_baselines3.common.env_checker")
    env = make(id_, **view)
    assert type(env.observation_space) is spaces.Box
    check_env(make(id_, **view).unwrapped)
    checker.check_env(env, skip_render_check=True)


@pytest.mark.parametrize("id_", IDS)
def test_states_look_different_wherever_they_are_different(id_, view):
    env = make(id_, **view).unwrapped
    states = np.flatnonzero(~env.world.over)
    seen = env.observe_states(states)
    assert seen.shape == (states.size, *env.observation_space.shape)
    assert seen.dtype == env.observation_space.dtype
    assert all(env.observation_space.contains(one) for one in seen)
    one_map = len(env.layouts) == 1
    if view["observation"] in {"image", "grid"} or (view["observation"] == "position" and one_map):
        assert len({one.tobytes() for one in seen}) == states.size


@pytest.mark.parametrize("id_", IDS)
def test_copies_see_what_single_environments_see(id_, view):
    envs, singles = make_vec(id_, 3, **view), [make(id_, **view) for _ in range(3)]
    observations, _ = envs.reset(seed=5)
    np.testing.assert_array_equal(observations, [env.reset(seed=5 + i)[0] for i, env in enumerate(singles)])
    assert envs.observation_space.contains(observations)
    for actions in np.random.default_rng(0).integers(envs.single_action_space.n, size=(3, 3)):
        observations, _, terminated, *_ = envs.step(actions)
        if terminated.any():
            break
        np.testing.assert_array_equal(observations, [env.step(a)[0] for env, a in zip(singles, actions, strict=True)])


@pytest.mark.parametrize("kind", ["position", "grid", "local"])
def test_a_row_is_the_other_kinds_numbers(kind):
    plain, row = (gym.make("GridWorld-v0", observation=kind, **more) for more in ({}, {"dtype": "float32"}))
    states = np.arange(25)
    expected = plain.unwrapped.observe_states(states)
    seen = row.unwrapped.observe_states(states)
    assert seen.dtype == np.float32
    np.testing.assert_array_equal(seen.reshape(expected.shape), expected)


@pytest.mark.parametrize("layout", ["book", "cliff", ["S#.", "F.T"], ["S.F#T"]])
@pytest.mark.parametrize("size", [None, 97, 130])
def test_an_image_is_what_a_frame_shows(layout, size):
    layout = Layout.coerce(layout)
    env = gym.make("GridWorld-v0", layout=layout, observation="image", image_size=size).unwrapped
    height, width, _ = env.observation_space.shape
    side = height // layout.height
    assert (height, width) == (side * layout.height, side * layout.width)
    shown = gym.make(
        "GridWorld-v0", layout=layout, render_mode="rgb_array", render_size=max(height, width), actions="cardinal"
    ).unwrapped
    shown.overlay(trail=0)
    for state in np.flatnonzero(~env.world.over).tolist():
        image, _ = env.reset(options={"start": state})
        shown.reset(options={"start": state})
        frame = shown.render()
        assert frame.shape == image.shape
        row, column = layout.position(state)
        rows, columns = slice(row * side, (row + 1) * side), slice(column * side, (column + 1) * side)
        if side >= 20 and side % 2 == 0:  # where the agent fits into its cell, and its middle is a pixel's corner
            assert np.abs(image[rows, columns].astype(int) - frame[rows, columns]).mean() < 8
        image[rows, columns] = frame[rows, columns] = 0
        margin = 6 if side < 20 else 0  # on small cells a frame's agent is larger than its cell
        image[max(0, row * side - margin) : (row + 1) * side + margin] = 0
        frame[max(0, row * side - margin) : (row + 1) * side + margin] = 0
        np.testing.assert_array_equal(image, frame)


def test_maps_of_tiny_cells_show_targets_forbidden_cells_walls_and_the_agent():
    env = gym.make("GridWorld-v0", layout=["S.F", "..#", "..T"], observation="image", image_size=3).unwrapped
    image, _ = env.reset()
    assert image.shape == (3, 3, 3)
    colours = {name: tuple(image[place]) for name, place in {"S": (0, 0), ".": (0, 1), "F": (0, 2)}.items()}
    colours |= {"#": tuple(image[1, 2]), "T": tuple(image[2, 2])}
    assert len(set(colours.values())) == 5


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((5, 5), (80, 80)), ((13, 13), (104, 104)), ((4, 12), (36, 108)), ((1, 7), (36, 252)), ((1, 300), (3, 900))],
)
def test_the_usual_size_suits_convolutions_and_marks(shape, expected):
    H, W = shape
    rows = ["S" + "." * (W - 2) + "T", *["." * W] * (H - 1)]
    env = gym.make("GridWorld-v0", layout=rows, observation="image")
    assert env.observation_space.shape == (*expected, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"observation": "picture"}, "must be one of 'state', 'position', 'grid', 'local', 'image'"),
        ({"observation": "grid", "dtype": "float46"}, "did you mean 'float32'"),
        ({"observation": "grid", "dtype": np.float32}, "dtype must be one of 'float32'"),
        ({"dtype": "float32"}, "is for observation='position', 'grid', 'local', got observation='state'"),
        ({"observation": "image", "dtype": "float32"}, "got observation='image'"),
        ({"image_size": 84}, "image_size is for observation='image', got 84 with observation='state'"),
        ({"observation": "image", "image_size": 4}, "an integer >= 5, got 4"),
        ({"observation": "image", "image_size": 9000}, "at most 8192, got 9000"),
        ({"observation": "image", "image_size": 84.0}, "got 84.0"),
    ],
)
@pytest.mark.parametrize("id_", ["GridWorld-v0", "GridWorld/Random-v0"])
def test_wrong_arguments_are_refused(id_, arguments, message):
    size = {"height": 5, "width": 5, "num_layouts": 1} if "Random" in id_ else {}
    with pytest.raises(ValueError, match=message):
        gym.make(id_, **size, **arguments)


def test_what_was_painted_is_not_in_copies_and_files():
    env = gym.make("GridWorld-v0", observation="image")
    observer = env.unwrapped.world.observer
    before = len(pickle.dumps(observer))
    env.reset(seed=0)
    assert len(pickle.dumps(observer)) == before
    others = [pickle.loads(pickle.dumps(env)), copy.deepcopy(env)]  # noqa: S301
    for other in others:
        np.testing.assert_array_equal(other.step(1)[0], copy.deepcopy(env).step(1)[0])


def test_an_observation_is_the_callers_own(view):
    env = gym.make("GridWorld-v0", **view)
    first, _ = env.reset(options={"start": 0})
    first[:] = 0
    again, _ = env.reset(options={"start": 0})
    np.testing.assert_array_equal(again, env.unwrapped.observe_states(np.array([0]))[0])


def test_gymnasiums_wrappers_that_need_a_box_take_them(view):
    env = FrameStackObservation(gym.make("GridWorld-v0", **view), 4)
    assert env.reset(seed=0)[0].shape == (4, *env.env.observation_space.shape)
    for wrapped in (
        NormalizeObservation(gym.make("GridWorld-v0", **view)),
        RescaleObservation(gym.make("GridWorld-v0", **view), 0, 1),
    ):
        observation, _ = wrapped.reset(seed=0)
        assert np.isfinite(observation).all()
