"""The algorithms in plain Python, which the benchmarks measure against: they learn what they are to learn."""

import copy
import importlib
import sys
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest

from gridworld_env import TabularMDP, oracle

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
STEPS, GAMMA = 40_000, 0.99
QUICK = 10_000
"""Steps after which all but `basic`, which plays whole episodes for each update, control well."""
MAP = [".....", "S....", ".....", "..T..", "....."]  # the target where Zhao has it, nothing in the way
CONTROL = [
    "one_step.q_learning",
    "one_step.sarsa",
    "one_step.expected_sarsa",
    "one_step.double_q_learning",
    "one_step.n_step_sarsa",
    "one_step.dyna_q",
    "monte_carlo.epsilon_greedy_control",
    "monte_carlo.exploring_starts",
    "monte_carlo.off_policy",
    "monte_carlo.basic",
    "traces.sarsa_lambda",
    "traces.q_lambda",
]
PREDICTION = ["one_step.td0", "monte_carlo.prediction", "traces.td_lambda"]


@pytest.fixture(scope="module")
def spec():
    """Return a world in which zeros are hopeful, so that whoever learns well finds the best way soon."""
    found = copy.deepcopy(gym.spec("GridWorld-v0"))
    found.kwargs = {"layout": MAP, "reward_step": -0.1}
    return found


@pytest.fixture(scope="module")
def mdp(spec):
    return TabularMDP.from_env(gym.make(spec))


@pytest.fixture
def learned(monkeypatch, spec):
    """Return a function that lets an algorithm learn, and returns its last table and the mean of those in between.

    Random numbers are always the same.
    """
    monkeypatch.syspath_prepend(FOLDER)
    before = set(sys.modules)

    def learn(name, total=STEPS):
        family, function = name.split(".")
        side = getattr(importlib.import_module(f"plain_python.{family}"), function)(spec)
        steps, tables = 0, []
        while steps < total:
            steps += side.block()
            tables.append(side.table.copy())
        return side.table, np.mean(tables[len(tables) // 2 :], axis=0)

    yield learn
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(FOLDER)):
            del sys.modules[name]


@pytest.mark.parametrize("name", CONTROL)
def test_control_finds_a_way_nearly_as_good_as_the_best(learned, mdp, name):
    start = np.argmax(mdp.initial)
    best = oracle.optimal(mdp, gamma=GAMMA).v[start]
    table, _ = learned(name, STEPS if name == "monte_carlo.basic" else QUICK)
    policy = np.eye(mdp.num_actions)[table.argmax(axis=1)]
    assert oracle.evaluate(mdp, policy, gamma=GAMMA)[start] >= best - 0.1


@pytest.mark.parametrize("name", PREDICTION)
def test_prediction_comes_near_the_exact_values(learned, mdp, name):
    exact = oracle.evaluate(mdp, np.full((mdp.num_states, mdp.num_actions), 1 / mdp.num_actions), gamma=GAMMA)
    error = np.sqrt(np.mean((learned(name)[1] - exact) ** 2))
    assert error <= np.sqrt(np.mean(exact**2)) / 3
