"""What an environment returns is checked before Stable-Baselines3 sees it, as it is for our own agents."""

import gymnasium as gym
import numpy as np
import odd_environments as odd
import pytest
from gymnasium import spaces, wrappers
from odd_environments import Returning
from stable_baselines3.common.monitor import Monitor

import gridworld_agents as ga
from gridworld_agents.baselines.checked import CheckedEnv, checked
from gridworld_agents.core.spaces import Observations
from gridworld_env import protocol

STEPS = {"n_steps": 8, "batch_size": 8, "n_epochs": 1, "policy_kwargs": {"net_arch": [2]}}


def told(env, **arguments):
    agent = ga.make("sb3/ppo", env, seed=0, **STEPS, **arguments)
    with pytest.raises(ValueError, match=type(env.unwrapped).__name__) as error:
        agent.learn(20)
    return str(error.value)


def one_of_each():
    """Return for every space that Stable-Baselines3 takes a value that is not in it."""
    pairs = {Observations.of(space).name: (space, value) for space, value in (*odd.OUTSIDE, *odd.OUTSIDE_BOXES)}
    return [pair for pair in pairs.values() if pair[0] != odd.LATE and not isinstance(pair[0], spaces.Tuple)]


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("value", [10, -1, 0.6, "up", None, np.array([1]), (1, {}), {"state": 1}], ids=str)
def test_an_observation_outside_its_space_is_told_with_the_space(value, first):
    env = Returning(first=[value]) if first else Returning(observation=value)
    message = told(env)
    assert "Discrete(10)" in message
    assert "mend the environment" in message


@pytest.mark.parametrize(("space", "value"), one_of_each(), ids=lambda x: type(x).__name__)
def test_every_space_is_checked(space, value):
    assert Observations.of(space).name in told(Returning(space, observation=value))


@pytest.mark.parametrize("r", odd.REWARDS, ids=str)
def test_a_reward_is_a_finite_number(r):
    assert "reward" in told(Returning(reward=r))


@pytest.mark.parametrize("which", ["terminated", "truncated", "info"])
def test_flags_and_infos(which):
    assert which in told(Returning(**{which: "False"}))


@pytest.mark.parametrize("wrap", [lambda env: env, lambda env: wrappers.TimeLimit(env, 9), Monitor])
@pytest.mark.parametrize("kind", odd.OTHER_INTERFACES)
def test_another_interface_is_told_in_one_line(kind, wrap):
    message = told(wrap(kind()))
    assert "must return" in message
    assert "shimmy" in message
    assert "\n" not in message


class OwnError(Exception):
    """What no library knows."""


class Failing(Returning):
    def step(self, action):  # noqa: ARG002 - Gymnasium's signature
        raise OwnError("out of fuel")


def test_what_an_environment_raises_itself_passes_as_it_is():
    with pytest.raises(OwnError, match="out of fuel"):
        ga.make("sb3/ppo", Failing(), seed=0, **STEPS).learn(20)


def test_copies_are_checked_too():
    gym.register("Wrong-v0", lambda: Returning(reward=float("nan")), max_episode_steps=20)
    try:
        agent = ga.make("sb3/ppo", gym.make("Wrong-v0"), seed=0, num_envs=2, **STEPS)
        with pytest.raises(ValueError, match=r"Returning.*non-finite reward"):
            agent.learn(20)
    finally:
        del gym.registry["Wrong-v0"]


def test_nothing_but_the_checks_is_added():
    env = gym.make("GridWorld-v0", slip=0.3)
    around, alone = checked(env), gym.make("GridWorld-v0", slip=0.3)
    assert around.reset(seed=3, options={"start": 4})[0] == alone.reset(seed=3, options={"start": 4})[0]
    for action in (0, 1, 2, 3, 4):
        assert around.step(action)[:4] == alone.step(action)[:4]
    np.testing.assert_array_equal(around.get_wrapper_attr("action_masks")(), alone.unwrapped.action_masks())
    assert protocol.unknown_wrapper(around) is None
    agent = ga.make("sb3/ppo", env, seed=0, **STEPS)
    assert agent.env is env
    assert isinstance(agent.model.get_env().envs[0].env, CheckedEnv)
    assert checked("what is no environment") == "what is no environment"
