"""`gridworld check`."""

import pytest

from gridworld_agents.algorithms.temporal_difference.q_learning import QLearning
from gridworld_agents.checking.runner import CHECKS
from gridworld_agents.core import registry


def test_it_prints_every_finding(gridworld):
    status, out, err = gridworld("check", "q-learning", "--steps", 8000)
    assert (status, err) == (0, "")
    assert "got Box(-1.0, 1.0, (1,), float32)" in " ".join(out.replace("│", "").split())  # reasons are whole
    for check in CHECKS:
        assert check.name in out
    assert out.endswith("20 passed, 0 failed, 2 skipped\n")


def test_on_an_environment_and_without_a_check(gridworld):
    arguments = ("--env", "GridWorld-v0", "--env-arg", "slip=0.1", "--skip", "seed", "--skip", "spaces")
    status, out, _ = gridworld("check", "sarsa", *arguments)
    assert status == 0
    assert "made for Discrete(25) and Discrete(5)" in out
    assert out.endswith("18 passed, 0 failed, 4 skipped\n")


class ReturnsNothing(QLearning):
    def learn(self, *args, **options):
        super().learn(*args, **options)


def test_the_exit_code_is_1_if_a_check_fails(gridworld, monkeypatch):
    monkeypatch.setattr(registry.AgentSpec, "load", lambda _: ReturnsNothing)
    status, out, _ = gridworld("check", "q-learning", "--steps", 8000)
    assert status == 1
    assert "end learn with `return self`" in " ".join(out.split())
    assert "1 failed" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such"], "there is no agent 'no-such'"),
        (["random", "--env", "GridWorld-v9"], "did you mean 'GridWorld-v0'?"),
        (["random", "--env-arg", "slip=0.1"], "--env-arg needs --env"),
        (["random", "--steps", "1"], "1 is not in the range x>=4"),
        (["random", "--skip", "sed"], "there is no check 'sed'; did you mean 'seed'?"),
    ],
)
def test_errors_are_one_line(gridworld, arguments, message):
    status, out, err = gridworld("check", *arguments)
    assert status == 2
    assert message in err
    assert err.count("\n") == 1
    assert out == ""
