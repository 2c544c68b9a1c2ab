"""Exact judgement of agents, and evaluation by playing."""

import types

import gymnasium as gym
import numpy as np
import pytest
from scipy import stats

import gridworld_agents as ga
from gridworld_agents.evaluation.judge import Judge, judge_for
from gridworld_agents.evaluation.playing import Evaluation, evaluate
from gridworld_env import TabularMDP, oracle


def test_the_optimal_agent_has_no_gap():
    for id_ in ("GridWorld-v0", "GridWorld/Windy-v0", "FrozenLake-v1"):
        env = gym.make(id_)
        agent = ga.make("optimal", env, gamma=0.9)
        judge = Judge(env, 0.9)
        assert judge.gap(agent) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("observation", ["state", "position", "grid", "local"])
def test_every_kind_of_observation_reaches_the_agent(observation):
    env = gym.make("GridWorld-v0", observation=observation, layout=["S..T"])

    class Rightward:
        """Goes right; checks that it is shown observations of the environment's space."""

        def predict(self, observations, deterministic):
            assert deterministic
            assert all(env.observation_space.contains(one) for one in observations)
            return np.full(len(observations), 1), None

    judge = Judge(env, 0.9)
    np.testing.assert_allclose(judge.values(Rightward())[:3], [0.81, 0.9, 1.0])
    assert judge.gap(Rightward()) == pytest.approx(0, abs=1e-12)


def test_the_value_is_that_of_the_agents_policy():
    env = gym.make("FrozenLake-v1")
    agent = ga.make("q-learning", env, seed=0).learn(3000)
    judge = Judge(env, 0.99)
    mdp = TabularMDP.from_env(env)
    first = np.eye(4)[agent.q_values.argmax(axis=1)]
    np.testing.assert_array_equal(judge.policy(agent), first)
    assert judge.value(agent) == pytest.approx(mdp.initial @ oracle.evaluate(mdp, first, gamma=0.99), abs=1e-12)


def test_the_random_agent_is_valued_as_it_acts():
    env = gym.make("GridWorld-v0")
    agent = ga.make("random", env, seed=0)
    judge = Judge(env, 0.9)
    mdp = env.unwrapped.mdp
    uniform = oracle.evaluate(mdp, np.full((25, 5), 0.2), gamma=0.9)
    assert judge.value(agent) == pytest.approx(mdp.initial @ uniform, abs=1e-12)


def test_a_policy_that_loses_for_ever_has_an_infinite_gap():
    env = gym.make("GridWorld-v0", layout="S.T", reward_step=-1)

    class Stay:
        def predict(self, observations, deterministic):  # noqa: ARG002 - an agent's signature
            return np.full(len(observations), 4), None

    assert Judge(env, 1.0).gap(Stay()) == np.inf


def test_what_has_no_model_has_no_judge():
    env = gym.make("CartPole-v1")
    assert judge_for(env, ga.make("random", env)) is None
    wrapped = gym.wrappers.TransformObservation(
        gym.make("GridWorld-v0"), lambda s: s + 1, gym.spaces.Discrete(25, start=1)
    )
    with pytest.raises(ValueError, match="TransformObservation may change observations"):
        Judge(wrapped, 0.9)


def test_evaluation_plays_the_episodes_that_the_seed_fixes():
    env = gym.make("FrozenLake-v1")
    agent = ga.make("optimal", env, gamma=1.0)
    first, again = (evaluate(agent, env, 50, seed=4) for _ in range(2))
    assert first == again
    assert len(first.returns) == len(first.lengths) == 50
    assert set(first.returns) <= {0.0, 1.0}
    assert max(first.lengths) <= 100
    assert first != evaluate(agent, env, 50, seed=5)


def test_the_interval_is_students():
    returns = (1.0, 2.0, 4.0, 7.0)
    low, high = Evaluation(returns, (1,) * 4).interval
    expected = stats.ttest_1samp(returns, 0).confidence_interval(0.95)
    assert (low, high) == pytest.approx((expected.low, expected.high))
    assert Evaluation((1.0,), (1,)).interval == (-np.inf, np.inf)
    assert Evaluation((1.0, 1.0), (1, 1)).interval == (1.0, 1.0)


