"""Maps of one environment are drawn on one colour scale: a bad agent's does not look like a good one's."""

import types

import gymnasium as gym
import numpy as np
import pytest

from gridworld_agents.evaluation.judge import Judge
from gridworld_agents.evaluation.watching import show_beliefs, value_range_of
from gridworld_env import rendering
from gridworld_env.rendering.ground import colours_of, scale_of

GAMMA = 0.9


def acting(actions):
    actions = np.asarray(actions)
    return types.SimpleNamespace(predict=lambda s, *_, deterministic=True: (actions[s], None))  # noqa: ARG005


@pytest.fixture
def env():
    return gym.make("GridWorld-v0", render_mode="rgb_array")


def drawn(env, agent, value_range):
    show_beliefs(agent, env, "it", GAMMA, value_range)
    scene = env.unwrapped.scene_of()
    return scene, scale_of(scene), colours_of(scene, scale_of(scene))


def test_equal_values_have_equal_colours_and_a_bad_map_looks_bad(env):
    judge = Judge(env, GAMMA)
    good, bad = acting(judge.best.policy.argmax(axis=1)), acting(np.full(25, 4))
    span = value_range_of([good, bad], env, GAMMA)
    (one, first, colours), (other, second, others) = (drawn(env, agent, span) for agent in (good, bad))
    assert (first.low, first.high) == (second.low, second.high) == span
    shown = judge.states_within_reach()
    assert span == (min(one.values[shown].min(), other.values[shown].min()), judge.best.v[shown].max())
    order = np.argsort(np.concatenate([one.values[shown], other.values[shown]]))
    light = np.concatenate([colours[shown], others[shown]]) @ [0.299, 0.587, 0.114]  # viridis grows lighter throughout
    assert (np.diff(light[order]) >= -1).all()
    env.unwrapped.overlay(value_range=None)
    _, own, alone = drawn(env, bad, None)
    assert own.high < span[1]
    assert (alone[shown] @ [1, 1, 1]).max() > (others[shown] @ [1, 1, 1]).max()  # on a scale of its own it looked good


def test_without_a_model_there_is_no_scale():
    env = gym.make("CartPole-v1")
    assert value_range_of([acting([0])], env, GAMMA) is None


def test_what_lies_beyond_the_scale_has_the_colour_of_its_end():
    values = np.linspace(-5, 5, 25)
    scene = rendering.Scene(layout="book", values=values, value_range=(-1.0, 1.0))
    colours = colours_of(scene, scale_of(scene))
    below, above = values < -1, values > 1
    assert len(np.unique(colours[below], axis=0)) == len(np.unique(colours[above], axis=0)) == 1
    assert rendering.Painter().frame(scene).shape[2] == 3


@pytest.mark.parametrize("wrong", [(1.0, 0.0), (0.0,), (0.0, np.nan), "ab", 3])
def test_a_scale_that_is_none_is_refused(wrong, env):
    with pytest.raises(ValueError, match="value_range must be two finite numbers, the lower first, got"):
        env.unwrapped.overlay(value_range=wrong)
