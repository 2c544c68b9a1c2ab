"""A run that is stopped, saved, loaded and taken up again ends as one that never stopped."""

import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers import RecordEpisodeStatistics

import gridworld_agents as ga
from gridworld_agents.core.checkpoint import flatten

PLAIN = {"slip": 0.2, "max_episode_steps": 30}


def compiled_env():
    return gym.make("GridWorld-v0", **PLAIN)


def stepped_env():
    return RecordEpisodeStatistics(compiled_env())


def position_in_a_bank():
    return gym.make("GridWorld/Random-v0", observation="position", num_layouts=3, slip=0.1)


AGENTS_AND_DRIVERS = pytest.mark.axes(  # a file holds the agent's memory and, apart from it, where the driver stands
    {"tabular_id": ["q-learning", "mc-epsilon-greedy", "n-step-sarsa"], "make_env": [compiled_env]}
)
INTERRUPT = KeyboardInterrupt()


def state_of(agent):
    arrays = {name: array.tolist() for name, array in flatten(agent.trees()).items()}
    streams = agent.rng.bit_generator.state, agent.predict_rng.bit_generator.state
    return arrays, agent.env_state, streams


@AGENTS_AND_DRIVERS
@pytest.mark.parametrize("make_env", [compiled_env, stepped_env, position_in_a_bank])
def test_saved_and_loaded_it_goes_on_to_the_same_bits(tabular_id, make_env, tmp_path):
    whole = ga.make(tabular_id, make_env(), seed=5).learn(3000)
    agent = ga.make(tabular_id, make_env(), seed=5)
    for steps in (1, 701, 1298, 1000):
        agent.learn(steps, reset_num_timesteps=False).save(tmp_path / "a.zip")
        agent = ga.load(tmp_path / "a.zip", make_env())
    assert agent.num_timesteps == 3000
    assert state_of(agent) == state_of(whole)
    assert agent.recent_episodes() == whole.recent_episodes()


def test_it_may_go_on_with_the_other_driver(tabular_id, tmp_path):
    whole = ga.make(tabular_id, compiled_env(), seed=5).learn(3000)
    ga.make(tabular_id, compiled_env(), seed=5).learn(1234).save(tmp_path / "a.zip")
    stepped = ga.load(tmp_path / "a.zip", stepped_env())
    assert not stepped.compiled
    stepped.learn(766, reset_num_timesteps=False).save(tmp_path / "b.zip")
    agent = ga.load(tmp_path / "b.zip", compiled_env()).learn(1000, reset_num_timesteps=False)
    assert state_of(agent) == state_of(whole)


@AGENTS_AND_DRIVERS
@pytest.mark.parametrize("make_env", [compiled_env, stepped_env])
def test_a_checkpoint_from_within_goes_on_to_the_same_bits(tabular_id, make_env, tmp_path):
    from gridworld_agents.core.callbacks import Checkpoints

    whole = ga.make(tabular_id, make_env(), seed=5).learn(2000, callback=Checkpoints(tmp_path / "c.zip", every=1300))
    agent = ga.load(tmp_path / "c.zip", make_env())
    assert agent.num_timesteps == 1300
    assert state_of(agent.learn(700, reset_num_timesteps=False)) == state_of(whole)


@AGENTS_AND_DRIVERS
@pytest.mark.parametrize("make_env", [compiled_env, stepped_env])
def test_what_is_done_with_the_environment_in_between_has_no_influence(tabular_id, make_env):
    whole = ga.make(tabular_id, make_env(), seed=5).learn(2000)
    env = make_env()
    agent = ga.make(tabular_id, env, seed=5).learn(1001)
    env.reset(seed=99)
    for _ in range(20):
        env.step(env.action_space.sample())
    agent.predict(np.arange(25))  # which draws from a generator of its own
    assert state_of(agent.learn(999, reset_num_timesteps=False))[:2] == state_of(whole)[:2]


def test_counting_anew_begins_an_episode_and_keeps_the_table():
    agent = ga.make("mc-epsilon-greedy", compiled_env(), seed=5).learn(1005)
    q = agent.q_values
    agent.learn(0)
    assert agent.num_timesteps == 0
    assert agent.recent_episodes() == (0, (), ())
    assert agent.memory.length[0] == 0
    assert (agent.q_values == q).all()
    agent.learn(500)
    assert agent.num_timesteps == 500
    assert agent.visits.sum() > 1005