def test_the_interval_covers_the_exact_value():
    # The value at gamma 1 of FrozenLake's optimum is 14/17 without a time limit; with 1000 steps it is within 1e-9.
    env = gym.make("FrozenLake-v1", max_episode_steps=1000)
    low, high = evaluate(ga.make("optimal", env, gamma=1.0), env, 400, seed=0).interval  # false alarm: 5% of the seeds
    assert low < 14 / 17 < high


def test_actions_that_do_not_exist_are_refused():
    env = gym.make("GridWorld-v0")

    class Wild:
        def predict(self, observations, deterministic):  # noqa: ARG002
            return np.full(len(observations), 5), None

    with pytest.raises(ValueError, match="must choose one of 5 actions in each of 25 states"):
        Judge(env, 0.9).gap(Wild())


def test_a_policy_is_valued_once(monkeypatch):
    env = gym.make("GridWorld-v0")
    judge, agent = Judge(env, 0.9), ga.make("q-learning", env, seed=0, gamma=0.9)
    calls = []
    real = oracle.evaluate
    monkeypatch.setattr(oracle, "evaluate", lambda *a, **k: calls.append(1) or real(*a, **k))
    gap = judge.gap(agent)
    assert judge.gap(agent) == gap
    assert len(calls) == 1
    agent.learn(100_000)
    assert judge.gap(agent) < gap
    assert len(calls) == 2


def rms(x):
    return float(np.sqrt(np.mean(np.square(x))))


def test_the_error_of_values_that_are_predicted():
    env = gym.make("GridWorld-v0", slip=0.1)
    agent = ga.make("td0", env, seed=0, gamma=0.9).learn(2000)
    exact = oracle.evaluate(env.unwrapped.mdp, np.full((25, 5), 0.2), gamma=0.9)
    inside = np.arange(25) != 17  # an episode is never in the target
    judge = Judge(env, 0.9)
    assert judge.value_error(agent) == pytest.approx(rms((agent.values - exact)[inside]), abs=1e-14)
    agent.memory.v[:] = exact
    agent.memory.v[17] = 5
    assert judge.value_error(agent) == pytest.approx(0, abs=1e-12)
    agent.memory.v[:] += 0.25
    assert judge.value_error(agent) == pytest.approx(0.25, abs=1e-12)


def test_the_error_of_values_of_a_control_agent_is_that_to_the_optimum():
    env = gym.make("GridWorld-v0", layout=["S#.", "..T"])
    agent = ga.make("q-learning", env, seed=0, gamma=0.9, initial_value=0.5)
    judge = Judge(env, 0.9)
    # Not counted: the wall 1, the target 5, and the cell 2, which only the target leads to.
    assert judge.value_error(agent) == pytest.approx(rms(0.5 - np.array([0.81, 0.9, 1])), abs=1e-12)
    assert judge.value_error(ga.make("optimal", env, gamma=0.9)) == pytest.approx(0, abs=1e-12)


def test_states_that_a_policy_never_gets_to_do_not_count():
    env = gym.make("GridWorld-v0", layout=["S..", "..T"], actions="cardinal")
    agent = ga.make("td0", env, seed=0, gamma=0.9, initial_value=1.0, policy=[1, 1, 2, 0, 0, 0])
    assert Judge(env, 0.9).value_error(agent) == pytest.approx(rms(1 - np.array([0.81, 0.9, 1])), abs=1e-12)


def test_one_judge_tells_policies_apart():
    env = gym.make("GridWorld-v0", layout=["S.T"], actions="cardinal")
    judge = Judge(env, 0.5)
    right, q = (ga.make(id_, env, gamma=0.5) for id_ in ("td0", "q-learning"))
    right.memory.policy[:] = np.eye(4)[1]
    uniform = ga.make("td0", env, gamma=0.5)
    exact = oracle.evaluate(env.unwrapped.mdp, np.full((3, 4), 0.25), gamma=0.5)
    for _ in range(2):
        assert judge.value_error(right) == judge.value_error(q) == pytest.approx(rms([0.5, 1]), abs=1e-12)
        assert judge.value_error(uniform) == pytest.approx(rms(exact[:2]), abs=1e-12)


