"""Agents that value a given policy are asked for values: a wrong one is caught by the check meant for it, alone."""

import gymnasium as gym
import numpy as np
import pytest

from gridworld_agents import check_agent
from gridworld_agents.algorithms.temporal_difference.td0 import TD0
from gridworld_agents.checking.environments import TABLE
from gridworld_agents.checking.predicting import Landing
from gridworld_agents.core.compiling import kernel
from gridworld_agents.tabular.prediction import move_towards

STEPS = 4_000


@kernel
def bootstraps_always(memory, t, params, rng):  # noqa: ARG001
    move_towards(memory, t.s, t.r + params.gamma * memory.v[t.s_next], params)
    memory.steps[0] += 1


@kernel
def bootstraps_too_little(memory, t, params, rng):  # noqa: ARG001
    on = not (t.terminated or t.truncated)
    move_towards(memory, t.s, t.r + (params.gamma * memory.v[t.s_next] if on else 0.0), params)
    memory.steps[0] += 1


@kernel
def learns_the_wrong_way(memory, t, params, rng):  # noqa: ARG001
    on = not t.terminated
    move_towards(memory, t.s, -t.r + (params.gamma * memory.v[t.s_next] if on else 0.0), params)
    memory.steps[0] += 1


def wrong(update):
    class Wrong(TD0):
        id = "wrong"
        observe = update

    return Wrong


@pytest.mark.parametrize(
    ("update", "check"),
    [
        (bootstraps_always, "termination"),
        (bootstraps_too_little, "truncation"),
        (learns_the_wrong_way, "learning-discrete"),
    ],
)
def test_a_wrong_update_is_caught(update, check):
    report = check_agent(wrong(update), steps=STEPS, raise_on_failure=False)
    failed = {finding.name: finding.message for finding in report.failures}
    assert check in failed
    assert set(failed) <= {check} if check != "learning-discrete" else set(failed) <= {check, "truncation"}


def test_what_is_seen_of_one_that_is_right():
    report = {finding.name: finding for finding in check_agent("td0", steps=STEPS)}
    assert "found the values of its policy" in report["learning-discrete"].message
    assert {report[name].status for name in ("learning-discrete", "truncation", "termination")} == {"passed"}


def test_one_without_values_is_not_judged():
    class Silent(TD0):
        id = "silent"

        @property
        def values(self):
            raise AttributeError("it keeps them to itself")

    report = {finding.name: finding for finding in check_agent(Silent, steps=STEPS)}
    for name in ("learning-discrete", "truncation", "termination"):
        assert (report[name].status, report[name].message) == ("skipped", "the agent shows no values of states")


@pytest.mark.parametrize("truncates", [True, False])
def test_both_places_pay_the_same(truncates):
    env = Landing(TABLE, truncates=truncates)
    seen = set()
    observation, _ = env.reset(seed=0)
    for _ in range(200):
        begin = observation
        observation, r, terminated, truncated, _ = env.step(env.np_random.integers(2))
        seen.add((begin, observation, r, terminated, truncated))
        observation, _ = env.reset()
    ends = (False, True) if truncates else (True, False)
    assert seen == {(1, 3, 4, True, False), (2, 3, 4, True, False), (0, 1, 1, *ends), (0, 2, -1, *ends)}


def test_the_value_of_the_choice():
    agent = TD0(Landing(TABLE, truncates=True), seed=0, alpha="visits:10:9", gamma=0.9).learn(20_000)
    assert agent.values[0] == pytest.approx(0.9 * 4, abs=0.1)
    assert isinstance(agent.env, gym.Env)
    assert np.abs(agent.values[1:3] - 4).max() < 1e-9
