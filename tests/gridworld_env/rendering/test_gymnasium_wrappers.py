"""Gymnasium's own wrappers that record and show take our environments as they are."""

import warnings

import gymnasium as gym
import imageio_ffmpeg
import numpy as np
import pytest
from gymnasium.wrappers import AddRenderObservation, RecordVideo, RenderCollection
from gymnasium.wrappers.vector import RecordVideo as VectorRecordVideo

import gridworld_env  # noqa: F401 - registers the environments

pytestmark = pytest.mark.shown


def frames_in(path):
    """Return the number and the size of the frames of a video."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # imageio-ffmpeg's reader does not close its pipes
        count, _ = imageio_ffmpeg.count_frames_and_secs(str(path))
        reader = imageio_ffmpeg.read_frames(str(path))
        about = next(reader)
        reader.close()
        return count, about["size"], about["fps"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # moviepy's
def test_record_video_writes_an_episode(tmp_path):
    pytest.importorskip("moviepy")
    env = gym.make("GridWorld-v0", render_mode="rgb_array", render_size=100)
    env = RecordVideo(env, str(tmp_path / "videos"), episode_trigger=lambda number: number == 1, disable_logger=True)
    env.reset(seed=0)
    for _ in range(2):
        for action in (1, 1, 2, 2):
            env.step(action)
        env.reset()
    env.close()
    assert [path.name for path in (tmp_path / "videos").glob("*.mp4")] == ["rl-video-episode-1.mp4"]
    assert frames_in(tmp_path / "videos" / "rl-video-episode-1.mp4") == (5, (100, 100), 8)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_record_video_writes_a_vector_environment(tmp_path):
    pytest.importorskip("moviepy")
    arguments = {"num_envs": 4, "render_mode": "rgb_array", "render_size": 100}
    envs = gym.make_vec("GridWorld-v0", vectorization_mode="vector_entry_point", **arguments)
    envs = VectorRecordVideo(envs, str(tmp_path / "videos"), video_length=6, step_trigger=lambda step: step == 0)
    envs.reset(seed=0)
    for _ in range(10):
        envs.step(np.ones(4, np.int64))
    envs.close()
    (path,) = (tmp_path / "videos").glob("*.mp4")
    count, size, fps = frames_in(path)
    assert count in {6, 7}  # Gymnasium 1.4 takes one frame more than was asked for
    assert (size, fps) == ((200, 200), 8)


def test_render_collection_and_render_observation_get_fresh_frames():
    env = RenderCollection(gym.make("GridWorld-v0", render_mode="rgb_array", render_size=50))
    env.reset(seed=0)
    for action in (1, 1, 2):
        env.step(action)
    frames = env.render()
    assert len(frames) == 4
    assert len({id(frame) for frame in frames}) == 4
    assert len({frame.tobytes() for frame in frames}) > 1
    pixels = AddRenderObservation(gym.make("GridWorld-v0", render_mode="rgb_array", render_size=50))
    observation, _ = pixels.reset(seed=0)
    assert pixels.observation_space.contains(observation)
    assert observation.shape == (50, 50, 3)


def test_human_rendering_shows_frames(run_dummy):
    code = """
        import gymnasium as gym
        import pygame
        from gymnasium.wrappers import HumanRendering
        import gridworld_env
        env = HumanRendering(gym.make("GridWorld-v0", render_mode="rgb_array", render_size=100))
        env.reset(seed=0)
        for action in (1, 1, 2, 2):
            env.step(action)
        shown = pygame.surfarray.array3d(pygame.display.get_surface()).transpose(1, 0, 2)
        print(env.render(), shown.shape, bool((shown == env.unwrapped.render()).all()))
        env.close()
        print(env.unwrapped.render().shape, pygame.display.get_init())
    """
    assert run_dummy(code).split("\n")[-2:] == ["None (100, 100, 3) True", "(100, 100, 3) False"]
