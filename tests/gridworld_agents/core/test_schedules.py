"""Schedules of step sizes and exploration rates."""

import math

import pytest

from gridworld_agents.core.schedules import at, parse, robbins_monro_conditions, value


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
        ("visits:2:3:0.5", 99, 13, 0.5),
        ("polynomial:8:16:0.5", 0, 5, 2.0),
        ("polynomial:8:16:0.75", 65, 5, 8 / 81**0.75),
    ],
)
def test_values(given, k, n, expected):
    assert value(parse("alpha", given, zero=True, largest=2), k, n) == pytest.approx(expected, abs=1e-15)
    assert at(given, k, n) == pytest.approx(expected, abs=1e-15)


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
        ("visits:3:1:1", r"alpha must be in \(0, 1\], got 'visits:3:1:1', which takes the value 1.5"),
        ("visits:1:1:-1", "like visits, or visits:A:B, or visits:A:B:P with"),
        ("polynomial:3:1:0.5", r"alpha must be in \(0, 1\], got 'polynomial:3:1:0.5', which takes the value 3"),
        ("polynomial:1:0:1", "like polynomial:A:B:P with numbers that make sense"),
        ("polynomial:1:1:0", "like polynomial:A:B:P with numbers that make sense"),
        ("polynomial:1:1", "like polynomial:A:B:P with numbers that make sense"),
        ("polynomial:1:1e300:2", "which takes the value 0.0"),
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


def test_values_of_any_size():
    assert at("harmonic:50:1", 0) == 50
    assert parse("a", 3.5, zero=False, largest=4).a == 3.5
    with pytest.raises(ValueError, match=r"a must be in \(0, 4\], got 5"):
        parse("a", 5, zero=False, largest=4)
    with pytest.raises(ValueError, match="a must be above 0, got 0"):
        parse("a", 0, zero=False, largest=math.inf)
    with pytest.raises(ValueError, match="schedule must be at least 0, got -1"):
        at(-1, 0)


@pytest.mark.parametrize(
    ("schedule", "sum_diverges", "squares_converge"),
    [
        (0.1, True, False),
        (0.0, False, True),
        ("linear:1:0.1:100", True, False),
        ("linear:1:0:100", False, True),
        ("exponential:1:0.1:100", True, False),
        ("exponential:1:0:100", False, True),
        ("harmonic:1:1", True, True),
        ("polynomial:1:1:0.5", True, False),
        ("polynomial:1:1:0.51", True, True),
        ("polynomial:1:1:1", True, True),
        ("polynomial:1:1:1.01", False, True),
        ("visits", True, True),
        ("visits:10:9", True, True),
        ("visits:1:0:0.5", True, False),
        ("visits:1:0:2", False, True),
    ],
)
def test_the_conditions_of_robbins_and_monro(schedule, sum_diverges, squares_converge):
    found = robbins_monro_conditions(schedule)
    assert found[:2] == (sum_diverges, squares_converge)
    assert found.met is (sum_diverges and squares_converge)
    assert ("given that every pair is visited for ever" in found.reason) == (
        found.met and str(schedule).startswith("visits")
    )
    assert robbins_monro_conditions(parse("a", schedule, zero=True)) == found


def test_the_conditions_agree_with_partial_sums():
    """Doubling the steps from 2^8 to 2^13: a sum that diverges as a power or as log k keeps growing by what it did."""
    for p in (0.4, 0.5, 0.7, 1.0, 1.5, 2.5):
        schedule = parse("a", f"polynomial:1:1:{p}", zero=False)
        found = robbins_monro_conditions(schedule)
        for power, diverges in ((1, found.sum_diverges), (2, not found.squares_converge)):
            early, late = (sum(at(schedule, k) ** power for k in range(n, 2 * n)) for n in (2**8, 2**13))
            assert (late > 0.99 * early) == diverges
