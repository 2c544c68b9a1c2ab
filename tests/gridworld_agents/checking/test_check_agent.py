"""Agents that keep to the contract pass; one that is wrong in one way is caught by the check meant for it, alone."""

import importlib.util
import pathlib
import random
import re
import sys
import time

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents.checking import AgentCheckError, Finding, check_agent
from gridworld_agents.checking.runner import CHECKS
from gridworld_agents.temporal_difference.q_learning import QLearning


def beside(name):
    """Return the module in a file beside this one."""
    spec = importlib.util.spec_from_file_location(f"agents_{name}", pathlib.Path(__file__).parent / f"{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)  # compiled code is looked up there
    spec.loader.exec_module(module)
    return module


broken, linear = beside("broken"), beside("linear")

LEARNERS = ["q-learning", "sarsa", "mc-epsilon-greedy"]
REFERENCES = ["random", "optimal"]
STEPS = 8_000


@pytest.mark.parametrize("id_", [*LEARNERS, *REFERENCES])
def test_ours_pass(id_):
    report = check_agent(id_)
    statuses = {finding.name: finding.status for finding in report}
    assert list(statuses) == [check.name for check in CHECKS]
    assert (statuses["truncation"] == "passed") == (id_ in LEARNERS)
    assert all(finding.message and "\n" not in finding.message for finding in report)


def test_it_is_quick():
    check_agent("q-learning")
    start = time.process_time()
    check_agent("q-learning")
    assert time.process_time() - start < 3


@pytest.mark.parametrize("id_", LEARNERS)
@pytest.mark.parametrize("env_id", ["GridWorld-v0", "FrozenLake-v1", "Blackjack-v1"])
def test_ours_pass_on_environments_that_are_given(id_, env_id):
    env = gym.make(env_id)
    skip = [check.name for check in CHECKS if check.name.startswith("learning")]
    report = check_agent(id_, env, skip=skip)
    assert str(env.observation_space) in report[0].message
    assert env.unwrapped._np_random is None  # it was copied, and never touched


CAUGHT = [
    ("construct", "CannotBeMade", r"RuntimeError: boom.*mend the constructor"),
    ("construct", "TakesNoSeed", r"unexpected keyword argument 'seed'"),
    ("methods", "HasNoLoad", r"no method load on the factory"),
    ("methods", "LearnsUnderAnotherName", r"learn: no argument total_timesteps"),
    ("learn", "CrashesInLearn", r"crashed with KeyError: 'no such thing' \(broken.py, line \d+\)"),
    ("returns-self", "ReturnsNone", r"expected learn to return the agent; saw None; to mend it, .*return self"),
    ("num-timesteps", "CountsTooFew", r"at least 100 after learn\(100\); saw 0 and 50"),
    ("num-timesteps", "NeverCountsAnew", r"begin to count anew; saw 200, then 300"),
    ("num-timesteps", "AlwaysCountsAnew", r"go on from 100 to at least 200; saw 100"),
    ("predict", "ReturnsActionAlone", r"\(action, state\)"),
    ("actions", "ActsInFloats", r"of dtype int64; saw .* of dtype float64"),
    ("actions", "ActsOutOfRange", r"actions in Discrete\(4\).*; saw .*10\d"),
    ("batch", "FlattensBatches", r"shape \(1,\) .* saw shape \(\)"),
    ("batch", "RepeatsTheFirstOfABatch", r"those of its observations one by one"),
    ("global-random", "SeedsNumPy", r"np.random in construction;"),
    ("global-random", "DrawsFromNumPy", r"np.random in learn;"),
    ("global-random", "DrawsFromRandom", r"changed of random in predict;"),
    ("seed", "IgnoresTheSeed", r"q_values different in \d+ of 192 places"),
    ("seed", "SeedsTheEnvironmentOnly", r"np.random.default_rng\(seed\)"),
    ("environment-generator", "PredictsByTheEnvironmentsGenerator", r"moved in predict by somebody else"),
    ("environment-generator", "LearnsByTheEnvironmentsGenerator", r"moved in learn by somebody else"),
    ("environment-generator", "ResetsToPredict", r"predict to leave the environment alone; saw it called"),
    ("environment-resets", "DoesNotSeedTheEnvironment", r"env.reset\(seed=7\); saw env.reset\(seed=None\)"),
    ("environment-resets", "SeedsEveryEpisode", r"a seed at the first reset only; saw one at \d+ of \d+"),
    ("environment-resets", "StepsOnAfterTheEnd", r"steps without one"),
    ("save-and-load", "LosesTheTable", r"q_values different"),
    ("save-and-load", "SavesElsewhere", r"saw \['agent.zip.saved'\]"),
    ("save-and-load", "ForgetsTheCount", r"num_timesteps 100 to come back; saw 0"),
    ("exact-resume", "ForgetsTheGenerator", r"q_values different.*rng.bit_generator.state.*exact_resume = False"),
    ("callback", "NeverCallsBack", r"saw no call"),
    ("callback", "CallsBackWithNothing", r"saw callback\(\)"),
    ("callback", "StopsAtNone", r"returns None .* saw 16 steps"),
    ("callback-stops", "IgnoresFalse", r"saw 10000 steps"),
    ("spaces", "CrashesOnBox", r"IndexError: .* in the constructor for observations Box"),
    ("spaces", "RefusesWithoutASpace", r"this will not do, which names no space"),
    ("spaces", "CrashesLate", r"IndexError: .* after the constructor had taken them"),
    ("learning-discrete", "DoesNotLearn", r"the action 0 in cell 0|the action 1 in cell 3|the action \d in cell"),
    ("termination", "BootstrapsThroughTermination", r"leave the value of the last state out"),
    ("truncation", "DoesNotBootstrapThroughTruncation", r"take the value of the last state into the target"),
    ("truncation", "MonteCarlo", r"bootstraps = False"),
]


@pytest.mark.parametrize(("name", "agent", "message"), CAUGHT, ids=[agent for _, agent, _ in CAUGHT])
def test_what_is_broken_is_caught_by_the_check_meant_for_it(name, agent, message):
    report = check_agent(getattr(broken, agent), steps=STEPS, raise_on_failure=False)
    alone = {"learning-discrete", "truncation", "termination"} if agent == "DoesNotLearn" else {name}
    assert {finding.name for finding in report.failures} == alone
    finding = next(finding for finding in report if finding.name == name)
    assert re.search(message, finding.message), finding.message
    assert "\n" not in finding.message
    assert not report.ok


@pytest.mark.parametrize(
    ("agent", "learned"),
    [("LinearQ", {"learning-box", "learning-continuous"}), ("ContinuousLinearQ", {"learning-continuous"})],
)
def test_agents_for_box_spaces_pass(agent, learned):
    report = check_agent(getattr(linear, agent), steps=STEPS)
    statuses = {finding.name: finding.status for finding in report}
    assert {name for name in statuses if name.startswith("learning-") and statuses[name] == "passed"} == learned
    assert {statuses[name] for name in ("exact-resume", "truncation", "termination")} == {"passed"}


def test_agents_for_box_spaces_that_do_not_learn_are_caught():
    failures = {
        finding.name: finding.message
        for finding in check_agent(linear.WrongLinearQ, steps=STEPS, raise_on_failure=False).failures
    }
    assert set(failures) == {"learning-box", "learning-continuous", "truncation", "termination"}
    assert "the action towards the way out" in failures["learning-box"]
    assert "actions within 0.2 of their targets" in failures["learning-continuous"]


def test_every_check_has_an_agent_that_it_catches():
    caught = {name for name, _, _ in CAUGHT} | {"learning-box", "learning-continuous"}  # below
    assert caught == {check.name for check in CHECKS}


@pytest.mark.parametrize("agent", ["HonestMonteCarlo", "HonestlyForgetful", "PredictsWithoutDeterministic"])
def test_what_an_agent_does_not_promise_is_not_asked_for(agent):
    report = check_agent(getattr(broken, agent), steps=STEPS)
    skipped = {finding.name: finding.message for finding in report if finding.status == "skipped"}
    if agent == "HonestMonteCarlo":
        assert "bootstraps = False" in skipped["truncation"]
    if agent == "HonestlyForgetful":
        assert "exact_resume = False" in skipped["exact-resume"]


def test_failures_are_raised_together():
    with pytest.raises(AgentCheckError, match=r"^CountsTooFew fails 1 of 22 checks:\n- num-timesteps: ") as caught:
        check_agent(broken.CountsTooFew, steps=STEPS)
    assert isinstance(caught.value, AssertionError)
    assert [finding.name for finding in caught.value.report.failures] == ["num-timesteps"]


def test_what_depends_on_a_failure_is_not_judged():
    report = check_agent(broken.CrashesInLearn, raise_on_failure=False)
    assert {finding.status for finding in report[3:]} == {"skipped"}
    assert report[3] == Finding("returns-self", "skipped", "cannot be judged before learn is mended")


def test_checks_can_be_left_out():
    report = check_agent(broken.ReturnsNone, skip=["returns-self"], steps=STEPS)
    assert next(f for f in report if f.name == "returns-self").message == "left out, as asked"
    with pytest.raises(ValueError, match=r"no check 'num-timestep'; did you mean 'num-timesteps'\?"):
        check_agent("random", skip=["num-timestep"])


def test_hyper_parameters_reach_the_agent():
    made = []

    class Noted(QLearning):
        def __init__(self, env, *, seed=None, alpha=0.1):
            made.append(alpha)
            super().__init__(env, seed=seed, alpha=alpha)

    check_agent(Noted, hyper_parameters={"alpha": 0.25})
    assert set(made) == {0.25}


def test_the_runs_leave_no_trace():
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002, TID251
    check_agent(broken.DrawsFromNumPy, steps=STEPS, raise_on_failure=False)
    after = random.random(), np.random.random()  # noqa: NPY002
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002, TID251
    assert after == (random.random(), np.random.random())  # noqa: NPY002


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-such-agent",), "there is no agent 'no-such-agent'"),
        ((3,), "agent must be an id or a factory"),
    ],
)
def test_what_cannot_be_checked_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        check_agent(*arguments)


@pytest.mark.parametrize("steps", [0, 3, 1.5, None])
def test_steps_are_checked(steps):
    with pytest.raises(ValueError, match="steps must be an integer >= 4"):
        check_agent("random", steps=steps)


def test_the_contract_holds_the_public_names():
    assert ga.check_agent is check_agent
    assert ga.AgentCheckError is AgentCheckError
