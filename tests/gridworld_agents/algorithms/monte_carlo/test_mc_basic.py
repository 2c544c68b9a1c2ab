"""MC Basic: an iteration by hand, and noise. Zhao's figure 5.4 is in examples/figures."""

import gymnasium as gym
import pytest

import gridworld_agents as ga
from gridworld_env import TabularMDP, oracle


def test_an_iteration_by_hand():
    """On `S.T` with two steps an episode: from each pair once, then by the first of the best actions."""
    env = gym.make("GridWorld-v0", layout="S.T", actions="cardinal")
    agent = ga.make("mc-basic", env, seed=0, gamma=0.5, episode_length=2)
    # The first policy goes up and bumps, -1: q is the first reward, and half of a bump.
    while agent.iterations == 0:
        assert (agent.q_values == 0).all()
        agent.learn(1, reset_num_timesteps=False)
    assert agent.q_values[0].tolist() == [-1.5, 0 - 0.5, -1.5, -1.5]
    assert agent.q_values[1].tolist() == [-1.5, 1, -1.5, 0 - 0.5]
    assert (agent.visits == 1).all()


def test_iterations_are_counted():
    env = gym.make("GridWorld-v0", continuing=True)
    agent = ga.make("mc-basic", env, seed=0, gamma=0.9, episode_length=3).learn(125 * 3 * 40)
    assert agent.iterations == 40


def test_noise_needs_more_episodes_from_each_pair():
    env = gym.make("GridWorld-v0", slip=0.2)
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=0.9)
    agent = ga.make("mc-basic", env, seed=0, gamma=0.9, episode_length=60, episodes_per_pair=300)
    while agent.iterations < 6:
        agent.learn(100_000, reset_num_timesteps=False)
    assert mdp.initial @ (best.v - oracle.evaluate(mdp, agent.policy, gamma=0.9)) < 0.05


@pytest.mark.parametrize("id_", ["mc-basic", "mc-exploring-starts"])
@pytest.mark.parametrize(
    ("env_id", "arguments", "message"),
    [
        ("GridWorld-v0", {"episode_length": 0}, "episode_length must be an integer >= 1, got 0"),
        ("GridWorld-v0", {"gamma": 2}, r"gamma must be in \[0, 1\], got 2"),
    ],
)
def test_bad_arguments(id_, env_id, arguments, message):
    with pytest.raises(ValueError, match=message):
        ga.make(id_, gym.make(env_id), **arguments)
