"""Stable-Baselines3's agents learn and act as every other agent does."""

import copy
import random

import gymnasium as gym
import numpy as np
import pytest
import stable_baselines3 as sb3
import torch
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.evaluation import evaluate_policy

import gridworld_agents as ga


def weights(agent):
    """Return all weights of an agent's networks in one row."""
    return torch.cat([tensor.detach().reshape(-1) for tensor in agent.model.policy.parameters()]).numpy()


def test_all_are_listed_and_are_agents(id_, tiny):
    spec = {spec.id: spec for spec in ga.specs()}[id_]
    assert (spec.distribution, spec.error) == ("gridworld-env", None)
    agent = tiny(id_)
    assert isinstance(agent, ga.Agent)
    assert (agent.id, agent.seed, agent.num_timesteps) == (id_, 0, 0)
    assert type(agent.model).__name__.lower() == id_.removeprefix("sb3/").replace("-", "")


def test_listing_imports_nothing(run_python):
    heavy = ("torch", "stable_baselines3", "sb3_contrib")
    code = "import sys, gridworld_agents as ga; print(len([s for s in ga.specs() if s.id.startswith('sb3/')]), "
    assert run_python(f"{code}*[m for m in {heavy} if m in sys.modules])") == "9"


@pytest.mark.parametrize(("id_", "missing"), [("sb3/ppo", "stable_baselines3"), ("sb3/trpo", "sb3_contrib")])
def test_what_is_missing_is_named_with_the_extra_that_brings_it(id_, missing, monkeypatch):
    value = ga.spec(id_).value
    monkeypatch.setitem(__import__("sys").modules, missing, None)
    monkeypatch.delitem(__import__("sys").modules, value.split(":")[0], raising=False)
    with pytest.raises(ga.AgentPluginError, match=rf'{missing}.*pip install "gridworld-env\[sb3\]" brings it'):
        ga.make(id_, gym.make("GridWorld-v0"))


def test_each_learns_and_acts(id_, tiny, some_observations):
    agent = tiny(id_)
    before = weights(agent)
    assert agent.learn(64) is agent
    assert agent.num_timesteps == 64
    assert agent.recent_episodes()[0] >= 2
    assert not np.array_equal(before, weights(agent))
    space, batch = agent.env.action_space, some_observations(id_)
    for deterministic in (True, False):
        single, state = agent.predict(batch[0], deterministic=deterministic)
        assert state is None
        assert space.contains(single)
        assert single.dtype == space.dtype
        many, _ = agent.predict(batch, deterministic=deterministic)
        assert many.shape == (5, *space.shape)
        assert many.dtype == space.dtype
        assert all(space.contains(one) for one in many)
    one_by_one = [agent.predict(one, deterministic=True)[0] for one in batch]
    np.testing.assert_allclose(agent.predict(batch, deterministic=True)[0], one_by_one, atol=1e-6)


@pytest.mark.filterwarnings("ignore:Evaluation environment is not wrapped:UserWarning")
def test_each_is_run_by_the_evaluation_of_stable_baselines3(id_, tiny, make_env):
    returns, lengths = evaluate_policy(tiny(id_), make_env(id_), n_eval_episodes=3, return_episode_rewards=True)
    assert len(returns) == len(lengths) == 3


@pytest.mark.parametrize("id_", ["sb3/ppo", "sb3/dqn"])
def test_the_same_seed_gives_the_same_agent_whatever_else_draws(id_, tiny):
    first, second, other = (tiny(id_, seed=seed) for seed in (0, 0, 1))

    def disturb(*_):
        torch.rand(3)
        random.random()
        np.random.random(3)  # noqa: NPY002 - the generator that all share
        other.learn(32, reset_num_timesteps=False)

    first.learn(64)
    disturb()
    second.learn(64)
    disturb()
    assert first.recent_episodes() == second.recent_episodes()
    assert np.array_equal(weights(first), weights(second))
    assert not np.array_equal(weights(first), weights(other))


