"""Stable-Baselines3 runs our agents without adapters."""

import gymnasium as gym
import pytest

import gridworld_agents as ga

evaluation = pytest.importorskip("stable_baselines3.common.evaluation")


@pytest.mark.filterwarnings("ignore:Evaluation environment is not wrapped:UserWarning")
@pytest.mark.parametrize(
    ("id_", "arguments", "expected"),
    [("optimal", {}, -13), ("q-learning", {"alpha": 1, "epsilon": 0.5}, -13)],
)
def test_its_evaluation_runs_them(id_, arguments, expected):
    env = gym.make("GridWorld/Cliff-v0")
    agent = ga.make(id_, env, seed=0, **arguments).learn(200_000)
    mean, spread = evaluation.evaluate_policy(agent, gym.make("GridWorld/Cliff-v0"), n_eval_episodes=5)
    assert mean == expected
    assert spread == 0


@pytest.mark.filterwarnings("ignore:Evaluation environment is not wrapped:UserWarning")
@pytest.mark.parametrize("deterministic", [True, False])
@pytest.mark.parametrize(
    ("id_", "env_id", "arguments"),
    [
        ("random", "GridWorld-v0", {}),
        ("sarsa", "GridWorld-v0", {"observation": "position"}),
        ("mc-epsilon-greedy", "FrozenLake-v1", {}),
        ("mc-epsilon-greedy", "Blackjack-v1", {}),
        ("random", "CartPole-v1", {}),
    ],
)
def test_on_any_space(id_, env_id, arguments, deterministic):
    env = gym.make(env_id, **arguments)
    agent = ga.make(id_, env, seed=0).learn(300)
    returns, lengths = evaluation.evaluate_policy(
        agent, env, n_eval_episodes=7, deterministic=deterministic, return_episode_rewards=True
    )
    assert len(returns) == len(lengths) == 7
    assert min(lengths) >= 1
