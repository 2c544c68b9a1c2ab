"""Whatever an environment returns is checked before it reaches an agent, in every way in which it could."""

import re

import gymnasium as gym
import numpy as np
import odd_environments as odd
import pytest
from gymnasium import spaces, wrappers
from odd_environments import Returning

import gridworld_agents as ga
from gridworld_agents.core.spaces import Observations
from gridworld_agents.evaluation.watching import episodes_of


def learn(agent_id, **hyper_parameters):
    return lambda env: ga.make(agent_id, env, seed=0, **hyper_parameters).learn(20)


def play(env):
    return ga.evaluate(ga.make("q-learning", env, seed=0), env, 3, seed=0)


def watch(env):
    env.render = lambda: None
    return list(episodes_of(ga.make("q-learning", env, seed=0), env, 3, seed=0))


def collect(env):
    return ga.collect(env, steps=20, seed=0)


def collect_by_table(env):
    return ga.collect(env, np.full((Observations.of(env.observation_space).size, 2), 0.5), steps=20, seed=0)


WAYS = {"q-learning": learn("q-learning"), "spsa": learn("spsa")}
WAYS |= {"ppo": learn("ppo", num_envs=1, num_steps=8, batch_size=8, epochs=1, hidden=(4,))}
WAYS |= {"evaluate": play, "watch": watch, "collect": collect, "collect by a table": collect_by_table}
PAYING = [way for way in WAYS if way != "watch"]
LOGGED = {"Discrete", "MultiDiscrete", "MultiBinary", "Tuple", "Box"}


def name(x):
    return re.sub(r"\W+", "_", str(x))[:40]


def ways(space):
    known = Observations.of(space)
    logged = known.kind in LOGGED
    return [
        way
        for way in WAYS
        if (logged or not way.startswith("collect")) and (known.size is not None or way in {"spsa", "ppo", "collect"})
    ]


def refused(way, env, *named):
    with pytest.raises(ValueError, match=type(env.unwrapped).__name__) as told:
        WAYS[way](env)
    message = str(told.value)
    assert "\n" not in message.replace("\n ", " ")  # but for the arrays that NumPy breaks
    for one in named:
        assert str(one) in message
    return message


OUTSIDE = [*odd.OUTSIDE, *odd.OUTSIDE_BOXES]
AT_RESET = [
    pytest.param(space, value, True, marks=[] if all(space is not one for one, _ in OUTSIDE[:i]) else pytest.mark.slow)
    for i, (space, value) in enumerate(OUTSIDE)
]
"""Fast is one value of each space: observations of `reset` are read by the same functions as those of `step`."""


@pytest.mark.parametrize(
    ("space", "value", "first"), [*((*one, False) for one in OUTSIDE), *AT_RESET], ids=lambda x: name(str(x))
)
def test_what_is_not_in_the_space_is_refused_with_environment_space_and_value(space, value, first):
    for way in ways(space):
        env = Returning(space, first=[value]) if first else Returning(space, observation=value)
        refused(way, env, Observations.of(space).name)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", [10, -1, 0.6, "up", np.array([1, 2])], ids=name)
def test_the_value_is_told(way, value):
    assert repr(value) in refused(way, Returning(observation=value))


@pytest.mark.parametrize("way", PAYING)
@pytest.mark.parametrize("r", odd.REWARDS, ids=name)
def test_a_reward_is_a_finite_number(way, r):
    message = refused(way, Returning(reward=r), "reward")
    assert str(r) in message or repr(r) in message


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("which", ["terminated", "truncated"])
def test_flags_are_true_or_false(way, which):
    for value in odd.FLAGS:
        refused(way, Returning(**{which: value}), which, repr(value))


@pytest.mark.parametrize("way", WAYS)
def test_infos_are_mappings(way):
    for value in odd.INFOS:
        refused(way, Returning(info=value), "info")


@pytest.mark.parametrize("way", WAYS)
def test_numbers_and_flags_of_other_types_are_taken(way):
    for r in (1, True, np.float32(1), np.int8(1), np.bool_(True), np.array(1.0), np.array(1)):
        for end in (1, np.bool_(True), np.int64(1), np.array(True)):
            WAYS[way](Returning(reward=r, terminated=end))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", odd.OTHER_INTERFACES)