@pytest.mark.parametrize("id_", ["sb3/ppo", "sb3/dqn"])
def test_the_same_seed_gives_the_same_agent(id_, tiny):
    first, second = tiny(id_).learn(96), tiny(id_).learn(96)
    assert np.array_equal(weights(first), weights(second))
    assert [first.predict(s)[0] for s in range(25)] == [second.predict(s)[0] for s in range(25)]


@pytest.mark.parametrize(("id_", "algorithm"), [("sb3/ppo", sb3.PPO), ("sb3/dqn", sb3.DQN), ("sb3/sac", sb3.SAC)])
def test_an_agent_learns_what_stable_baselines3_alone_does(id_, algorithm, tiny, make_env):
    agent = tiny(id_, seed=3).learn(64)
    names = ["batch_size", "policy_kwargs"]
    names += ["n_steps", "n_epochs"] if id_ == "sb3/ppo" else ["buffer_size", "learning_starts"]
    arguments = {name: copy.deepcopy(getattr(agent.config, name)) for name in names}
    alone = algorithm("MlpPolicy", make_env(id_), seed=3, device="cpu", **arguments).learn(64)
    theirs = torch.cat([tensor.detach().reshape(-1) for tensor in alone.policy.parameters()]).numpy()
    assert np.array_equal(weights(agent), theirs)


@pytest.mark.parametrize("id_", ["sb3/ppo", "sb3/dqn"])
def test_shared_generators_are_left_as_they_were(id_, tiny):
    def now():
        return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002

    before = now()
    agent = tiny(id_).learn(64)
    agent.predict(np.arange(25))
    assert now() == before


@pytest.mark.parametrize("id_", ["sb3/ppo", "sb3/dqn"])
def test_predicting_does_not_change_the_learning(id_, tiny):
    quiet, asked = tiny(id_), tiny(id_)
    quiet.learn(64)
    asked.learn(64, callback=lambda agent, _: agent.predict(np.arange(25)) and None)
    asked.predict(3)
    quiet.learn(64, reset_num_timesteps=False)
    asked.learn(64, reset_num_timesteps=False)
    assert np.array_equal(weights(quiet), weights(asked))


def test_without_a_seed_agents_differ(tiny):
    assert not np.array_equal(weights(tiny("sb3/ppo", seed=None)), weights(tiny("sb3/ppo", seed=None)))
    assert tiny("sb3/ppo", seed=None).seed is None


def test_counting_anew_or_on(tiny):
    agent = tiny("sb3/a2c").learn(64)
    agent.learn(64, reset_num_timesteps=False)
    assert agent.num_timesteps == 128
    assert agent.learn(32).num_timesteps == 32
    assert agent.learn(0).num_timesteps == 0
    assert agent.recent_episodes() == (0, (), ())


def test_a_vectorised_environment_of_stable_baselines3_will_do(tiny):
    envs = make_vec_env("CartPole-v1", n_envs=4, seed=0)
    agent = tiny("sb3/ppo", envs).learn(256)
    assert agent.num_timesteps == 256
    assert agent.recent_episodes()[0] >= 4


@pytest.mark.parametrize(
    ("id_", "make", "message"),
    [
        ("sb3/ppo", {"seed": -1}, "seed must be an integer >= 0, got -1"),
        ("sb3/ppo", {"seed": 1 << 32}, r"seed must be less than 2\^32"),
        ("sb3/ppo", {"env": 3}, "env must be a gymnasium.Env, got 3"),
    ],
)
def test_bad_arguments(id_, make, message, tiny):
    with pytest.raises(ValueError, match=message):
        tiny(id_, **make)


def test_an_observation_must_be_in_the_space(tiny):
    with pytest.raises(ValueError, match=r"an observation must be in Discrete\(25\), got 25"):
        tiny("sb3/dqn").predict(25)
