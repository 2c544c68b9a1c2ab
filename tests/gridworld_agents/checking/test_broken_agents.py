"""An agent that is wrong in one way is caught by the check meant for it, and by no other."""

import re

import pytest

from gridworld_agents import check_agent
from gridworld_agents.checking.runner import CHECKS

STEPS = 4_000

CAUGHT = [
    ("construct", "CannotBeMade", r"RuntimeError: boom.*mend the constructor"),
    ("construct", "TakesNoSeed", r"unexpected keyword argument 'seed'"),
    ("methods", "HasNoLoad", r"no method load on the factory"),
    ("methods", "LearnsUnderAnotherName", r"learn: no argument total_timesteps"),
    ("learn", "CrashesInLearn", r"crashed with KeyError: 'no such thing' \(broken_form.py, line \d+\)"),
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


FIRST = {name: agent for name, agent, _ in reversed(CAUGHT)}
"""Of each check the agent that is caught by the fast tests; the others are slow."""


@pytest.mark.parametrize(
    ("name", "agent", "message"),
    [pytest.param(*one, marks=[] if FIRST[one[0]] == one[1] else pytest.mark.slow, id=one[1]) for one in CAUGHT],
)
def test_what_is_broken_is_caught_by_the_check_meant_for_it(broken, name, agent, message):
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
def test_agents_for_box_spaces_pass(linear, agent, learned):
    report = check_agent(getattr(linear, agent), steps=STEPS)
    statuses = {finding.name: finding.status for finding in report}
    assert {name for name in statuses if name.startswith("learning-") and statuses[name] == "passed"} == learned
    assert {statuses[name] for name in ("exact-resume", "truncation", "termination")} == {"passed"}


def test_agents_for_box_spaces_that_do_not_learn_are_caught(linear):
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
