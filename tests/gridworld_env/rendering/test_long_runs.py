"""Watching takes no more memory however long it lasts, and little time."""

import itertools
import statistics
import textwrap
import time

import gymnasium as gym
import numpy as np
import pytest

import gridworld_env  # noqa: F401 - registers the environments

pytestmark = pytest.mark.shown

IMPORTS = "import gymnasium as gym\nimport numpy as np\nimport gridworld_env"


@pytest.fixture
def megabytes(growth):
    """Return a function that runs a snippet which defines `work` and returns by how many MiB doing it often grows."""

    def run(code, count):
        return growth(f"{IMPORTS}\n{textwrap.dedent(code)}", count)["MiB"]

    return run


FRAMES = """
env = gym.make("GridWorld/FourRooms-v0", render_mode="rgb_array", render_size=64, slip=0.2, max_episode_steps=-1)
env.reset(seed=0)
env.unwrapped.overlay(values=np.arange(169), policy=np.arange(169) % 4, heads_up=True)


def work(i):
    if env.step(i % 4)[2]:
        env.reset()
    env.render()
"""

OVERLAYS = """
env = gym.make("GridWorld/FourRooms-v0", render_mode="rgb_array", render_size=SIZE)
env.reset(seed=0)


def work(i):
    env.unwrapped.overlay(values=np.arange(169) + i, policy=np.arange(169) % 4, caption=f"sweep {i}")
    env.render()
"""

ENVIRONMENTS = """
def work(i):
    env = gym.make("GridWorld-v0", render_mode=MODE, render_size=200)
    env.unwrapped.metadata = {**env.unwrapped.metadata, "render_fps": 10_000}
    env.reset(seed=i)
    env.unwrapped.overlay(values=np.arange(25) + i, policy=np.arange(25) % 5, caption=f"environment {i}")
    for action in (1, 2, 3):
        env.step(action)
        env.render()
    env.close()
"""


def test_frames_take_no_memory(megabytes):
    assert megabytes(FRAMES, 5_000) < 3


def test_overlays_take_no_memory_beyond_what_a_painter_remembers(megabytes):
    code = f"SIZE = 180\nfrom gridworld_env.rendering import painter\npainter.REMEMBERED = 1 << 20\n{OVERLAYS}"
    assert megabytes(code, 120) < 6  # the pictures of 120 boards would take 11


@pytest.mark.parametrize("mode", ["rgb_array", "human"])
def test_environments_take_no_memory(megabytes, mode):
    assert megabytes(f"MODE = {mode!r}\n{ENVIRONMENTS}", 20) < 5


@pytest.mark.slow
def test_a_hundred_thousand_frames_take_no_memory(megabytes):
    assert megabytes(FRAMES, 100_000) < 5


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["rgb_array", "human"])
def test_two_hundred_environments_take_no_memory(megabytes, mode):
    assert megabytes(f"MODE = {mode!r}\n{ENVIRONMENTS}", 200) < 8


@pytest.mark.slow
def test_a_thousand_overlays_take_no_memory_beyond_what_a_painter_remembers(megabytes):
    assert megabytes(f"SIZE = 512\n{OVERLAYS}", 1_000) < 50  # the pictures of a thousand boards would take 600


def rate(env, frames=150):
    """Return the frames a second that an environment gives, a step before each."""
    start = time.perf_counter()
    for i in range(frames):
        if env.step(i % 4)[2]:
            env.reset()
        env.render()
    return frames / (time.perf_counter() - start)


def watched(**arguments):
    """Return an environment of 4 x 4 cells with frames of 256 x 256."""
    env = gym.make("GridWorld-v0", layout=["S...", "....", "....", "...T"], render_mode="rgb_array", **arguments)
    env.reset(seed=0)
    for action in (1, 3) * 5:  # a full trail
        env.step(action)
    return env


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of gymnasium's toy environments
def test_frames_are_ten_times_as_fast_as_frozen_lakes_and_overlays_cost_less_than_that_again():
    ours, overlaid = watched(render_size=256), watched(render_size=256)
    overlaid.unwrapped.overlay(values=np.arange(16), policy=np.arange(16) % 5)
    theirs = gym.make("FrozenLake-v1", render_mode="rgb_array")
    theirs.reset(seed=0)
    assert ours.render().shape == theirs.render().shape == (256, 256, 3)
    assert len(ours.unwrapped.scene().trail) == 9
    rates = {"ours": [], "overlaid": [], "theirs": []}
    for _, (name, env) in itertools.product(range(9), (("ours", ours), ("overlaid", overlaid), ("theirs", theirs))):
        rates[name].append(rate(env))
    plain, with_overlay, lake = (statistics.median(rates[name][1:]) for name in ("ours", "overlaid", "theirs"))
    assert plain >= 10 * lake, rates
    assert with_overlay >= plain / 2, rates
