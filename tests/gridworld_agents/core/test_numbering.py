"""Observations of finite spaces get numbers, and nothing outside them does."""

import itertools

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from gridworld_agents.core.finite_spaces import finite_spaces
from gridworld_agents.core.numbering import Numbering

SPACES = [
    spaces.Discrete(5),
    spaces.Discrete(4, start=-2),
    spaces.MultiDiscrete([3, 4]),
    spaces.MultiDiscrete([[2, 3], [2, 1]]),
    spaces.MultiDiscrete([3, 2], start=[1, -1]),
    spaces.Tuple((spaces.Discrete(3), spaces.Discrete(2, start=5), spaces.Discrete(2))),
]


def elements(space):
    """Return every element of a space, the last part counting fastest."""
    if isinstance(space, spaces.Discrete):
        return [np.int64(i) for i in range(space.start, space.start + space.n)]
    if isinstance(space, spaces.Tuple):
        return list(itertools.product(*(elements(part) for part in space)))
    ranges = [range(a, a + n) for a, n in zip(space.start.reshape(-1), space.nvec.reshape(-1), strict=True)]
    return [np.array(parts).reshape(space.nvec.shape) for parts in itertools.product(*ranges)]


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_every_element_has_its_own_number_in_order(space):
    numbering = Numbering.of(space)
    known = elements(space)
    assert all(element in space for element in known)
    assert numbering.size == len(known)
    assert [numbering.number(element) for element in known] == list(range(len(known)))
    singles = [numbering.numbers(element) for element in known]
    assert [int(number) for number in singles] == list(range(len(known)))
    assert all(number.ndim == 0 for number in singles)
    batch = (
        tuple(np.array(part) for part in zip(*known, strict=True))
        if isinstance(space, spaces.Tuple)
        else np.stack(known)
    )
    assert numbering.numbers(batch).tolist() == list(range(len(known)))
    assert (
        Numbering.from_json({name: (list(x) if isinstance(x, tuple) else x) for name, x in numbering.to_json().items()})
        == numbering
    )


def test_positions_have_the_numbers_of_their_states():
    env = gym.make("GridWorld-v0", observation="position")
    numbering = Numbering.of(env.observation_space)
    for state in (0, 7, 22):
        assert numbering.number(env.reset(options={"start": state})[0]) == state


@pytest.mark.parametrize("wrong", [-1, 5, 1.0, "a", None, [0, 5], [[0, 1]], [True], np.array([1.5])], ids=str)
def test_observations_outside_the_space_are_refused(wrong):
    with pytest.raises(ValueError, match=r"integers of shape \(\) from \[0\] to \[4\], or a batch of them, got"):
        Numbering.of(spaces.Discrete(5)).numbers(wrong)


@pytest.mark.parametrize("wrong", [(3, 5, 0), (0, 5), (0, 4, 0), ([0, 1], [5], [0, 0])], ids=str)
def test_tuples_outside_the_space_are_refused(wrong):
    with pytest.raises(ValueError, match=r"integers of shape \(3,\) from \[0, 5, 0\] to \[2, 6, 1\]"):
        Numbering.of(SPACES[-1]).numbers(wrong)


def test_an_empty_batch_is_a_batch():
    assert Numbering.of(spaces.Discrete(5)).numbers(np.zeros(0, np.int64)).shape == (0,)


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ("CartPole-v1", r"x needs? .*Box.*sb3/dqn|x keeps a table and needs Discrete observations.*Box.*sb3/dqn"),
        (gym.make("GridWorld-v0", observation="grid"), r'MultiBinary.*observation="state"'),
        (
            gym.make("Pendulum-v1"),
            r"needs Discrete observations, or MultiDiscrete, or a Tuple of Discrete, got Box.*: ddpg, td3 or sb3/sac$",
        ),
        (3, "env must be a gymnasium.Env, got 3"),
    ],
)
def test_environments_without_a_table_are_refused(env, message):
    env = gym.make(env) if isinstance(env, str) else env
    with pytest.raises(ValueError, match=message):
        finite_spaces("x", env)


class Huge(gym.Env):
    observation_space = spaces.MultiDiscrete([100_000, 100_000])
    action_space = spaces.Discrete(4)


class Continuous(gym.Env):
    observation_space = spaces.Discrete(4)
    action_space = spaces.Box(0, 1)


def test_huge_tables_and_continuous_actions_are_refused():
    with pytest.raises(ValueError, match="10000000000 observations and 4 actions, more than"):
        finite_spaces("x", Huge())
    with pytest.raises(ValueError, match=r"needs Discrete actions, got Box.*: ddpg, td3 or sb3/sac"):
        finite_spaces("x", Continuous())
