"""Files: theirs, with a word of ours, and trusted only on request."""

import base64
import json
import os
import pickle
import zipfile

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.baselines.stable_baselines import A2C, DQN, PPO


@pytest.fixture
def saved(tiny, tmp_path):
    """Return an agent that has learned a little, and its file."""
    agent = tiny("sb3/ppo").learn(64)
    agent.save(tmp_path / "agent")
    return agent, tmp_path / "agent.zip"


def rewritten(path, **members):
    """Write a file again with other members; None drops one."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**content, **members}.items():
            if data is not None:
                archive.writestr(name, data)
    return path


def test_theirs_and_ours_load_the_same_agent(id_, tiny, some_observations, make_env, tmp_path):
    agent, path = tiny(id_).learn(64), tmp_path / "agent.zip"
    agent.save(path)
    ours = ga.load(path, make_env(id_), trust=True)
    theirs = type(agent.model).load(path)
    batch = some_observations(id_)
    expected, _ = agent.predict(batch, deterministic=True)
    np.testing.assert_array_equal(ours.predict(batch, deterministic=True)[0], expected)
    np.testing.assert_array_equal(theirs.predict(batch, deterministic=True)[0], expected)
    assert type(ours) is type(agent)
    assert ours.config == agent.config
    assert (ours.seed, ours.num_timesteps) == (0, 64)
    assert ours.recent_episodes() == agent.recent_episodes()


@pytest.mark.parametrize("id_", ["sb3/ppo", "sb3/dqn"])
def test_learning_goes_on(id_, tiny, make_env, tmp_path):
    agent, path = tiny(id_).learn(64), tmp_path / "agent.zip"
    agent.save(path)
    twice = [ga.load(path, make_env(id_), trust=True).learn(64, reset_num_timesteps=False) for _ in range(2)]
    for one in twice:
        assert one.num_timesteps == 128
        assert one.recent_episodes()[0] > agent.recent_episodes()[0]
    assert twice[0].recent_episodes() == twice[1].recent_episodes()
    afresh = tiny(id_).learn(64).recent_episodes()[1]
    new = twice[0].recent_episodes()[1][agent.recent_episodes()[0] :]
    assert new != afresh[: len(new)]  # it draws other numbers than it began with


def test_plain_stable_baselines3_needs_nothing_of_ours(saved):
    with zipfile.ZipFile(saved[1]) as archive:
        data = json.loads(archive.read("data"))
    pickles = [base64.b64decode(item[":serialized:"]) for item in data.values() if ":serialized:" in str(item)]
    assert pickles
    assert not [one for one in pickles if b"gridworld" in one]


def test_the_replay_buffer_is_kept_on_request(tiny, make_env, tmp_path):
    agent = tiny("sb3/dqn").learn(100)
    agent.save(tmp_path / "without.zip")
    agent.save(tmp_path / "with.zip", replay_buffer=True)
    assert ga.load(tmp_path / "without.zip", trust=True).model.replay_buffer.pos == 0
    kept = ga.load(tmp_path / "with.zip", make_env("sb3/dqn"), trust=True)
    assert kept.model.replay_buffer.pos == 100
    np.testing.assert_array_equal(kept.model.replay_buffer.rewards, agent.model.replay_buffer.rewards)
    kept.learn(20, reset_num_timesteps=False)
    assert agent.algorithm.load(tmp_path / "with.zip").num_timesteps == 100
    with pytest.raises(ValueError, match="sb3/ppo has no replay buffer to save"):
        tiny("sb3/ppo").save(tmp_path / "x.zip", replay_buffer=True)


def test_hyper_parameters_that_json_cannot_hold_come_from_the_model(tiny, tmp_path):
    agent = tiny("sb3/ppo", learning_rate=lambda left: 0.01 * left, clip_range="linear:0.3:0.1")
    agent.save(tmp_path / "agent.zip")
    parameters = ga.load(tmp_path / "agent.zip", trust=True).config
    assert parameters.learning_rate(0.5) == 0.005
    assert parameters.clip_range == "linear:0.3:0.1"


def test_a_file_of_theirs_is_loaded_by_the_agent_of_its_kind(tiny, make_env, tmp_path):
    tiny("sb3/ppo", gamma=0.5).learn(64).model.save(tmp_path / "theirs.zip")
    agent = PPO.load(tmp_path / "theirs.zip", make_env("sb3/ppo"), trust=True)
    assert (agent.num_timesteps, agent.config.gamma, agent.config.clip_range) == (64, 0.5, 0.2)
    assert agent.learn(64, reset_num_timesteps=False).num_timesteps == 128
    tiny("sb3/dqn").model.save(tmp_path / "dqn.zip")
    assert DQN.load(tmp_path / "dqn.zip", trust=True).config.train_freq == (4, "step")
    with pytest.raises(ga.AgentFileError, match="cannot be read as an agent"):
        PPO.load(tmp_path / "dqn.zip", trust=True)
    with pytest.raises(ga.AgentFileError, match="trust=True, or --trust on the command line"):
        PPO.load(tmp_path / "theirs.zip")


def test_an_agent_without_an_environment_acts_but_does_not_learn(saved):
    agent = ga.load(saved[1], trust=True)
    assert agent.predict(0)[0] in range(5)
    assert agent.env is None
    with pytest.raises(ValueError, match="no environment to learn on: pass one to load"):
        agent.learn(10)


def test_another_environment_is_refused(saved, make_env):
    with pytest.raises(ValueError, match=r"env must have the spaces that the agent .* knows: Observation spaces"):
        ga.load(saved[1], gym.make("CartPole-v1"), trust=True)
    with pytest.raises(ValueError, match=r"env must have the spaces that the agent .* knows: Action spaces"):
        ga.load(saved[1], make_env("sb3/ppo", actions="cardinal"), trust=True)


class Evil:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_nothing_is_unpickled_without_trust(saved, tmp_path):
    code = base64.b64encode(pickle.dumps(Evil(tmp_path / "pwned"))).decode()
    data = json.dumps({"policy_class": {":type:": "x", ":serialized:": code}})
    path = rewritten(saved[1], data=data, **{"replay_buffer.pkl": pickle.dumps(Evil(tmp_path / "pwned"))})
    for load in (ga.load, PPO.load):
        with pytest.raises(ga.AgentFileError, match=r"can carry code that runs when it is read.*trust=True"):
            load(path)
    rewritten(path, **{"agent.json": None})
    with pytest.raises(ga.AgentFileError, match="can carry code"):
        PPO.load(path)
    assert not (tmp_path / "pwned").exists()
    with pytest.raises(ga.AgentFileError, match="cannot be read as an agent"):
        PPO.load(path, trust=True)
    assert (tmp_path / "pwned").exists()  # what trust means


@pytest.mark.parametrize("trust", [True, False])
@pytest.mark.parametrize(
    "header",
    [
        {},
        {"format": "gridworld-agent", "version": 3, "id": "sb3/ppo"},
        {"format": "gridworld-agent", "version": 2, "id": "sb3/ppo"},
        {"seed": "a"},
        {"seed": -1},
        {"config": []},
        {"device": 3},
        {"episodes": {"count": 0, "returns": [1.0], "lengths": [1]}},
        {"episodes": {"count": 1, "returns": 3, "lengths": [1]}},
        {"id": "sb3/a2c"},
    ],
    ids=str,
)
def test_headers_that_lie_are_refused(header, trust, saved):
    with zipfile.ZipFile(saved[1]) as archive:
        good = json.loads(archive.read("agent.json"))
    whole = not header or "format" in header
    path = rewritten(saved[1], **{"agent.json": json.dumps(header if whole else {**good, **header})})
    with pytest.raises(ga.AgentFileError, match=r"agent\.zip"):
        PPO.load(path, trust=trust)


@pytest.mark.parametrize(
    "members",
    [
        {"data": b"\xff\xfe"},
        {"data": b"{}"},
        {"data": b"[]"},
        {"data": None},
        {"policy.pth": b"no tensors"},
        {"policy.pth": None},
        {"replay_buffer.pkl": b"no pickle"},
    ],
    ids=str,
)
def test_damaged_members_are_the_files_fault(members, saved):
    path = rewritten(saved[1], **members)
    with pytest.raises(ga.AgentFileError, match="cannot be read as an agent"):
        ga.load(path, trust=True)


@pytest.mark.parametrize("keep", [0, 10, 1000, -30])
@pytest.mark.parametrize("load", [ga.load, PPO.load])
def test_cut_files_are_refused(load, keep, saved):
    path = saved[1]
    path.write_bytes(path.read_bytes()[:keep])
    for trust in (True, False):
        with pytest.raises(ga.AgentFileError, match="cannot be read as an agent"):
            load(path, trust=trust)


def test_bad_arguments(saved):
    with pytest.raises(ValueError, match="trust must be True or False, got 'yes'"):
        ga.load(saved[1], trust="yes")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        A2C.load("nowhere", trust=True)
    with pytest.raises(ga.AgentFileError, match="it holds the agent 'sb3/ppo', not 'sb3/a2c'"):
        A2C.load(saved[1], trust=True)


def test_saving_is_all_or_nothing(saved, monkeypatch):
    agent, path = saved
    before = path.read_bytes()
    monkeypatch.setattr(zipfile.ZipFile, "writestr", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        agent.save(path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["agent.zip"]
