"""Schedules of step sizes and exploration rates."""

import math

import pytest

from gridworld_agents.schedules import parse, value


@pytest.mark.parametrize(
    ("given", "k", "n", "expected"),
    [
        (0.25, 10, 3, 0.25),
        (1, 10, 3, 1.0),
        ("0.25", 10, 3, 0.25),
        ("constant:0.25", 10, 3, 0.25),
        ("linear:1.0:0.2:100", 0, 1, 1.0),
        ("linear:1.0:0.2:100", 50, 1, 0.6),
        ("linear:1.0:0.2:100", 1000, 1, 0.2),
        ("exponential:1.0:0.2:100", 0, 1, 1.0),
        ("exponential:1.0:0.2:100", 100, 1, 0.2 + 0.8 / math.e),
        ("harmonic:5:10", 0, 1, 0.5),
        ("harmonic:5:10", 40, 1, 0.1),
        ("visits", 99, 4, 0.25),
        ("visits:10:9", 99, 1, 1.0),
        ("visits:10:9", 99, 91, 0.1),
    ],
)
def test_values(given, k, n, expected):
    assert value(parse("alpha", given, zero=False), k, n) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (0, r"alpha must be in \(0, 1\], got 0"),
        (1.5, r"alpha must be in \(0, 1\], got 1.5"),
        (float("nan"), "alpha must be a number or a schedule"),
        (True, "alpha must be a number or a schedule"),
        (None, "alpha must be a number or a schedule .*linear:START:END:STEPS.*got None"),
        ("linear:1:0:10", r"alpha must be in \(0, 1\], got 'linear:1:0:10', which takes the value 0.0"),
        ("linear:1:0.5", "like linear:START:END:STEPS"),
        ("linear:1:0.5:0", "like linear:START:END:STEPS"),
        ("linear:1:0.5:inf", "like linear:START:END:STEPS"),
        ("harmonic:2:1", r"alpha must be in \(0, 1\]"),
        ("visits:3:1", r"alpha must be in \(0, 1\]"),
        ("liner:1:0.5:10", "did you mean 'linear'"),
        ("", "must be one of 'constant', 'linear'"),
    ],
)
def test_refused(given, message):
    with pytest.raises(ValueError, match=message):
        parse("alpha", given, zero=False)


def test_epsilon_may_be_zero():
    assert parse("epsilon", "linear:1:0:10", zero=True).b == 0
    assert parse("epsilon", 0, zero=True).a == 0
    with pytest.raises(ValueError, match=r"epsilon must be in \[0, 1\], got -0.1"):
        parse("epsilon", -0.1, zero=True)
