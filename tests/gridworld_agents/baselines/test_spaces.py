"""Which spaces an agent takes, and what network it has for them."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

import gridworld_agents as ga


class Noise(gym.Env):
    """Shows samples of its space, whatever is done."""

    def __init__(self, observations, actions):
        self.observation_space, self.action_space = observations, actions
        self.steps = 0

    def reset(self, *, seed=None, options=None):  # noqa: ARG002
        if seed is not None:
            self.observation_space.seed(seed)
        self.steps = 0
        return self.observation_space.sample(), {}

    def step(self, action):
        assert self.action_space.contains(action)
        self.steps += 1
        return self.observation_space.sample(), 1.0, False, self.steps == 4, {}


SMALL = spaces.Box(0, 255, (8, 8, 3), np.uint8)
LARGE = spaces.Box(0, 255, (36, 40, 3), np.uint8)
VECTOR = spaces.Box(-1, 1, (3,))
TWO = spaces.Discrete(2)


@pytest.mark.parametrize(
    ("observations", "policy"),
    [
        (VECTOR, "ActorCriticPolicy"),
        (spaces.Box(0, 1, (4, 4, 2)), "ActorCriticPolicy"),
        (spaces.MultiDiscrete([3, 4]), "ActorCriticPolicy"),
        (spaces.MultiBinary(3), "ActorCriticPolicy"),
        (SMALL, "ActorCriticPolicy"),  # too small for the convolutions
        (LARGE, "ActorCriticCnnPolicy"),
        (spaces.Dict({"a": VECTOR, "b": spaces.Discrete(3)}), "MultiInputActorCriticPolicy"),
    ],
)
def test_the_policy_suits_the_observations(observations, policy, tiny):
    agent = tiny("sb3/ppo", Noise(observations, TWO)).learn(32)
    assert agent.model.policy_class.__name__ == policy
    observation = observations.sample()
    assert agent.predict(observation, deterministic=True)[0] in TWO


def test_a_policy_that_is_named_is_taken(tiny):
    agent = tiny("sb3/ppo", Noise(LARGE, TWO), policy="MlpPolicy")
    assert agent.model.policy_class.__name__ == "ActorCriticPolicy"
    with pytest.raises(ValueError, match=r"refuses the environment or a hyper-parameter: Policy Nonsense unknown"):
        tiny("sb3/ppo", policy="Nonsense")


@pytest.mark.parametrize(
    "observation", ["state", "position", "grid", "local"], ids=lambda observation: f"observation={observation}"
)
def test_every_observation_of_grid_worlds(observation, tiny, make_env):
    agent = tiny("sb3/dqn", make_env("sb3/dqn", observation=observation)).learn(32)
    seen, _ = agent.env.reset(seed=0)
    agent.env.step(agent.predict(seen)[0])


@pytest.mark.parametrize("actions", [TWO, spaces.MultiDiscrete([2, 3]), spaces.MultiBinary(2), spaces.Box(-2, 2, (2,))])
@pytest.mark.parametrize("id_", ["sb3/ppo", "sb3/a2c"])
def test_all_actions_in_the_dtype_of_their_space(id_, actions, tiny):
    agent = tiny(id_, Noise(VECTOR, actions)).learn(32)
    for deterministic in (True, False):
        action, _ = agent.predict(VECTOR.sample(), deterministic=deterministic)
        assert actions.contains(action)
        assert action.dtype == actions.dtype
    assert agent.recent_episodes()[1:] == ((4.0,) * 8, (4,) * 8)


@pytest.mark.parametrize(
    ("id_", "space", "message"),
    [
        ("sb3/dqn", "Pendulum-v1", r"sb3/dqn cannot handle the action space Box\(-2.0, 2.0, \(1,\), float32\): it "),
        ("sb3/qrdqn", "Pendulum-v1", "it needs Discrete; sb3/a2c, sb3/ddpg, sb3/ppo, sb3/sac, sb3/td3, sb3/trpo can"),
        ("sb3/maskable-ppo", "Pendulum-v1", "it needs Discrete or MultiDiscrete or MultiBinary; sb3/a2c, .* can"),
        ("sb3/ddpg", "CartPole-v1", r"cannot handle the action space Discrete\(2\): it needs Box; sb3/a2c, sb3/dqn, "),
        ("sb3/sac", "GridWorld-v0", r"sb3/sac cannot handle the action space Discrete\(5\)"),
        ("sb3/ppo", "Blackjack-v1", r"cannot handle the observation space Tuple\(.*FlattenObservation"),
        ("sb3/maskable-ppo", "CartPole-v1", r"needs an environment with a method action_masks\(\), which .* lacks"),
    ],
)
def test_what_does_not_suit_is_refused(id_, space, message):
    with pytest.raises(ValueError, match=message) as caught:
        ga.make(id_, gym.make(space))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("observations", "actions", "message"),
    [
        (VECTOR, spaces.Text(3), "no agent of Stable-Baselines3 can"),
        (VECTOR, spaces.Discrete(2, start=1), r"the action space Discrete\(2, start=1\): its numbers must start at 0"),
        (spaces.Discrete(2, start=1), TWO, "the observation space .*: its numbers must start at 0"),
        (spaces.Dict({"a": spaces.Dict({"b": VECTOR})}), TWO, "cannot handle the observation space"),
        (VECTOR, spaces.Box(-np.inf, np.inf, (1,)), "must have a finite lower and upper bound"),
    ],
)
def test_odd_spaces_are_refused(observations, actions, message):
    with pytest.raises(ValueError, match=message):
        ga.make("sb3/ppo", Noise(observations, actions))
