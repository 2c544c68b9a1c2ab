"""What an agent believes beside what is true, and while it learns: numbers that are checked against the oracle."""

import types

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.evaluation.beliefs import beliefs_of, shared_range, symmetric_range
from gridworld_agents.evaluation.exploring import constant_epsilon, exploring, soft_optimum
from gridworld_agents.evaluation.judge import Judge
from gridworld_agents.evaluation.training import check_same, moments_at, training_moments
from gridworld_agents.evaluation.training_pictures import scales_of, scenes_of, training_frames
from gridworld_agents.evaluation.watching import show_beliefs, value_range_of
from gridworld_env import oracle

GAMMA = 0.9


@pytest.fixture
def env():
    return gym.make("GridWorld-v0", render_mode="rgb_array", render_size=200)


@pytest.fixture
def judge(env):
    return Judge(env, GAMMA)


def made(env, agent_id="sarsa", steps=0, **hyper_parameters):
    agent = ga.make(agent_id, env, seed=0, gamma=GAMMA, **hyper_parameters)
    return agent.learn(steps) if steps else agent


def test_errors_are_those_that_the_value_error_sums_up(env, judge):
    agent = made(env, steps=3_000)
    errors = judge.value_errors(agent)
    reached = judge.states_within_reach()
    np.testing.assert_array_equal(errors[reached], (agent.values - judge.best.v)[reached])
    assert np.isnan(errors[~reached]).all()
    assert not reached.all()
    assert np.sqrt(np.mean(errors[reached] ** 2)) == judge.value_error(agent)
    assert beliefs_of(agent, judge).root_mean_square == judge.value_error(agent)


def test_errors_of_an_agent_that_values_a_policy_are_those_to_its_exact_values(env, judge):
    agent = made(env, "td0", steps=3_000)
    exact = oracle.evaluate(judge.mdp, np.full((25, 5), 0.2), gamma=GAMMA)
    reached = judge.states_within_reach()
    np.testing.assert_allclose(judge.value_errors(agent)[reached], (agent.values - exact)[reached])
    assert beliefs_of(agent, judge).predicts


def test_values_are_blank_and_arrows_away_where_nothing_was_learned(env, judge):
    fresh = beliefs_of(made(env), judge)
    assert np.isnan(fresh.learned).all()
    assert not fresh.arrows.any()
    held = beliefs_of(made(env, steps=20), judge)
    visited = held.visits.any(axis=1)
    assert 0 < visited.sum() < 25
    np.testing.assert_array_equal(~np.isnan(held.learned), visited)
    np.testing.assert_array_equal(held.arrows.sum(axis=1), visited.astype(float))
    np.testing.assert_array_equal(held.policy.sum(axis=1), 1)


@pytest.mark.parametrize("show", ["learned", "exact", "error", "visits"])
def test_the_map_shows_what_is_asked_for(env, judge, show):
    agent = made(env, steps=3_000)
    show_beliefs(agent, env, "sarsa", GAMMA, show=show)
    scene = env.unwrapped.scene_of(0)
    shown = judge.states_within_reach()
    want = {"learned": agent.values, "exact": judge.values(agent), "error": agent.values - judge.best.v}
    if show == "visits":
        assert scene.values is None
        np.testing.assert_array_equal(scene.visits, agent.visits.sum(axis=1))
    else:
        np.testing.assert_allclose(scene.values[shown], want[show][shown])
    said = {
        "learned": "values it learned",
        "exact": "exact value",
        "error": "minus the optimal ones",
        "visits": "visits",
    }
    assert said[show] in scene.caption
    if show == "error":
        assert scene.value_range[0] == -scene.value_range[1] == -np.nanmax(np.abs(judge.value_errors(agent)))


def test_what_was_learned_and_what_is_exact_share_a_scale(env, judge):
    agent = made(env, steps=3_000)
    reached = judge.states_within_reach()
    tables = np.concatenate([v[reached] for v in (agent.values, judge.values(agent), judge.best.v)])
    assert value_range_of([agent], env, GAMMA, learned=True) == (tables.min(), tables.max())
    assert shared_range(judge, None, optimum=False) is None
    assert symmetric_range(np.array([np.nan, 1.0, -3.0])) == (-3.0, 3.0)
    assert symmetric_range(np.array([np.nan, np.inf])) is None


def test_what_an_agent_does_not_keep_cannot_be_shown(env):
    bare = types.SimpleNamespace(predict=lambda s, *_, deterministic=True: (np.zeros_like(s), None))  # noqa: ARG005
    for show, said in (
        ("learned", "it keeps no values"),
        ("error", "it keeps no values"),
        ("visits", "it does not count"),
    ):
        with pytest.raises(ValueError, match=said):
            show_beliefs(bare, env, "it", GAMMA, show=show)
    with pytest.raises(ValueError, match="show must be one of"):
        show_beliefs(bare, env, "it", GAMMA, show="values")
    with pytest.raises(ValueError, match="on an environment without a map"):
        show_beliefs(bare, gym.make("CartPole-v1"), "it", GAMMA, show="learned")


