"""The agents that others are measured against."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle


def episode(env, agent, seed):
    observation, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        action, _ = agent.predict(observation, deterministic=True)
        observation, r, terminated, truncated, _ = env.step(action)
        total, over = total + r, terminated or truncated
    return total


@pytest.mark.parametrize("gamma", [0.9, 1.0])
@pytest.mark.parametrize(
    ("env_id", "best"),
    [
        ("GridWorld-v0", 1),
        ("GridWorld/Cliff-v0", -13),
        ("GridWorld/Windy-v0", -15),
        ("GridWorld/DynaMaze-v0", 1),
        ("CliffWalking-v1", -13),
    ],
)
def test_the_optimum_is_reached(env_id, best, gamma):
    """Undiscounted too, where wandering for free is as good as arriving."""
    env = gym.make(env_id)
    assert episode(env, ga.make("optimal", env, gamma=gamma), seed=0) == best


def test_its_tables_are_the_oracles():
    env = gym.make("GridWorld-v0", slip=0.1)
    best = oracle.optimal(TabularMDP.from_env(env), gamma=0.9)
    agent = ga.make("optimal", env, gamma=0.9)
    assert (agent.q_values == best.q).all()
    assert (agent.values == best.v).all()
    assert (agent.policy == best.policy).all()
    assert (agent.predict(np.arange(25))[0] == best.policy.argmax(axis=1)).all()


def test_undiscounted_it_takes_tied_actions_only():
    env = gym.make("FrozenLake-v1")
    agent = ga.make("optimal", env, gamma=1.0)
    chosen = agent.predict(np.arange(16))[0]
    assert (agent.policy[np.arange(16), chosen] > 0).all()
    greedy = np.eye(4)[chosen]
    v = oracle.evaluate(TabularMDP.from_env(env), greedy, gamma=1.0)
    assert v[0] == pytest.approx(14 / 17, abs=1e-9)


@pytest.mark.parametrize(
    ("env", "message"),
    [
        (lambda: gym.make("Blackjack-v1"), "has no exact model"),
        (lambda: gym.make("CartPole-v1"), "needs Discrete observations"),
        (lambda: gym.make("GridWorld/Random-v0", observation="position"), "needs observations that tell the state"),
    ],
)
def test_it_needs_a_model(env, message):
    with pytest.raises(ValueError, match=message):
        ga.make("optimal", env())


@pytest.mark.parametrize("id_", ["optimal", "random"])
def test_learning_counts_and_calls(id_):
    agent = ga.make(id_, gym.make("GridWorld-v0"), seed=0)
    seen = []
    agent.learn(1000, callback=lambda _, progress: seen.append(progress.num_timesteps))
    assert agent.learn(500, reset_num_timesteps=False).num_timesteps == 1500
    assert seen[-1] == 1000
    assert agent.recent_episodes() == (0, (), ())


def test_the_optimum_from_a_file(tmp_path):
    env = gym.make("FrozenLake-v1")
    agent = ga.make("optimal", env, gamma=1.0)
    agent.save(tmp_path / "a.zip")
    loaded = ga.load(tmp_path / "a.zip")
    assert (loaded.q_values == agent.q_values).all()
    assert (loaded.predict(np.arange(16))[0] == agent.predict(np.arange(16))[0]).all()
    with pytest.raises(ValueError, match="env must have the spaces"):
        ga.load(tmp_path / "a.zip", gym.make("GridWorld-v0"))


@pytest.mark.parametrize("env_id", ["GridWorld-v0", "CartPole-v1", "Pendulum-v1", "Blackjack-v1"])
def test_random_actions_anywhere(env_id):
    env = gym.make(env_id)
    agent, again = (ga.make("random", env, seed=3) for _ in range(2))
    observation, _ = env.reset(seed=0)
    actions = [agent.predict(observation)[0] for _ in range(20)]
    assert all(action in env.action_space for action in actions)
    assert np.array_equal(actions, [again.predict(observation)[0] for _ in range(20)])
    batch = (
        tuple(np.array([part] * 4) for part in observation)
        if isinstance(observation, tuple)
        else np.stack([observation] * 4)
    )
    together, _ = agent.predict(batch)
    assert together.shape == (4, *env.action_space.shape)
    assert together.dtype == env.action_space.dtype


def test_random_actions_are_uniform():
    env = gym.make("GridWorld-v0")
    agent = ga.make("random", env, seed=0)
    actions, _ = agent.predict(np.zeros(20_000, np.int64))
    assert np.abs(np.bincount(actions, minlength=5) / 20_000 - 0.2).max() < 0.012  # 4 standard deviations
    assert (agent.policy == 0.2).all()
    with pytest.raises(ValueError, match=r"no \(S, A\) policy over Box"):
        _ = ga.make("random", gym.make("CartPole-v1")).policy


def test_random_goes_on_from_a_file(tmp_path):
    env = gym.make("Pendulum-v1")
    agent = ga.make("random", env, seed=0)
    observation, _ = env.reset(seed=0)
    agent.predict(observation)
    agent.save(tmp_path / "a.zip")
    loaded = ga.load(tmp_path / "a.zip", env)
    assert np.array_equal(agent.predict(observation)[0], loaded.predict(observation)[0])
    with pytest.raises(ValueError, match="pass env to load"):
        ga.load(tmp_path / "a.zip")
