"""Models that strangers' environments list: malformed, or over states that are not what the environment shows."""

import odd_environments as odd
import pytest

import gridworld_agents as ga
from gridworld_agents.core.finite_spaces import finite_spaces
from gridworld_agents.evaluation.judge import judge_for
from gridworld_env import protocol


def listing(**arguments):
    return lambda: odd.Cells(**arguments)


ODD = {
    **{form: listing(P=P) for form, (P, _) in odd.MALFORMED.items()},
    **{f"starts: {form}": listing(initial=initial) for form, (initial, _) in odd.STARTS.items()},
    **{form: listing(space=space, shown=shown) for form, (space, shown) in odd.MORE_THAN_THE_STATE.items()},
}


def has_table(form):
    try:
        finite_spaces("", ODD[form]())
    except ValueError:
        return False
    return True


TABLES = [form for form in ODD if has_table(form)]
PLANNERS = ("value-iteration", "policy-iteration", "mc-basic", "optimal")


@pytest.mark.parametrize("form", ODD)
def test_nothing_is_judged_by_it(form):
    env = ODD[form]()
    with pytest.raises(ValueError, match="Cells"):
        protocol.exact_model(env)
    with pytest.raises(ValueError, match="Cells"):
        ga.Judge(env, 0.9)
    assert judge_for(env, None) is None
    assert not protocol.is_plain(env)


@pytest.mark.parametrize("form", TABLES)
@pytest.mark.parametrize("planner", PLANNERS)
def test_nothing_is_planned_by_it(form, planner):
    with pytest.raises(ValueError, match="Cells"):
        ga.make(planner, ODD[form](), seed=0)


@pytest.mark.parametrize("form", TABLES)
def test_learning_by_steps_needs_none_of_it(form, tmp_path):
    assert_learns("q-learning", form, tmp_path)


@pytest.mark.parametrize(
    "form", [pytest.param(form, marks=[pytest.mark.slow] if i else []) for i, form in enumerate(TABLES)]
)
def test_no_agent_that_learns_by_steps_needs_any_of_it(form, tabular_id, tmp_path):
    assert_learns(tabular_id, form, tmp_path)


def assert_learns(tabular_id, form, tmp_path):
    env = ODD[form]()
    agent = ga.make(tabular_id, env, seed=0, gamma=0.9)
    assert agent.learn(60).num_timesteps == 60
    assert not agent.compiled
    agent.save(tmp_path / "agent.zip")
    agent = ga.load(tmp_path / "agent.zip", env).learn(10, reset_num_timesteps=False)
    assert ga.evaluate(agent, env, 2, seed=0).unfinished == 0


def test_the_corridor_without_a_fault_is_judged():
    assert ga.Judge(odd.Cells(), 0.9).optimum > 0
