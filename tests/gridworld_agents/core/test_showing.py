"""What an agent looks like: in a line, and in a notebook."""

import io

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.core.showing import beliefs
from gridworld_env import rendering


def pixels(png):
    import pygame

    return pygame.surfarray.array3d(pygame.image.load(io.BytesIO(png), "x.png")).transpose(1, 0, 2)


def test_a_line_has_what_differs_from_the_default():
    env = gym.make("GridWorld-v0")
    assert repr(ga.make("sarsa", env, seed=0)) == "<sarsa on GridWorld-v0, 0 steps>"
    agent = ga.make("sarsa", env, seed=0, alpha=0.5, gamma=0.9).learn(1_000)
    assert repr(agent) == "<sarsa on GridWorld-v0, 1,000 steps, alpha=0.5, gamma=0.9>"


def test_an_agent_is_shown_as_what_it_has_learned():
    env = gym.make("GridWorld/Cliff-v0")
    agent = ga.make("q-learning", env, seed=0).learn(100)
    seen = agent.visits.any(axis=1)
    assert not seen.all()
    values, policy = np.where(seen, agent.values, np.nan), np.where(seen[:, None], agent.policy, 0)
    caption = "q-learning, 100 steps: its values and policy"
    scene = rendering.scene_of(env.unwrapped.mdp, values=values, policy=policy, caption=caption)
    np.testing.assert_array_equal(pixels(agent._repr_png_()), rendering.Painter().frame(scene))
    assert agent._repr_html_() is None


def test_an_agent_that_sees_positions_is_shown_by_the_states_of_the_model():
    agents = [
        ga.make("value-iteration", gym.make("GridWorld-v0", observation=seen), gamma=0.9).learn(50)
        for seen in ("state", "position")
    ]
    states, positions = (beliefs(agent).tables["values"] for agent in agents)
    np.testing.assert_array_equal(states, positions)


def test_an_agent_without_tables_is_asked_for_its_policy():
    class Right:
        id = "right"

        def __init__(self, env):
            self.env = env

        def predict(self, observation, state=None, episode_start=None, deterministic=False):  # noqa: ARG002
            return np.ones(np.shape(observation), int), state

    shown = beliefs(Right(gym.make("GridWorld-v0")))
    np.testing.assert_array_equal(shown.tables["policy"].argmax(axis=1), np.ones(25))
    assert shown.caption == "right, 0 steps: its policy"


def test_an_agent_on_states_without_a_map_is_a_table():
    agent = ga.make("q-learning", gym.make("Tabular-v0"), seed=0).learn(500)
    page = agent._repr_html_()
    assert agent._repr_png_() is None
    assert "<td>high</td>" in page


def test_elsewhere_an_agent_is_shown_by_what_it_has_done():
    agent = ga.make("random", gym.make("LinearQuadratic-v0"), seed=0).learn(300)
    page = agent._repr_html_()
    assert agent._repr_png_() is None
    assert "random on LinearQuadratic-v0" in page
    assert "<td>300</td>" in page


@pytest.mark.parametrize("agent_id", ["q-learning", "td0", "optimal", "mc-epsilon-greedy"])
def test_a_loaded_agent_without_an_environment_shows_too(agent_id, tmp_path):
    env = gym.make("GridWorld-v0")
    ga.make(agent_id, env, seed=0).learn(100).save(tmp_path / "a.zip")
    agent = ga.load(tmp_path / "a.zip")
    assert repr(agent).startswith(f"<{agent_id}, 100 steps")
    assert "<table>" in agent._repr_html_()
