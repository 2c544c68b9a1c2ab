"""The room of an episode that is kept until it ends."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga


def test_an_episode_that_never_ends_is_seldom_copied():
    env = gym.make("GridWorld-v0", layout=["..", "T."], continuing=True, max_episode_steps=-1)
    agent = ga.make("mc-prediction", env, seed=0, gamma=0.9)
    rooms = []
    for _ in range(1000):
        agent.learn(10, reset_num_timesteps=False)
        rooms.append(len(agent.memory.s))
    assert agent.memory.length[0] == 10_000
    assert len(set(rooms)) <= 12  # doubled from 10 on; a copy for every chunk would be 1000
    assert rooms[-1] <= 20_000


def test_a_file_holds_exactly_the_episode_so_far(tmp_path):
    env = gym.make("GridWorld-v0", layout=["..", "T."], continuing=True, max_episode_steps=-1)
    agent = ga.make("mc-epsilon-greedy", env, seed=0, gamma=0.9)
    for _ in range(20):
        agent.learn(7, reset_num_timesteps=False)
    assert len(agent.memory.s) > 140
    agent.save(tmp_path / "a.zip")
    memory = ga.load(tmp_path / "a.zip").memory
    for name in "sar":
        assert (getattr(memory, name) == getattr(agent.memory, name)[:140]).all()
        assert getattr(memory, name).shape == (140,)


def test_room_that_is_there_is_used_again():
    agent = ga.make("mc-epsilon-greedy", gym.make("GridWorld-v0"), seed=0)
    memory = agent.reserve(agent.memory, 100)
    assert agent.reserve(memory, 100) is memory
    memory.length[0] = 60
    memory.s[:60] = np.arange(60) % 25
    more = agent.reserve(memory, 41)
    assert len(more.s) == len(more.a) == len(more.r) == 120
    assert (more.s[:60] == np.arange(60) % 25).all()


@pytest.mark.parametrize(
    ("name", "column"),
    [("s", [25, 0]), ("a", [5, 0]), ("r", [0.5]), ("b", [0.0, 1.0]), ("b", [0.5, 1.5]), ("length", [3])],
)
def test_an_episode_that_is_none_is_refused(name, column):
    agent = ga.make("mc-off-policy", gym.make("GridWorld-v0"), seed=0)
    good = agent.memory._replace(
        length=np.array([2]), s=np.array([24, 0]), a=np.array([4, 0]), r=np.zeros(2), b=np.array([1.0, 0.1])
    )
    agent.check_memory(good, 25, 5)
    with pytest.raises(ValueError, match="the episode in its memory is out of range"):
        agent.check_memory(good._replace(**{name: np.array(column)}), 25, 5)