@pytest.mark.parametrize("wrap", [None, lambda env: wrappers.TimeLimit(env, 9), wrappers.RecordEpisodeStatistics])
def test_environments_of_another_interface_are_told_what_it_is(way, kind, wrap):
    env = kind() if wrap is None else wrap(kind())
    message = refused(way, env, "must return", "shimmy")
    assert "\n" not in message


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")  # of Gymnasium's checker
@pytest.mark.parametrize("kind", odd.OTHER_INTERFACES)
def test_what_make_puts_around_them_changes_nothing(kind):
    gym.register("Old-v0", kind, max_episode_steps=20)
    try:
        refused("q-learning", gym.make("Old-v0"), "must return", "shimmy", "Old-v0")
    finally:
        del gym.registry["Old-v0"]


class OwnError(Exception):
    """What no library knows."""


class Failing(Returning):
    def step(self, action):  # noqa: ARG002 - Gymnasium's signature
        raise OwnError("out of fuel") if self.steps else ValueError("not enough values to unpack (expected 5, got 4)")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wrap", [lambda env: env, lambda env: wrappers.TimeLimit(env, 9)])
@pytest.mark.parametrize("steps", [0, 1])
def test_what_an_environment_raises_itself_passes_as_it_is(way, wrap, steps):
    env = Failing()
    env.steps = steps
    with pytest.raises(OwnError if steps else ValueError, match=r"^(out of fuel|not enough values .*got 4\))$"):
        WAYS[way](wrap(env))


ADVICE = re.compile(r"gymnasium\.wrappers\.Transform\w+\(env, .*\)$")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", [*odd.ONE_ARRAY, *odd.INTEGRAL, {"state": 1}], ids=name)
def test_the_advice_for_an_observation_works(way, value):
    env = Returning(spaces.Discrete(10), first=[value], observation=value)
    env.observation_space.sample = lambda: value  # before its third step too
    advice = ADVICE.search(refused(way, env)).group()
    WAYS[way](eval(advice, {"gymnasium": gym, "env": env}))  # noqa: S307 - what the message says


@pytest.mark.parametrize("way", PAYING)
@pytest.mark.parametrize("value", [np.array([1.0]), np.array([[1.0]]), [1.0], "1.0", {"r": 1.0}], ids=name)
def test_the_advice_for_a_reward_works(way, value):
    env = Returning(reward=value)
    advice = ADVICE.search(refused(way, env)).group()
    env = Returning(reward=value)
    env.steps = odd.FIRST_FAULT
    WAYS[way](eval(advice, {"gymnasium": gym, "env": env}))  # noqa: S307


def test_reset_and_step_in_one_is_told():
    assert "(observation, info), which only reset returns" in refused("q-learning", Returning(observation=(1, {})))


class Corridor(gym.Env):
    """Declares the states 0 to 9 and shows 1 to 11."""

    observation_space, action_space = spaces.Discrete(10), spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.x = 1
        return 1, {}

    def step(self, a):
        self.x = min(11, self.x + 1) if a else max(1, self.x - 1)
        return self.x, float(self.x == 11), self.x == 11, False, {}


def test_a_run_is_as_after_its_last_whole_step(tabular_id):
    agent = ga.make(tabular_id, Corridor(), seed=0, gamma=0.9)
    with pytest.raises(ValueError, match=r"Corridor.*Discrete\(10\).*got 10"):
        agent.learn(10_000)
    steps = agent.num_timesteps
    assert 0 < steps < 10_000
    agent.learn(5, reset_num_timesteps=False)  # in another episode
    assert agent.num_timesteps == steps + 5


def test_numbers_too_large_for_single_precision_are_called_so():
    space = spaces.Box(-np.inf, np.inf, (2,), np.float64)
    message = refused("ppo", Returning(space, observation=np.array([1e300, 0])))
    assert "single precision" in message
    assert "single precision" not in refused("ppo", Returning(space, observation=np.array([np.nan, 0])))
    WAYS["spsa"](Returning(space, observation=np.array([1e300, 0])))