def test_a_policy_without_an_end_has_an_infinite_error():
    env = gym.make("GridWorld-v0", layout="S.T", reward_step=-1)
    agent = ga.make("td0", env, gamma=1.0, policy=[4, 4, 4])
    assert Judge(env, 1.0).value_error(agent) == np.inf
    assert Judge(env, 1.0).gap(agent) == np.inf


def test_an_agent_without_values_has_no_error():
    env = gym.make("GridWorld-v0")
    with pytest.raises(AttributeError, match="values"):
        Judge(env, 0.9).value_error(ga.make("random", env))


@pytest.mark.parametrize("observation", ["state", "position"])
@pytest.mark.parametrize("maps", [1, 3])
def test_values_are_found_by_what_the_agent_sees(observation, maps):
    env = gym.make("GridWorld/Random-v0", num_layouts=maps, observation=observation, slip=0.1)
    mdp = env.unwrapped.mdp
    agent = ga.make("td0", env, seed=0, gamma=0.9)
    exact = oracle.evaluate(mdp, np.full((mdp.num_states, mdp.num_actions), 1 / mdp.num_actions), gamma=0.9)
    numbers = agent.observations.numbers(env.unwrapped.world.observer(np.arange(mdp.num_states)))
    agent.memory.v[numbers] = exact
    judge = Judge(env, 0.9)
    shared = observation == "position" and maps > 1  # states of several maps have one row
    assert (judge.value_error(agent) > 0.1) if shared else judge.value_error(agent) == pytest.approx(0, abs=1e-12)
    assert judge.gap(agent) == pytest.approx(judge.optimum - mdp.initial @ exact, abs=1e-12)


def test_an_agent_that_predicts_is_judged_by_the_policy_that_it_follows():
    env = gym.make("GridWorld-v0")
    mdp = env.unwrapped.mdp
    best = oracle.optimal(mdp, gamma=0.9)
    assert Judge(env, 0.9).gap(ga.make("td0", env, gamma=0.9, policy=best.policy)) == pytest.approx(0, abs=1e-12)
    uniform = mdp.initial @ (best.v - oracle.evaluate(mdp, np.full((25, 5), 0.2), gamma=0.9))
    assert Judge(env, 0.9).gap(ga.make("td0", env, gamma=0.9)) == pytest.approx(uniform, abs=1e-12)


def test_an_agent_that_predicts_plays_by_its_policy():
    env = gym.make(
        "GridWorld-v0", layout="ST", actions="cardinal", reward_step=-1, reward_boundary=-1, reward_target=-1
    )
    played = evaluate(ga.make("td0", env, seed=0), env, 400, seed=0)
    # The number of steps is geometric with mean 4 and variance 12, and ends at 100: 4 errors of 0.17.
    assert played.mean == pytest.approx(-4, abs=0.7)


def test_where_no_episode_starts_a_value_may_be_infinite():
    """A policy that never ends in some corner, undiscounted, is worth -inf there and -15 from the start."""
    env = gym.make("GridWorld/Windy-v0")
    mdp = TabularMDP.from_env(env)
    best = oracle.optimal(mdp, gamma=1.0).policy.argmax(axis=1)
    v = oracle.evaluate(mdp, np.eye(4)[best], gamma=1.0)
    on_the_way, s = set(), int(mdp.initial.argmax())
    while s not in on_the_way and not mdp.terminated[s, best[s], 0]:
        on_the_way.add(s)
        s = int(mdp.next_state[s, best[s], 0])
    corner = 69  # bottom right: down bumps for ever
    assert corner not in on_the_way
    best[corner] = 2
    assert oracle.evaluate(mdp, np.eye(4)[best], gamma=1.0)[corner] == -np.inf
    judge = Judge(env, 1.0)
    agent = types.SimpleNamespace(predict=lambda s, deterministic: (best[s], None))  # noqa: ARG005
    assert np.isfinite(v).all()
    assert judge.value(agent) == -15
    assert judge.gap(agent) == 0
