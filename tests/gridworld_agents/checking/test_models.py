"""The models that the checks' environments give to agents that plan are those of their steps."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from gridworld_agents import check_agent
from gridworld_agents.algorithms.planning.value_iteration import ValueIteration
from gridworld_agents.checking.environments import FEATURES, TABLE, Corridor, Scramble
from gridworld_agents.checking.lessons import Crossing
from gridworld_agents.checking.odd_spaces import LENGTH, SpacesEnv
from gridworld_env import TabularMDP


@pytest.mark.parametrize("make", [Corridor, Scramble])
def test_tiny_environments_step_as_their_models_say(make):
    env = make(TABLE)
    mdp = TabularMDP.from_env(env)
    s, _ = env.reset(seed=0)
    rng = np.random.default_rng(0)
    for _ in range(500):
        assert mdp.initial[s] > 0 or env.t > 0
        a = int(rng.integers(mdp.num_actions))
        s_next, r, terminated, truncated, _ = env.step(a)
        assert mdp.next_state[s, a, 0] == s_next
        assert (mdp.reward[s, a, 0], mdp.terminated[s, a, 0]) == (r, terminated)
        s = env.reset()[0] if terminated or truncated else s_next


@pytest.mark.parametrize("truncates", [True, False])
def test_a_crossing_steps_as_its_model_says(truncates):
    env = Crossing(TABLE, truncates=truncates)
    mdp = TabularMDP.from_env(env)
    env.reset(seed=0)
    starts = np.zeros(4)
    rng = np.random.default_rng(0)
    for _ in range(2000):
        s, _ = env.reset()
        starts[s] += 1
        a = int(rng.integers(2))
        s_next, r, terminated, truncated, _ = env.step(a)
        assert (s_next, r, terminated) == (mdp.next_state[s, a, 0], mdp.reward[s, a, 0], mdp.terminated[s, a, 0])
        assert truncated is (truncates and s == 0)
    assert np.abs(starts / 2000 - mdp.initial).max() < 5 * np.sqrt(0.25 / 2000)  # 5 standard deviations


@pytest.mark.parametrize(("n", "shown"), [(4, 4), (100, 8)])
def test_any_spaces_step_as_their_model_says(n, shown):
    env = SpacesEnv(spaces.Discrete(n, start=2), spaces.Discrete(3, start=1))
    mdp = TabularMDP.from_env(env)
    assert (mdp.num_states, mdp.num_actions) == (n, 3)
    assert mdp.initial[:shown] == pytest.approx(1 / shown)
    env.reset(seed=0)
    over = np.zeros(shown)
    for _ in range(4000):
        s, r, terminated, _, _ = env.step(1)
        over[s - 2] += terminated
        assert r == 1
    share = (mdp.probability * mdp.terminated)[0, 0].sum()
    assert share == pytest.approx(1 / LENGTH)
    assert np.abs(over / 4000 - share / shown).max() < 5 * np.sqrt(0.05 * 0.95 / 4000)


@pytest.mark.parametrize(
    "env",
    [
        SpacesEnv(spaces.Box(-1, 1), spaces.Discrete(2)),
        SpacesEnv(spaces.Discrete(2), spaces.Box(-1, 1)),
        Crossing(FEATURES, truncates=True),
    ],
)
def test_where_nothing_can_be_counted_there_is_no_model(env):
    with pytest.raises(ValueError, match="has no exact model"):
        TabularMDP.from_env(env)


MODEL_BASED = ["policy-iteration", "mc-basic", "mc-exploring-starts", "truncated-policy-iteration", "value-iteration"]


@pytest.mark.axes({"agent": ["value-iteration", "mc-exploring-starts"], "env_id": [None]})  # all plan on a TabularMDP
@pytest.mark.parametrize("agent", MODEL_BASED)
@pytest.mark.parametrize("env_id", [None, "GridWorld-v0", "Taxi-v4"])
def test_agents_that_plan_are_checked_in_all_but_stepping(agent, env_id):
    report = check_agent(agent, None if env_id is None else gym.make(env_id))
    skipped = {finding.name: finding.message for finding in report if finding.status == "skipped"}
    assert set(skipped) == {"environment-resets", "learning-box", "learning-continuous"}
    assert skipped["environment-resets"] == "learn took no step in the environment"
    taken = next(finding for finding in report if finding.name == "spaces").message
    assert int(taken.split()[0]) >= 2


def test_a_planner_that_forgets_where_actions_begin_is_caught():
    class Forgets(ValueIteration):
        def predict(self, *arguments, **named):
            action, state = super().predict(*arguments, **named)
            return action - self.actions.start, state

    report = check_agent(Forgets, raise_on_failure=False)
    assert [finding.name for finding in report.failures] == ["spaces"]
    assert "the action np.int64(0), which is not in the space, for " in report.failures[0].message
