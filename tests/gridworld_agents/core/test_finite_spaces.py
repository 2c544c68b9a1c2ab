"""Over which spaces a table can be kept, and what others are told."""

import gymnasium as gym
import pytest
from gymnasium import spaces

from gridworld_agents.core.finite_spaces import finite_spaces, table_bytes
from gridworld_agents.core.spaces import Actions, Observations


class Env(gym.Env):
    def __init__(self, observation_space, action_space):
        self.observation_space, self.action_space = observation_space, action_space


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ("CartPole-v1", r"x keeps a table and needs Discrete observations.*Box.*sb3/dqn"),
        (gym.make("GridWorld-v0", observation="grid"), r'MultiBinary\(\(5, 5, 4\)\).*observation="state"'),
        (
            gym.make("Pendulum-v1"),
            r"needs Discrete observations, or MultiDiscrete, .*Tuple.*, got Box.*: ddpg, td3 or sb3/sac$",
        ),
        (Env(spaces.Text(3), spaces.Discrete(2)), r"needs Discrete observations, .* got Text\("),
        (Env(spaces.Discrete(4), spaces.Box(0, 1)), "needs Discrete actions, got Box.*: ddpg, td3 or sb3/sac"),
        (
            Env(spaces.MultiDiscrete([100_000, 100_000]), spaces.Discrete(4)),
            "10000000000 observations and 4 actions, more than",
        ),
        (3, "env must be a gymnasium.Env, got 3"),
    ],
)
def test_environments_without_a_table_are_refused(env, message):
    env = gym.make(env) if env == "CartPole-v1" else env
    with pytest.raises(ValueError, match=message):
        finite_spaces("x", env)


def test_all_that_can_be_numbered_has_a_table():
    grid = spaces.Dict(doors=spaces.MultiBinary(2), place=spaces.Tuple((spaces.Discrete(3), spaces.Discrete(4))))
    observations, actions = finite_spaces("x", Env(grid, spaces.Discrete(2, start=1)))
    assert (observations.size, actions.size) == (48, 2)
    assert table_bytes(observations, actions) == 8 * 48 * 2


@pytest.mark.parametrize(
    ("observations", "actions"),
    [
        (spaces.Box(0, 1), spaces.Discrete(2)),
        (spaces.Discrete(2), spaces.MultiBinary(2)),
        (spaces.Discrete(2**31), spaces.Discrete(2)),
    ],
)
def test_a_file_cannot_name_others(observations, actions):
    with pytest.raises(ValueError, match="no table can be kept over"):
        table_bytes(Observations.of(observations), Actions.of(actions))