def test_of_other_environments_a_new_episode_begins(tmp_path):
    agent = ga.make("sarsa", gym.make("FrozenLake-v1"), seed=1)
    agent.learn(203).save(tmp_path / "a.zip")
    results = []
    for _ in range(2):
        loaded = ga.load(tmp_path / "a.zip", gym.make("FrozenLake-v1"))
        results.append(loaded.learn(500, reset_num_timesteps=False).q_values)
        assert loaded.num_timesteps == 703
    assert (results[0] == results[1]).all()
    whole = ga.make("sarsa", gym.make("FrozenLake-v1"), seed=1).learn(703)  # without leaving, nothing is lost
    assert (agent.learn(500, reset_num_timesteps=False).q_values == whole.q_values).all()


class Fails(gym.Wrapper):
    """Raises once, at a given step."""

    def __init__(self, env, at, error):
        super().__init__(env)
        self.left, self.error = at, error

    def step(self, action):
        self.left -= 1
        if self.left == 0:
            raise self.error
        return self.env.step(action)


@pytest.mark.axes({"tabular_id": ["q-learning", "mc-epsilon-greedy"], "error": [INTERRUPT]})  # drivers see no errors
@pytest.mark.parametrize("error", [INTERRUPT, RuntimeError("boom")])
def test_an_environment_that_raises_leaves_the_agent_after_its_last_step(tabular_id, error, tmp_path):
    agent = ga.make(tabular_id, Fails(compiled_env(), 778, error), seed=5)
    with pytest.raises(type(error)):
        agent.learn(2000)
    before = ga.make(tabular_id, compiled_env(), seed=5).learn(777)
    assert agent.num_timesteps == 777
    for array, other in zip(agent.reserve(agent.memory, 0), before.reserve(before.memory, 0), strict=True):
        assert (array == other).all()
    agent.save(tmp_path / "a.zip")
    agent.learn(100, reset_num_timesteps=False)
    assert agent.num_timesteps == 877
    assert ga.load(tmp_path / "a.zip", compiled_env()).num_timesteps == 777


INTERRUPTED = """
import os, signal, sys, threading
import gymnasium as gym, gridworld_env, gridworld_agents as ga
from gymnasium.wrappers import RecordEpisodeStatistics
wrap = RecordEpisodeStatistics if sys.argv[1] == "stepped" else (lambda env: env)
make = lambda: ga.make("sarsa", wrap(gym.make("GridWorld-v0", slip=0.2)), seed=5)
make().learn(1000)
agent, saved = make(), make()
threading.Timer(0.4, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    agent.learn(10**12)
except KeyboardInterrupt:
    n = agent.num_timesteps
    assert n > 0
    same = make().learn(n)
    assert (same.q_values == agent.q_values).all() and same.env_state == agent.env_state
    agent.learn(1000, reset_num_timesteps=False), same.learn(1000, reset_num_timesteps=False)
    assert (same.q_values == agent.q_values).all() and same.num_timesteps == agent.num_timesteps
    print("whole")
"""


@pytest.mark.parametrize("driver", ["compiled", "stepped"])
def test_ctrl_c_leaves_a_whole_agent_that_goes_on(driver):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, driver], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, "whole"), done.stderr


def test_without_an_environment_it_predicts_and_does_not_learn(tmp_path):
    agent = ga.make("q-learning", compiled_env(), seed=0).learn(500)
    agent.save(tmp_path / "a.zip")
    loaded = ga.load(tmp_path / "a.zip")
    assert loaded.env is None
    assert (loaded.predict(np.arange(25))[0] == agent.predict(np.arange(25))[0]).all()
    with pytest.raises(ValueError, match="no environment to learn on: pass one to load"):
        loaded.learn(10)


def test_another_environment_is_refused(tmp_path):
    ga.make("q-learning", compiled_env(), seed=0).save(tmp_path / "a.zip")
    with pytest.raises(ValueError, match=r"env must have the spaces that the agent in .* knows"):
        ga.load(tmp_path / "a.zip", gym.make("FrozenLake-v1"))
    with pytest.raises(TypeError, match="'device'"):
        ga.load(tmp_path / "a.zip", device="cpu")
