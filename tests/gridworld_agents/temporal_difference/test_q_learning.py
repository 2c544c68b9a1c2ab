"""Q-learning: one update by hand, and the exact optimum."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.temporal_difference.q_learning import QLearning, observe
from gridworld_env import TabularMDP, oracle


def one_update(*, terminated, truncated, alpha=0.5):
    """Return q(0, 1) after a step (s, a, r, s_next) = (0, 1, 3, 2), from 10, where max_b q(2, b) is 7; gamma 0.9."""
    agent = ga.make("q-learning", gym.make("FrozenLake-v1"), seed=0, alpha=alpha, gamma=0.9)
    memory = agent.memory
    memory.q[0, 1] = 10
    memory.q[2] = [1, 7, 2, 3]
    before = memory.q.copy()
    observe(memory, 0, 1, 3.0, 2, -1, terminated, truncated, agent.params, agent.rng)
    changed = memory.q != before
    assert changed.sum() == changed[0, 1] == 1
    assert (memory.visits.sum(), memory.visits[0, 1], memory.steps[0]) == (1, 1, 1)
    return memory.q[0, 1]


def test_one_update_by_hand():
    assert one_update(terminated=False, truncated=False) == pytest.approx(10 + 0.5 * (3 + 0.9 * 7 - 10), abs=1e-15)
    assert one_update(terminated=False, truncated=False, alpha="visits") == pytest.approx(3 + 0.9 * 7, abs=1e-15)


def test_nothing_follows_a_termination_and_something_a_truncation():
    assert one_update(terminated=True, truncated=False) == 10 + 0.5 * (3 - 10)
    assert one_update(terminated=True, truncated=True) == 10 + 0.5 * (3 - 10)
    assert one_update(terminated=False, truncated=True) == one_update(terminated=False, truncated=False)


def test_it_chooses_after_the_update():
    assert QLearning.next_action_first is False


@pytest.mark.parametrize("arguments", [{}, {"continuing": True}, {"reward_forbidden": -10}])
def test_the_exact_optimum_of_a_deterministic_world(arguments):
    env = gym.make("GridWorld-v0", **arguments)
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=0.9)
    agent = ga.make("q-learning", env, seed=0, alpha=1, gamma=0.9, epsilon=1).learn(200_000)
    tried = agent.visits > 0
    assert tried.all(axis=1).sum() == (25 if arguments.get("continuing") else 24)
    assert np.abs(agent.q_values - best.q)[tried].max() < 1e-6
    assert (best.v - oracle.evaluate(mdp, agent.policy, gamma=0.9))[tried.any(axis=1)].max() < 1e-6


def test_the_optimal_policy_of_a_slippery_world():
    env = gym.make("GridWorld-v0", slip=0.2)
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=0.9)
    arguments = {"alpha": "visits:10:9", "epsilon": 0.5, "gamma": 0.9}
    agent = ga.make("q-learning", env, seed=0, **arguments).learn(5_000_000)
    assert np.abs(agent.q_values - best.q)[agent.visits > 10_000].max() < 0.05
    assert (best.v - oracle.evaluate(mdp, agent.policy, gamma=0.9)).max() < 0.02


def test_the_books_path():
    """Fig. 7.3: from the top left, 11 steps and a return of -10."""
    rewards = {"reward_target": 0, "reward_forbidden": -10, "reward_boundary": -10, "reward_step": -1}
    layout = "S....\n.FF..\n..F..\n.FTF.\n.F..."
    env = gym.make("GridWorld-v0", layout=layout, max_episode_steps=1000, **rewards)
    lengths = []
    for seed in range(20):
        agent = ga.make("q-learning", env, seed=seed, alpha=0.1, epsilon=0.1, gamma=0.9)
        while agent.recent_episodes()[0] < 500:
            agent.learn(100, reset_num_timesteps=False)
        lengths.append(np.mean(agent.recent_episodes()[2]))
    assert 11.5 < np.mean(lengths) < 13.1  # about 12.3 by the book's page; 20 seeds of 100 episodes: error 0.1
