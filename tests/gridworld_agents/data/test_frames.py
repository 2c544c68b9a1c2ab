"""Logged episodes as a frame of steps, and as a table."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga


@pytest.fixture(scope="module")
def episodes():
    env = gym.make("GridWorld-v0", observation="position", max_episode_steps=20)
    return ga.collect(env, "uniform", episodes=50, seed=0)


def test_a_row_a_step(episodes):
    pytest.importorskip("pandas")
    frame = episodes.to_pandas()
    assert len(frame) == len(episodes)
    assert {"observations_0", "observations_1", "actions", "rewards"} <= set(frame.columns)
    np.testing.assert_array_equal(frame.groupby("episode")["t"].max() + 1, episodes.lengths)
    np.testing.assert_allclose(frame.groupby("episode")["rewards"].sum(), episodes.returns(1.0))


def test_a_notebook_shows_the_first_episodes(episodes):
    page = episodes._repr_html_()
    assert page.count("<tr>") == 41
    assert "40 of 50 episodes" in page
    assert "truncated" in page
    assert "log ends" not in page
