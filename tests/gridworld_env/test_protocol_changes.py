"""What is changed in an environment after it was found to agree with its model is seen, where that is cheap to see."""

import gc
import weakref

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from gridworld_agents.evaluation.judge import Judge
from gridworld_env import TabularMDP, protocol
from gridworld_env.envs.grid_world import GridWorldEnv
from gridworld_env.protocol import trial


class Costly(gym.Env):
    """A ring of four cells; every step costs."""

    observation_space, action_space = spaces.Discrete(4), spaces.Discrete(2)
    factor = 1.0

    def __init__(self):
        self.cost, self.costs, self.rule = 1.0, np.full(4, 1.0), (1, "plain")
        self.mdp = self.model_of(1.0)
        self.cell, self.visited, self.note = 0, [], float("nan")

    @staticmethod
    def model_of(cost):
        P = [[[(1.0, (s + (1 if a else -1)) % 4, -cost, False)] for a in range(2)] for s in range(4)]
        return TabularMDP.from_transitions(P, (1, 0, 0, 0))

    def paid(self):
        return self.cost * self.costs[self.cell] * self.factor * self.rule[0]

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed, options=options)
        self.cell, self.visited = 0, [0]
        return 0, {}

    def step(self, action):
        r = -self.paid()
        self.cell = (self.cell + (1 if action else -1)) % 4
        self.visited.append(self.cell)
        return self.cell, r, False, False, {}


def set_on(name, value):
    return lambda env, patch: patch.setattr(env, name, value)


CHANGES = {
    "a number": set_on("cost", 2.0),
    "a tuple": set_on("rule", (2, "plain")),
    "another array": set_on("costs", np.full(4, 2.0)),
    "an array in place": lambda env, _patch: env.costs.__setitem__(slice(None), 2.0),
    "an attribute of the class": lambda env, patch: patch.setattr(type(env), "factor", 2.0),
    "a method of the class": lambda env, patch: patch.setattr(type(env), "paid", lambda _env: 2.0),
    "step of the class": lambda env, patch: patch.setattr(
        type(env), "step", lambda self, _a: (self.cell, -2.0, False, False, {})
    ),
    "a method of the instance": set_on("paid", lambda: 2.0),
    "step of the instance": set_on("step", lambda _a: (0, -2.0, False, False, {})),
    "the model": set_on("mdp", Costly.model_of(2.0)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_steps_may_use_is_seen_to_change(change, monkeypatch):
    env = Costly()
    Judge(env, 0.9)
    change(env, monkeypatch)
    with pytest.raises(ValueError, match="Costly"):
        Judge(env, 0.9)


@pytest.mark.parametrize("make", [Costly, GridWorldEnv, lambda: gym.make("FrozenLake-v1"), lambda: gym.make("Taxi-v4")])
def test_an_environment_that_is_only_stepped_is_tried_once(make, monkeypatch):
    env = make()
    mdp, count = protocol.exact_model(env), []
    tried = trial._tried
    monkeypatch.setattr(trial, "_tried", lambda *arguments: count.append(1) or tried(*arguments))
    env.reset(seed=1)
    for _ in range(30):
        *_, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            env.reset()
    assert trial.disagreement(env.unwrapped, mdp) is None
    assert not count


@pytest.mark.parametrize("name", ["world", "mdp"])
def test_what_ours_step_in_cannot_be_exchanged(name):
    env, other = GridWorldEnv(), GridWorldEnv(reward_step=-1.0)
    with pytest.raises(AttributeError, match=name):
        setattr(env, name, getattr(other, name))
    env.reset(seed=0)
    assert env.step(4)[1] == 0
    assert Judge(env, 0.9).optimum > Judge(other, 0.9).optimum


def test_what_was_tried_does_not_keep_an_environment_alive():
    env = Costly()
    protocol.exact_model(env)
    gone = weakref.ref(env)
    del env
    gc.collect()
    assert gone() is None
