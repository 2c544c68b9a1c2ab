"""What a judge takes: agents, policies, action values, functions; in the shape of the map too."""

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_env import oracle


@pytest.fixture(scope="module")
def env():
    return gym.make("GridWorld-v0")


@pytest.fixture(scope="module")
def judge(env):
    return ga.Judge(env, gamma=0.9)


@pytest.fixture(scope="module")
def agent(env):
    return ga.make("q-learning", env, seed=0, gamma=0.9).learn(1_000)


def test_an_agent_and_its_table_have_the_same_gap(judge, agent):
    gap = judge.gap(agent)
    assert gap > 0
    q = agent.q_values
    assert judge.gap(q) == judge.gap(q.reshape(5, 5, 5)) == judge.gap(q.argmax(axis=1)) == gap
    assert judge.gap(q.argmax(axis=1).reshape(5, 5)) == gap
    assert judge.gap(q.tolist()) == gap
    np.testing.assert_array_equal(judge.values(q), judge.values(agent))


def test_the_optimum_has_no_gap_in_any_form(judge):
    best = judge.best
    for form in (best, best.policy, best.q, best.policy.reshape(5, 5, 5), best.policy.argmax(axis=1)):
        assert judge.gap(form) == pytest.approx(0, abs=1e-12)


def test_probabilities_are_a_policy_and_not_action_values(judge):
    pi = np.full((25, 5), 0.1)
    pi[:, 2] = 0.6
    exact = judge.optimum - judge.mdp.initial @ oracle.evaluate(judge.mdp, pi, gamma=0.9)
    assert judge.gap(pi) == pytest.approx(exact, abs=1e-12)
    assert judge.gap(pi.astype(np.float32)) == pytest.approx(exact, abs=1e-6)
    assert judge.gap(2 * pi) == judge.gap(np.full(25, 2))  # greedy: down everywhere


def test_a_function_of_the_state_may_answer_with_an_action_or_probabilities(judge):
    pi = np.linspace(1, 5, 125).reshape(25, 5)
    pi /= pi.sum(axis=1, keepdims=True)
    assert judge.gap(lambda s: pi[s]) == pytest.approx(judge.gap(pi), abs=1e-12)
    assert judge.gap(lambda s: int(judge.best.policy[s].argmax())) == pytest.approx(0, abs=1e-12)
    for answer in (5, -1, 0.5, np.ones(5), np.array([1.5, -0.5, 0, 0, 0]), "up"):
        with pytest.raises(ValueError, match="in state 0"):
            judge.gap(lambda _, answer=answer: answer)


def test_a_table_that_may_be_either_is_refused(judge):
    table = np.zeros((25, 5))
    judge.gap(table)  # of zeros alone: action values before any learning
    table[3, 1] = 1.0
    with pytest.raises(ValueError, match="argmax"):
        judge.gap(table)
    table[4, 1] = 0.9  # no row of a policy looks so
    assert judge.gap(table) == judge.gap(table.argmax(axis=1))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.zeros(25), "25"),
        (np.zeros((5, 5)), "float64"),
        (np.full(25, 5), "5"),
        (np.full((25, 5), np.nan), "nan"),
        (np.zeros((4, 5)), r"\(4, 5\)"),
        ("q-learning", "predict"),
        ([[1.0], [1.0, 2.0]], "predict"),
        (None, "predict"),
    ],
)
def test_what_cannot_be_judged_is_refused(judge, given, said):
    with pytest.raises(ValueError, match=said):
        judge.gap(given)


def test_actions_that_are_masked_as_infinite_losses_are_not_taken(judge):
    q = judge.best.q.copy()
    q[:, 4] = -np.inf
    assert np.isfinite(judge.gap(q))


def test_a_judge_says_what_it_judges(judge):
    assert repr(judge) == "<Judge of GridWorld-v0, gamma 0.9: optimum 0.517623>"
    assert judge._repr_png_()
    assert judge._repr_html_() is None


def test_a_given_policy_may_have_the_shape_of_the_map(env, judge):
    pi = judge.best.policy
    flat, on_map = (ga.make("td0", env, seed=0, policy=each) for each in (pi, pi.reshape(5, 5, 5)))
    np.testing.assert_array_equal(flat.policy, on_map.policy)


def test_an_evaluation_is_a_line_and_a_frame(env):
    pytest.importorskip("pandas")
    played = ga.evaluate(ga.make("optimal", env, gamma=0.9), env, 3, seed=0)
    assert repr(played).startswith("<Evaluation: 3 episodes, mean return 1, 95% interval")
    frame = played.to_pandas()
    assert frame["return"].tolist() == list(played.returns)
    assert frame["steps"].tolist() == list(played.lengths)
