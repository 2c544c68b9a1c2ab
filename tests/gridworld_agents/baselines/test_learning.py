"""What is learned: the optimum of something trivial, and never by a masked action."""

import gymnasium as gym
import numpy as np
import pytest
from sb3_contrib.common.maskable.evaluation import evaluate_policy

import gridworld_agents as ga
from gridworld_agents.evaluation.judge import judge_for


@pytest.mark.parametrize(
    ("id_", "steps", "hyper_parameters"),
    [
        ("sb3/ppo", 2048, {"n_steps": 128, "batch_size": 64, "n_epochs": 4, "learning_rate": 0.01}),
        pytest.param(
            *("sb3/dqn", 2000, {"learning_starts": 100, "target_update_interval": 100, "learning_rate": 0.005}),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_optimum_of_a_corridor(id_, steps, hyper_parameters):
    env = gym.make("GridWorld-v0", layout="S..T", actions="cardinal", reward_step=-0.1, max_episode_steps=30)
    agent = ga.make(id_, env, seed=0, gamma=0.9, policy_kwargs={"net_arch": [16]}, **hyper_parameters)
    judge = judge_for(env, agent)
    assert judge.gamma == 0.9
    agent.learn(steps)
    assert judge.gap(agent) == pytest.approx(0, abs=1e-9)


class Watched(gym.Wrapper):
    """Counts actions that the mask of the state rules out."""

    masked = steps = 0

    def step(self, action):
        self.masked += not self.env.unwrapped.action_masks()[action]
        self.steps += 1
        return super().step(action)


def test_masked_actions_are_never_taken(tiny, make_env):
    env = Watched(make_env("sb3/maskable-ppo"))
    agent = tiny("sb3/maskable-ppo", env).learn(512)
    assert (env.steps, env.masked) == (512, 0)
    plain = Watched(make_env("sb3/ppo"))
    tiny("sb3/ppo", plain).learn(512)
    assert plain.masked > 0
    for deterministic in (True, False):
        for only in range(5):
            mask = np.arange(5) == only
            assert agent.predict(0, deterministic=deterministic, action_masks=mask)[0] == only
    several = agent.predict(np.arange(5), action_masks=np.eye(5, dtype=bool))[0]
    assert several.tolist() == [0, 1, 2, 3, 4]
    assert agent.predict(0)[0] in range(5)
    checked = Watched(make_env("sb3/maskable-ppo"))
    evaluate_policy(agent, checked, n_eval_episodes=3, warn=False)
    assert (checked.masked, checked.steps > 0) == (0, True)
