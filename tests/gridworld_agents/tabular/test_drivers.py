"""Learning on the model and learning step by step are the same, bit for bit."""

import dataclasses

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from gymnasium.wrappers import RecordEpisodeStatistics

import gridworld_agents as ga
from gridworld_agents.core import registry
from gridworld_agents.core.checkpoint import flatten
from gridworld_env import Layout

SMALL = ["...", "..T"]
ENVS = {
    "book": ("GridWorld-v0", {}),
    "slip": ("GridWorld-v0", {"slip": 0.3}),
    "one start": ("GridWorld-v0", {"layout": ["S.F.", ".#..", "...T"], "slip": 0.2}),
    "truncated": ("GridWorld-v0", {"slip": 0.2, "max_episode_steps": 7}),
    "continuing": ("GridWorld-v0", {"layout": SMALL, "continuing": True, "slip": 0.1}),
    "no limit": ("GridWorld-v0", {"layout": SMALL, "continuing": True, "max_episode_steps": -1}),
    "bank": ("GridWorld/Random-v0", {"slip": 0.2, "num_layouts": 3}),
    "wind": ("GridWorld/Windy-v0", {"stochastic_wind": True}),
    "cliff": ("GridWorld/Cliff-v0", {}),
    "random walk": ("GridWorld/RandomWalk-v0", {}),
}


def learner_state(agent):
    """Return all that learning changes, with the episode's room cut off."""
    arrays = {name: array.tolist() for name, array in flatten(agent.trees()).items()}
    return arrays, agent.env_state, agent.rng.bit_generator.state, agent.num_timesteps


def where(env):
    return env.unwrapped.state, env.unwrapped.np_random.bit_generator.state


@pytest.mark.axes(  # agents see steps, whatever the environment; one agent of each driver's ways with them meets all
    {"tabular_id": ["q-learning", "sarsa", "mc-epsilon-greedy", "td0"], "name": ["truncated", "bank"]}
)
@pytest.mark.parametrize("name", ENVS)
def test_both_drivers_do_the_same(tabular_id, name):
    env_id, arguments = ENVS[name]
    env, stepped = gym.make(env_id, **arguments), RecordEpisodeStatistics(gym.make(env_id, **arguments))
    known = {field.name for field in dataclasses.fields(registry.find(tabular_id).load().Config)}
    schedule = {"epsilon": "linear:1:0.1:1000"} if "epsilon" in known else {}
    one, other = (ga.make(tabular_id, which, seed=3, gamma=0.95, **schedule) for which in (env, stepped))
    assert one.compiled
    assert not other.compiled
    for steps in (1500, 501):
        one.learn(steps, reset_num_timesteps=False)
        other.learn(steps, reset_num_timesteps=False)
        assert learner_state(one) == learner_state(other)
        assert where(env) == where(stepped)
    assert one.visits.sum() > 0 or name == "no limit"  # where Monte Carlo waits for an end that does not come
    actions = np.random.default_rng(0).integers(0, env.action_space.n, 30)
    for action in actions:  # the time limit stands alike too
        ours, theirs = env.step(action), stepped.step(action)
        assert ours[:4] == theirs[:4]
        if ours[2] or ours[3]:
            assert env.reset()[0] == stepped.reset()[0]


def test_the_position_as_observation_learns_the_same_table():
    state = ga.make("q-learning", gym.make("GridWorld-v0", slip=0.2), seed=0).learn(2000)
    position = ga.make("q-learning", gym.make("GridWorld-v0", slip=0.2, observation="position"), seed=0).learn(2000)
    assert state.compiled
    assert not position.compiled
    assert (state.q_values == position.q_values).all()


class Reversed(gym.ObservationWrapper):
    def __init__(self, env):
        super().__init__(env)
        self.observation_space = spaces.Discrete(25, start=10)

    def observation(self, observation):
        return 34 - observation


class Shifted(gym.ActionWrapper):
    def __init__(self, env):
        super().__init__(env)
        self.action_space = spaces.Discrete(5, start=-2)

    def action(self, action):
        return action + 2


def test_spaces_that_start_elsewhere():
    plain = ga.make("sarsa", gym.make("GridWorld-v0", slip=0.2), seed=0).learn(2000)
    env = Shifted(Reversed(gym.make("GridWorld-v0", slip=0.2)))
    agent = ga.make("sarsa", env, seed=0).learn(2000)
    assert not agent.compiled
    assert (agent.q_values == plain.q_values[::-1]).all()
    action, _ = agent.predict(34, deterministic=True)
    assert action == plain.predict(0, deterministic=True)[0] - 2
    assert action in env.action_space


@pytest.mark.parametrize(
    ("wrap", "compiled"),
    [
        (lambda env: env, True),
        (lambda env: env.unwrapped, True),
        (gym.wrappers.OrderEnforcing, True),
        (lambda env: gym.wrappers.TimeLimit(env, 9), True),
        (RecordEpisodeStatistics, False),
        (lambda env: gym.wrappers.TransformReward(env, lambda r: 2 * r), False),
    ],
)
def test_only_plain_environments_are_compiled(wrap, compiled):
    agent = ga.make("q-learning", wrap(gym.make("GridWorld-v0")), seed=0)
    assert agent.compiled is compiled
    agent.learn(100)
    assert agent.num_timesteps == 100


def test_an_environment_that_steps_in_its_own_way_is_stepped():
    base = type(gym.make("GridWorld-v0").unwrapped)

    class Generous(base):
        def step(self, action):
            s, _, terminated, truncated, info = super().step(action)
            return s, 5.0, terminated, truncated, info

    agent = ga.make("q-learning", Generous(), seed=0, alpha=1, gamma=0)
    assert not agent.compiled
    agent.learn(500)
    assert set(np.unique(agent.q_values)) == {0.0, 5.0}


def test_the_shortest_of_two_time_limits_counts():
    env = gym.wrappers.TimeLimit(gym.make("GridWorld-v0", layout=SMALL, continuing=True), 4)
    agent = ga.make("q-learning", env, seed=0).learn(400)
    assert set(agent.recent_episodes()[2]) == {4}


@pytest.mark.axes({"tabular_id": ["q-learning", "mc-epsilon-greedy"], "env_id": ["FrozenLake-v1"]})  # likewise
@pytest.mark.parametrize("env_id", ["FrozenLake-v1", "CliffWalking-v1", "Taxi-v4"])
def test_any_finite_environment_is_learned_on(tabular_id, env_id):
    agent = ga.make(tabular_id, gym.make(env_id), seed=0)
    again = ga.make(tabular_id, gym.make(env_id), seed=0)
    assert not agent.compiled
    assert learner_state(agent.learn(700)) == learner_state(again.learn(700))
    assert agent.num_timesteps == 700


def test_a_reward_that_is_no_number_is_refused():
    env = gym.wrappers.TransformReward(gym.make("GridWorld-v0"), lambda _: float("nan"))
    with pytest.raises(ValueError, match=r"reward \(nan\)"):
        ga.make("q-learning", env, seed=0).learn(10)


def test_the_agents_numbers_are_not_the_environments():
    agent = ga.make("q-learning", gym.make("GridWorld-v0"), seed=0)
    env_rng = np.random.default_rng(0)
    assert agent.rng.random() not in {env_rng.random() for _ in range(100)}


def test_a_layout_object_works_as_well():
    agent = ga.make("q-learning", gym.make("GridWorld-v0", layout=Layout.parse("S.T")), seed=0).learn(100)
    assert agent.q_values.shape == (3, 5)