def test_moments_grow_from_nothing_to_the_end():
    assert moments_at(10_000, 6) == [0, 80, 640, 2160, 5120, 10_000]
    for total, count in ((1, 40), (7, 40), (100, 2), (10**9, 1000)):
        at = moments_at(total, count)
        assert (at[0], at[-1]) == (0, total)
        assert at == sorted(set(at))
        assert len(at) <= count


@pytest.mark.parametrize("agent_id", ["q-learning", "mc-epsilon-greedy", "td-lambda", "value-iteration"])
def test_the_last_moment_of_a_training_is_the_agent_that_learned_in_one_go(env, judge, agent_id):
    steps = 30 if agent_id == "value-iteration" else 3_000
    agent, at = made(env, agent_id), moments_at(steps, 12)
    moments = training_moments(agent, judge, at)
    assert [moment.steps for moment in moments] == at
    saved = made(env, agent_id, steps=steps)
    check_same(agent, saved, judge)
    np.testing.assert_array_equal(moments[-1].held.policy, judge.policy(saved))
    np.testing.assert_array_equal(moments[-1].held.error, judge.value_errors(saved))
    assert moments[-1].gap == judge.gap(saved)
    early = made(env, agent_id, steps=at[5])
    np.testing.assert_array_equal(moments[5].held.error, judge.value_errors(early))
    other = ga.make(agent_id, env, seed=1, gamma=0.8).learn(steps)
    with pytest.raises(ValueError, match="led to another agent than the run's"):
        check_same(agent, other, judge)
    with pytest.raises(ValueError, match="must not have learned yet"):
        training_moments(agent, judge, at)


def test_an_agent_without_values_has_no_training_to_show(env, judge):
    with pytest.raises(ValueError, match="random keeps no values of states"):
        training_moments(ga.make("random", env, seed=0), judge, [0, 5])


def test_every_moment_is_drawn_on_the_same_scales(env, judge):
    moments = training_moments(made(env), judge, moments_at(2_000, 4))
    scales = scales_of(moments, judge)
    reached = judge.states_within_reach()
    learned = np.concatenate([moment.held.learned[reached] for moment in moments])
    assert scales.values == (np.nanmin(learned), max(np.nanmax(learned), judge.best.v[reached].max()))
    for moment in moments:
        values, errors = scenes_of(env, moment, scales)
        assert (values.value_range, errors.value_range) == scales
        assert errors.policy is None
    frames = list(training_frames(env, moments, judge, "sarsa"))
    assert len({frame.shape for frame in frames}) == 1
    assert len({frame.tobytes() for frame in frames}) == len(moments)
    predicted = training_moments(made(env, "td0"), judge, moments_at(2_000, 4))
    assert scales_of(predicted, judge).values[1] < judge.best.v[reached].max()  # the optimum is none of its business


def test_exploring_is_valued_by_the_oracle(env, judge):
    agent = made(env, steps=3_000, epsilon=0.3)
    found = exploring(agent, judge)
    soft = oracle.epsilon_optimal(judge.mdp, gamma=GAMMA, epsilon=0.3)
    start = judge.mdp.initial
    acts = 0.7 * judge.policy(agent) + 0.3 / 5
    assert found.value == pytest.approx(start @ oracle.evaluate(judge.mdp, acts, gamma=GAMMA), abs=1e-12)
    assert found.best.value == pytest.approx(start @ soft.v, abs=1e-12)
    assert found.gap == found.best.value - found.value > 0
    # The best policy that explores so is beaten by the optimal one, once neither explores.
    assert judge.optimum - found.best.greedy == pytest.approx(0.09968784565, abs=1e-9)
    same = types.SimpleNamespace(
        config=types.SimpleNamespace(epsilon="constant:0.3"),
        predict=lambda s, *_, deterministic=True: (soft.policy.argmax(axis=1)[s], None),  # noqa: ARG005
    )
    assert exploring(same, judge).gap == pytest.approx(0, abs=1e-12)


def test_only_constant_exploration_has_such_a_gap(env, judge):
    assert [constant_epsilon(one) for one in (0.1, "0.1", "constant:0.1", 1.0)] == [0.1, 0.1, 0.1, 1.0]
    assert [constant_epsilon(one) for one in (0.0, "linear:1:0:100", "visits", None, "no", 2.0)] == [None] * 6
    assert exploring(made(env, epsilon="linear:1:0:100"), judge) is None
    assert exploring(made(env, "q-learning", behaviour="uniform"), judge) is None
    assert exploring(made(env, "td0"), judge) is None
    assert soft_optimum(judge, 1.0).value == pytest.approx(
        judge.mdp.initial @ oracle.evaluate(judge.mdp, np.full((25, 5), 0.2), gamma=GAMMA)
    )
