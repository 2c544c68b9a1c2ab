"""What every agent does that values a given policy, whichever its algorithm."""

import io
import json
import zipfile

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.evaluation.judge import Judge
from gridworld_agents.tabular.parts.policies import epsilon_greedy_policy, sample
from gridworld_env import TabularMDP, oracle

BOOK = TabularMDP.from_env(gym.make("GridWorld-v0"))
POLICIES = {
    "uniform": "uniform",
    "nearly the best": epsilon_greedy_policy(oracle.optimal(BOOK, gamma=0.9).q, 0.2),
    "the best": oracle.optimal(BOOK, gamma=0.9).q.argmax(axis=1),
}


@pytest.mark.axes({"name": ["nearly the best"], "arguments": [{"slip": 0.1}]})  # who acts does not change the world
@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("arguments", [{}, {"slip": 0.1}, {"continuing": True, "max_episode_steps": 50}])
def test_the_exact_values(prediction_id, name, arguments):
    env = gym.make("GridWorld-v0", **arguments)
    alpha = "visits" if prediction_id.startswith("mc-") else "visits:10:9"  # returns are averaged, estimates forgotten
    agent = ga.make(prediction_id, env, seed=0, alpha=alpha, gamma=0.9, policy=POLICIES[name])
    before = Judge(env, 0.9).value_error(agent)
    error = Judge(env, 0.9).value_error(agent.learn(3_000_000))
    assert before > 0.3
    assert error < 0.03


def test_where_nothing_is_left_to_chance_the_values_are_exact(prediction_id):
    env = gym.make("GridWorld-v0")
    agent = ga.make(prediction_id, env, seed=0, alpha=1, gamma=0.9, policy=POLICIES["the best"]).learn(20_000)
    assert (agent.visits > 0).sum() == 18  # the best policy never enters a forbidden cell
    assert Judge(env, 0.9).value_error(agent) < 1e-12


