"""Agents that keep to the contract pass; one that is wrong in one way is caught by the check meant for it, alone."""

import random
import time

import gymnasium as gym
import numpy as np
import pytest

import gridworld_agents as ga
from gridworld_agents import AgentCheckError, check_agent
from gridworld_agents.algorithms.temporal_difference.q_learning import QLearning
from gridworld_agents.checking import Finding, runner
from gridworld_agents.checking.runner import CHECKS
from gridworld_agents.core import registry
from gridworld_agents.tabular.control import ControlAgent

STEPS = 4_000
QUICK = {
    "ddpg": (STEPS, {"hidden": (32,), "batch_size": 32, "tau": 0.1, "update_every": 2}),
    "td3": (STEPS, {"hidden": (32, 32), "batch_size": 32, "tau": 0.05}),
    "dqn": (STEPS, {"learning_starts": 100, "tau": 0.05, "hidden": (32, 32)}),
    "ppo": (STEPS, {"num_steps": 128, "step_size": 3e-3, "hidden": (32, 32), "epochs": 6}),
}
"""Steps and hyper-parameters with which those that learn slowly pass in a tenth of the time."""


OURS = [
    pytest.param(spec.id, marks=pytest.mark.slow if spec.id == "td3" else [])  # its loop and its parts are `ddpg`'s
    for spec in ga.specs()
    if spec.ours and not spec.id.startswith("sb3/")
]


@pytest.mark.parametrize("agent_id", OURS)
def test_ours_pass(agent_id):
    """In a fifth of the steps that the command takes: less is given, and what must be learned is the same."""
    steps, hyper_parameters = QUICK.get(agent_id, (STEPS, {}))
    check_and_look(agent_id, steps, hyper_parameters)


@pytest.mark.slow
def test_ours_pass_as_they_are(own_id):
    check_and_look(own_id, runner.STEPS, {})


def check_and_look(own_id, steps, hyper_parameters):
    report = check_agent(own_id, steps=steps, hyper_parameters=hyper_parameters)
    statuses = {finding.name: finding.status for finding in report}
    assert list(statuses) == [check.name for check in CHECKS]
    if issubclass(registry.find(own_id).load(), ControlAgent):
        assert statuses["truncation"] == "passed"
    assert all(finding.message and "\n" not in finding.message for finding in report)


def test_it_is_quick():
    check_agent("q-learning")
    start = time.process_time()
    check_agent("q-learning")
    assert time.process_time() - start < 3


GIVEN = {"FrozenLake-v1": [], "Blackjack-v1": [pytest.mark.slow], "GridWorld-v0": [pytest.mark.slow]}


@pytest.mark.axes(  # all pass on the environments of the checks, above, and one on every kind that is given, below
    {"tabular_id": ["q-learning", "mc-epsilon-greedy", "td0"], "env_id": [None]}
)
@pytest.mark.parametrize("env_id", [pytest.param(env_id, marks=marks) for env_id, marks in GIVEN.items()])
def test_ours_pass_on_environments_that_are_given(tabular_id, env_id):
    assert_passes_on(tabular_id, env_id)


@pytest.mark.parametrize("env_id", GIVEN)
def test_one_of_ours_passes_on_every_kind_of_environment(env_id):
    assert_passes_on("q-learning", env_id)


def assert_passes_on(tabular_id, env_id):
    env = gym.make(env_id)
    skip = [check.name for check in CHECKS if check.name.startswith("learning")]
    report = check_agent(tabular_id, env, skip=skip, steps=STEPS)
    assert str(env.observation_space) in report[0].message
    assert env.unwrapped._np_random is None  # it was copied, and never touched


@pytest.mark.parametrize("agent", ["HonestMonteCarlo", "HonestlyForgetful", "PredictsWithoutDeterministic"])
def test_what_an_agent_does_not_promise_is_not_asked_for(broken, agent):
    report = check_agent(getattr(broken, agent), steps=STEPS)
    skipped = {finding.name: finding.message for finding in report if finding.status == "skipped"}
    if agent == "HonestMonteCarlo":
        assert "bootstraps = False" in skipped["truncation"]
    if agent == "HonestlyForgetful":
        assert "exact_resume = False" in skipped["exact-resume"]


def test_failures_are_raised_together(broken):
    with pytest.raises(AgentCheckError, match=r"^CountsTooFew fails 1 of 22 checks:\n- num-timesteps: ") as caught:
        check_agent(broken.CountsTooFew, steps=STEPS)
    assert isinstance(caught.value, AssertionError)
    assert [finding.name for finding in caught.value.report.failures] == ["num-timesteps"]


def test_what_depends_on_a_failure_is_not_judged(broken):
    report = check_agent(broken.CrashesInLearn, raise_on_failure=False)
    assert {finding.status for finding in report[3:]} == {"skipped"}
    assert report[3] == Finding("returns-self", "skipped", "cannot be judged before learn is mended")


def test_checks_can_be_left_out(broken):
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

    check_agent(Noted, hyper_parameters={"alpha": 0.25}, steps=STEPS)
    assert set(made) == {0.25}


def test_the_runs_leave_no_trace(broken):
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


def test_what_is_under_way_is_told():
    told = []
    report = check_agent("random", watch=lambda *now: told.append(now), raise_on_failure=False)
    names, purposes, done, total = zip(*told, strict=True)
    assert list(names) == [finding.name for finding in report]
    assert all(purpose.endswith(".") for purpose in purposes)
    assert list(done) == list(range(len(report)))
    assert set(total) == {len(report)}