def test_policies_are_uniform_or_given_and_are_copied(prediction_id):
    env, pi = gym.make("GridWorld-v0"), POLICIES["nearly the best"]
    uniform = ga.make(prediction_id, env)
    assert (uniform.policy == 0.2).all()
    assert uniform.config.policy == "uniform"
    actions = ga.make(prediction_id, env, policy=pi.argmax(axis=1))
    assert (actions.policy == np.eye(5)[pi.argmax(axis=1)]).all()
    actions.policy[:] = 7
    assert actions.policy.max() == 1


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("given", 'policy must be "uniform", .* got .given.'),
        ("greedy", 'policy must be "uniform", .* got .greedy.'),
        ("no-such-file.npy", "policy cannot be read from 'no-such-file.npy': .*No such file"),
        ("pickle.npy", "policy cannot be read from 'pickle.npy': it must hold numbers, got object"),
        ("text.npy", "policy cannot be read from 'text.npy'"),
        ("empty.npy", "policy cannot be read from 'empty.npy'"),
        ("short.npy", r"policy, read from 'short.npy', must be .* got ndarray of shape \(3,\)"),
        (np.full((25, 5), 0.3), "policy must be an action or 5 probabilities of sum 1 in each state"),
    ],
)
def test_what_is_no_policy_is_refused(prediction_id, policy, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("pickle.npy", np.array([print], object), allow_pickle=True)
    np.save("short.npy", np.zeros(3, np.int64))
    (tmp_path / "text.npy").write_text("uniform")
    (tmp_path / "empty.npy").write_text("")
    with pytest.raises(ValueError, match=message):
        ga.make(prediction_id, gym.make("GridWorld-v0"), policy=policy)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"gamma": 1.1}, r"gamma must be in \[0, 1\], got 1.1"),
        ({"alpha": 0}, r"alpha must be in \(0, 1\], got 0"),
        ({"initial_value": float("nan")}, "initial_value must be a finite number, got nan"),
        ({"epsilon": 0.1}, "has no hyper-parameter 'epsilon'"),
    ],
)
def test_hyper_parameters_out_of_range(prediction_id, arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make(prediction_id, gym.make("FrozenLake-v1"), **arguments)


def test_it_shows_values_and_no_action_values(prediction_id):
    agent = ga.make(prediction_id, gym.make("GridWorld-v0"), seed=0, initial_value=2.5)
    assert (agent.values == 2.5).all()
    assert not hasattr(agent, "q_values")
    agent.learn(1000)
    assert agent.values.shape == agent.visits.shape == (25,)
    assert agent.values.dtype == agent.policy.dtype == np.float64
    assert agent.visits.dtype == np.int64
    assert 0 < agent.visits.sum() <= 1000
    agent.values[:] = 7
    assert (agent.values != 7).any()


def test_it_acts_by_the_policy(prediction_id):
    pi = np.tile([0.5, 0, 0.3, 0, 0.2], (25, 1))
    agent = ga.make(prediction_id, gym.make("GridWorld-v0"), seed=0, policy=pi)
    assert (agent.predict(np.arange(25), deterministic=True)[0] == 0).all()
    share = np.bincount(agent.predict(np.zeros(20_000, np.int64))[0], minlength=5) / 20_000
    assert np.abs(share - pi[0]).max() < 0.015  # 4 standard deviations: fails once in 10,000
    assert (share[[1, 3]] == 0).all()


def test_learning_follows_the_policy(prediction_id):
    env = gym.make("GridWorld-v0", layout="S....T", actions="cardinal")
    agent = ga.make(prediction_id, env, seed=0, policy=lambda _: 1).learn(50)
    assert set(agent.recent_episodes()[2]) == {5}


def test_an_action_of_probability_0_is_never_sampled():
    rng = np.random.default_rng(0)
    pi = np.array([[0, 0.1, 0, 0.9, 0], [0, 1 / 3, 1 / 3, 1 / 3 - 1e-10, 0]])
    for s, possible in enumerate([{1, 3}, {1, 2, 3}]):
        assert {sample(pi, s, rng) for _ in range(2000)} == possible
    short = np.array(
        [[0, 0.25, 0.25, 0]]
    )  # which rounding could not do, and where the last possible one takes the rest
    share = np.bincount([sample(short, 0, rng) for _ in range(4000)], minlength=4) / 4000
    assert np.abs(share - [0, 0.25, 0.75, 0]).max() < 0.03  # 4 standard deviations


def rewritten(path, **arrays):
    """Write a file anew with some arrays replaced."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, array in arrays.items():
        file = io.BytesIO()
        np.save(file, array)
        members[f"memory.{name}.npy"] = file.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return json.loads(members["agent.json"])


def test_a_file_carries_the_policy(prediction_id, tmp_path):
    pi = POLICIES["nearly the best"]
    agent = ga.make(prediction_id, gym.make("GridWorld-v0"), seed=0, policy=lambda s: pi[s]).learn(777)
    agent.save(tmp_path / "a.zip")
    loaded = ga.load(tmp_path / "a.zip", gym.make("GridWorld-v0"))
    assert (loaded.policy == agent.policy).all()
    assert rewritten(tmp_path / "a.zip")["config"]["policy"] == "given"
    agent.learn(500, reset_num_timesteps=False)
    assert (loaded.learn(500, reset_num_timesteps=False).values == agent.values).all()


@pytest.mark.parametrize("pi", [np.full((25, 5), 0.3), np.tile([1.5, -0.5, 0, 0, 0], (25, 1))])
def test_a_file_with_a_policy_that_is_none_is_refused(prediction_id, tmp_path, pi):
    ga.make(prediction_id, gym.make("GridWorld-v0"), seed=0).save(tmp_path / "a.zip")
    rewritten(tmp_path / "a.zip", policy=pi)
    with pytest.raises(ga.AgentFileError, match="policy in its memory"):
        ga.load(tmp_path / "a.zip")
